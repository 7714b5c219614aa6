"""What the tests share: a job's surroundings in a temporary folder, and reading back what a run wrote there."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

SOURCES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "src")
if SOURCES not in sys.path:
    sys.path.insert(0, SOURCES)


class JobTest(unittest.TestCase):
    """Gives each test `self.folder`, the run folder of a job, and `self.run_of_job`."""

    def setUp(self) -> None:
        from azureml.core import Run
        from trainyard.records import warn_once

        self.folder = self.temporary_folder()
        self.environ = {
            "TRAINYARD_RUN_FOLDER": self.folder,
            "AZUREML_RUN_ID": "run_1",
            "AZUREML_EXPERIMENT_NAME": "demo",
            # As every job has them; nobody answers there, so that no test starts a server of whoever runs it.
            "TRAINYARD_URL": "http://127.0.0.1:9",
            "AZUREML_RUN_TOKEN": "none",
        }
        patch = mock.patch.dict(os.environ, self.environ)
        patch.start()
        self.addCleanup(patch.stop)
        warn_once._said.clear()
        self.job_run = Run.get_context()

    def temporary_folder(self) -> str:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return folder.name

    def records(self) -> list:
        """Every record, in order within a file; without the time, once that is checked to be one."""
        records = [record for lines in self.record_files().values() for record in lines]
        for record in records:
            if record["t"] in ("m", "x"):
                at = record.pop("at")
                assert isinstance(at, int) and at > 1_600_000_000_000, at
        return records

    def record_files(self) -> dict:
        return read_folder(os.path.join(self.folder, "records"))

    def staged(self) -> dict:
        """Artifact path to bytes, as the agent would upload them."""
        files = os.path.join(self.folder, "files")
        artifacts = {}
        for entries in read_folder(files, "index-").values():
            for entry in entries:
                with open(os.path.join(files, entry["stage"]), "rb") as file:
                    artifacts[entry["path"]] = file.read()
        return artifacts

    def script(self, text: str, **options) -> subprocess.Popen:
        """A job's process that runs `text` after `run = Run.get_context()`."""
        environ = dict(os.environ, PYTHONPATH=SOURCES, PYTHONDONTWRITEBYTECODE="1")
        process = subprocess.Popen(
            [sys.executable, "-c", "from azureml.core import Run\nrun = Run.get_context()\n" + text],
            env=environ,
            start_new_session=True,
            **options,
        )
        self.addCleanup(_kill_session, process)
        return process


def _kill_session(process: subprocess.Popen) -> None:
    """Ends a script that hangs together with what it forked."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def read_folder(folder: str, prefix: str = "") -> dict:
    """File name to its parsed lines; a line that is not strict JSON is an error."""

    def refuse(word: str):
        raise ValueError(f"{word} is not JSON")

    files = {}
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if name.endswith(".ndjson") and name.startswith(prefix):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text = file.read()
            assert text.endswith("\n"), f"{name} ends in a torn line"
            files[name] = [json.loads(line, parse_constant=refuse) for line in text.splitlines()]
    return files


@contextlib.contextmanager
def captured(stream: str):
    """What is printed on "stdout" or "stderr" inside the block."""
    text = io.StringIO()
    with mock.patch.object(sys, stream, text):
        yield text
