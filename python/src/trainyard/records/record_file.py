"""A file of lines of which none is lost once its call has returned, however the process ends afterwards."""

from __future__ import annotations

import os
import threading

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class RecordFile:
    """
    Appends to `<folder>/<prefix><pid>-<random>.ndjson`, opened at the first line.

    Nothing is buffered in the process: each call is one `write`, so `os._exit`, an exception and SIGKILL lose no
    line. Threads share the file; a forked child starts its own.
    """

    def __init__(self, folder: str, prefix: str = "") -> None:
        self._folder = folder
        self._prefix = prefix
        self._fd = -1
        self._name = ""
        # Re-entrant, because a signal handler may log while its own thread is inside append().
        self._lock = threading.RLock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._start_over)

    def append(self, lines: bytes) -> None:
        """
        Write whole lines, each ending in a newline.

        Raises OSError when the folder cannot be written; then part of the lines may be in the file, and the next
        call starts a new file, so that it is never glued to a torn line.
        """
        with self._lock:
            fd = self._fd
            if fd < 0:
                fd = self._open()
            written = os.write(fd, lines)
            if written != len(lines):
                self._write_rest(lines, written)

    def sizes(self) -> dict:
        """The file that this process writes, with its bytes so far; empty before the first line."""
        with self._lock:
            return {self._name: os.fstat(self._fd).st_size} if self._fd >= 0 else {}

    def _open(self) -> int:
        os.makedirs(self._folder, exist_ok=True)
        name = f"{self._prefix}{os.getpid()}-{os.urandom(6).hex()}.ndjson"
        self._fd = os.open(os.path.join(self._folder, name), _FLAGS, 0o644)
        self._name = name
        return self._fd

    def _write_rest(self, lines: bytes, written: int) -> None:
        rest = memoryview(lines)[written:]
        try:
            while rest:
                rest = rest[os.write(self._fd, rest) :]
        except BaseException:
            os.close(self._fd)
            self._fd = -1
            raise

    def _start_over(self) -> None:
        # Another thread of the parent may have held the lock at the fork; in the child nobody would release it.
        self._lock = threading.RLock()
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            try:
                os.close(fd)
            except OSError:
                pass
