"""A real server in a temporary home, shared by the tests of this process, and a folder for each test to work in."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import subprocess
import tempfile
import unittest
from unittest import mock

from support import SOURCES

PACKAGE = os.path.abspath(os.path.join(SOURCES, "..", ".."))
LAUNCHER = os.path.join(PACKAGE, "bin", "trainyard")
_home: list = []


def live_home() -> str:
    """The home folder of the shared server; the client starts it when it is first used."""
    if not _home:
        _home.append(tempfile.mkdtemp(prefix="trainyard-python-"))
        atexit.register(_stop, _home[0])
    return _home[0]


class LiveTest(unittest.TestCase):
    """Runs in a folder of its own, with the environment of a person who has this home folder."""

    def setUp(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="trainyard-work-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        before = os.getcwd()
        os.chdir(self.folder)
        self.addCleanup(os.chdir, before)
        environ = {
            "TRAINYARD_HOME": live_home(),
            "TRAINYARD_PORT": "0",
            "PATH": os.path.dirname(LAUNCHER) + os.pathsep + os.environ["PATH"],
        }
        patch = mock.patch.dict(os.environ, environ)
        patch.start()
        self.addCleanup(patch.stop)
        for name in ("TRAINYARD_URL", "TRAINYARD_TOKEN", "TRAINYARD_RUN_FOLDER", "AZUREML_RUN_ID"):
            os.environ.pop(name, None)

    def workspace(self):
        from azureml.core import Workspace

        return Workspace.from_config()

    def write(self, path: str, text: str) -> str:
        """A file below the test's folder; its path."""
        os.makedirs(os.path.dirname(os.path.join(self.folder, path)), exist_ok=True)
        with open(os.path.join(self.folder, path), "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def own_python(self):
        """An environment that is the Python of this test."""
        from azureml.core import Environment

        environment = Environment("own-python")
        environment.python.user_managed_dependencies = True
        return environment

    def submit(self, script: str, arguments: list | None = None, experiment: str = "python-tests", **options):
        """A run of a script's text, in an experiment of the shared server."""
        from azureml.core import Experiment, ScriptRunConfig

        self.write("src/train.py", script)
        config = ScriptRunConfig("src", "train.py", arguments, environment=self.own_python(), **options)
        return Experiment(self.workspace(), experiment).submit(config)


def _stop(home: str) -> None:
    environ = dict(os.environ, TRAINYARD_HOME=home)
    environ.pop("TRAINYARD_URL", None)
    stopped = {"env": environ, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
    agent = os.path.join(home, "agents", "local", "agent.json")
    if os.path.exists(agent):
        with open(agent, encoding="utf-8") as file:
            pid = json.load(file)["pid"]
        subprocess.run([LAUNCHER, "server", "stop"], timeout=60, **stopped)
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
    else:
        subprocess.run([LAUNCHER, "server", "stop"], timeout=60, **stopped)
    shutil.rmtree(home, ignore_errors=True)
