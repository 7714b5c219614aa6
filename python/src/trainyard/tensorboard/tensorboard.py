"""TensorBoard over runs, also while they go on."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

from trainyard.errors import AzureMLException, UserErrorException
from trainyard.runs.facts import FINAL_STATES
from trainyard.runs.files import list_artifacts
from trainyard.server.endpoints import api

_LOGS = "logs/"
_REFRESH_SECONDS = 5.0
_START_SECONDS = 60.0
_CHUNK_BYTES = 1 << 20


class Tensorboard:
    """
    `Tensorboard([run]).start()` copies what the runs write into `./logs` to `local_root/<run id>` (default: a folder
    that stop() removes), keeps it up to date, and shows it in a TensorBoard on this machine. Of a sweep every trial is
    shown. Needs the `tensorboard` package in this Python.

    `port` is where it listens; when something else does, a free one is taken.
    """

    def __init__(self, runs, local_root: str | None = None, port: int = 6006, **_options: object) -> None:
        given = list(runs) if not hasattr(runs, "id") else [runs]
        for one in given:
            if not hasattr(one, "experiment"):
                raise UserErrorException(
                    f"Tensorboard got a {type(one).__name__}; expected runs of a server, such as Tensorboard([run])."
                )
        self._runs = given
        self._is_temporary = local_root is None
        self._local_root = local_root
        self._port = port
        self._process: subprocess.Popen | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._settled: set = set()

    def start(self, start_browser: bool = False) -> str:
        """Begin; the address, which is printed too. Raises UserErrorException where `tensorboard` is missing."""
        if self._process is not None:
            raise UserErrorException("This Tensorboard is running already; stop() ends it.")
        _check_installed()
        if self._local_root is None:
            self._local_root = tempfile.mkdtemp(prefix="trainyard-tensorboard-")
        os.makedirs(self._local_root, exist_ok=True)
        self.sync()
        port = _free_port(self._port)
        output = os.path.join(tempfile.gettempdir(), f"trainyard-tensorboard-{os.getpid()}-{port}.txt")
        command = [sys.executable, "-m", "tensorboard.main", "--logdir", self._local_root]
        with open(output, "wb") as file:
            self._process = subprocess.Popen(
                [*command, "--port", str(port), "--host", "localhost", "--reload_interval", "5"],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        atexit.register(self.stop)
        try:
            _wait_for(self._process, port, output)
        except BaseException:
            self.stop()
            raise
        finally:
            os.unlink(output)
        self._stopping.clear()
        self._thread = threading.Thread(target=self._keep_up, name="trainyard-tensorboard", daemon=True)
        self._thread.start()
        url = f"http://localhost:{port}"
        print(url)
        if start_browser:
            import webbrowser

            webbrowser.open(url)
        return url

    def stop(self) -> None:
        """End it, and remove the folder unless `local_root` named it. Stopping twice is no error."""
        atexit.unregister(self.stop)
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._is_temporary and self._local_root is not None:
            shutil.rmtree(self._local_root, ignore_errors=True)
            self._local_root = None
            self._settled.clear()

    def sync(self) -> None:
        """Copy what is new now; before start(), only where `local_root` was given."""
        root = self._local_root
        if root is None:
            return
        for run in self._runs:
            for run_id in [run.id, *(one["run"] for one in (run._trials() if hasattr(run, "_trials") else []))]:
                if run_id not in self._settled:
                    self._sync_run(run.experiment.workspace._connection, run_id, root)

    def _sync_run(self, connection, run_id: str, root: str) -> None:
        # The state is read first: what a run wrote before it ended is then in the list.
        ended = connection.get(api("runs", run_id))["state"] in FINAL_STATES
        folder = os.path.join(root, run_id)
        os.makedirs(folder, exist_ok=True)
        for artifact in list_artifacts(connection, run_id, _LOGS):
            if self._stopping.is_set():
                return
            target = os.path.join(folder, *artifact["path"][len(_LOGS) :].split("/"))
            _append_new(connection, run_id, artifact, target)
        if ended:
            self._settled.add(run_id)

    def _keep_up(self) -> None:
        while not self._stopping.wait(_REFRESH_SECONDS):
            try:
                self.sync()
            except (AzureMLException, OSError):
                pass  # what could not be had now is had at the next turn

    def __enter__(self) -> Tensorboard:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()


def _append_new(connection, run_id: str, artifact: dict, target: str) -> None:
    have = os.path.getsize(target) if os.path.exists(target) else 0
    size = artifact["sizeBytes"]
    if have == size and have > 0:
        return
    # A file that became shorter was written anew.
    start = have if have < size else 0
    os.makedirs(os.path.dirname(target), exist_ok=True)
    content = api("runs", run_id, "artifacts", "content")
    with connection.stream(content, path=artifact["path"], start=start) as response:
        with open(target, "ab" if start else "wb") as file:
            while True:
                chunk = response.read(_CHUNK_BYTES)
                if not chunk:
                    return
                file.write(chunk)


def _check_installed() -> None:
    import importlib.util

    if importlib.util.find_spec("tensorboard") is None:
        raise UserErrorException(
            f"Tensorboard needs the package `tensorboard`, which {sys.executable} does not have. Install it: "
            "pip install tensorboard"
        )


def _free_port(port: int) -> int:
    for wanted in (port, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise UserErrorException(f"Neither port {port} nor any other is free for TensorBoard.")


def _wait_for(process: subprocess.Popen, port: int, output: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("localhost", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    with open(output, encoding="utf-8", errors="replace") as file:
        said = file.read()[-2000:]
    raise UserErrorException(f"TensorBoard did not come up on port {port}. It said:\n{said}")
