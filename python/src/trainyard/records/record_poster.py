"""Sends what a run records outside a job: lines wait in memory and a thread posts them in order."""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref

from trainyard.errors import AzureMLException
from trainyard.records.warn_once import warn_once
from trainyard.server.endpoints import api

_REQUEST_BYTES = 1 << 20
_MOST_WAITING_BYTES = 64 << 20
_EXIT_SECONDS = 60
_posters: weakref.WeakSet = weakref.WeakSet()


class RecordPoster:
    """
    One stream of records of one run. `append` returns at once unless 64 MiB wait already.

    Lines arrive in order and once each: a lost answer is made up for by sending the same bytes at the same offset.
    What waits when the process ends is sent then, for up to 60 seconds.
    """

    def __init__(self, connection, run_id: str) -> None:
        self._connection = connection
        self._run_id = run_id
        self._start_over()
        _posters.add(self)

    def _start_over(self) -> None:
        self._stream = f"client-{os.getpid()}-{os.urandom(6).hex()}.ndjson"
        self._offset = 0
        self._waiting: list = []
        self._waiting_bytes = 0
        self._changed = threading.Condition(threading.RLock())
        self._thread: threading.Thread | None = None

    def append(self, lines: bytes) -> None:
        """Whole lines, each ending in a newline."""
        with self._changed:
            while self._waiting_bytes > _MOST_WAITING_BYTES:
                self._changed.wait(1)
            self._waiting.append(lines)
            self._waiting_bytes += len(lines)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="trainyard-records", daemon=True)
                self._thread.start()
            elif len(self._waiting) == 1:
                self._changed.notify_all()

    def flush(self, timeout_seconds: float = 300) -> bool:
        """Wait until the server has everything; False when it has not after `timeout_seconds`."""
        deadline = time.monotonic() + timeout_seconds
        with self._changed:
            while self._waiting_bytes and time.monotonic() < deadline:
                self._changed.notify_all()
                self._changed.wait(min(0.05, max(0.0, deadline - time.monotonic())))
            return not self._waiting_bytes

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting:
                    self._changed.wait()
            body, count = self._next_body()
            if self._post(body):
                with self._changed:
                    del self._waiting[:count]
                    self._waiting_bytes -= len(body)
                    self._changed.notify_all()

    def _next_body(self) -> tuple:
        with self._changed:
            count, size = 0, 0
            for lines in self._waiting:
                if count and size + len(lines) > _REQUEST_BYTES:
                    break
                count, size = count + 1, size + len(lines)
            return b"".join(self._waiting[:count]), count

    def _post(self, body: bytes) -> bool:
        """Whether the server has these bytes by now, or refused them for good."""
        try:
            query = {"stream": self._stream, "offset": self._offset}
            path = api("runs", self._run_id, "records")
            self._offset = self._connection.call("PUT", path, query, body, "application/x-ndjson")["offset"]
        except AzureMLException as error:
            status = getattr(error, "status_code", 0)
            if status in (0, 408, 429) or status >= 500:
                warn_once("away", f"what was logged waits for the server: {error.message}")
                time.sleep(1)
                return False
            warn_once("refused", f"the server refused what run {self._run_id} logged: {error.message}")
        return True


def _flush_all() -> None:
    deadline = time.monotonic() + _EXIT_SECONDS
    for poster in list(_posters):
        if not poster.flush(max(0.0, deadline - time.monotonic())):
            warn_once("exit", "the server did not answer, and part of what was logged is lost")


def _after_fork() -> None:
    # The parent sends what waits; the child has no thread and a stream of its own.
    for poster in list(_posters):
        poster._start_over()


atexit.register(_flush_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
