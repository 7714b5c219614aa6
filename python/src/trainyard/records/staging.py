"""Files that a script uploads: copied at once, so that the script may change or delete its own, then announced."""

from __future__ import annotations

import json
import os

from trainyard.errors import UserErrorException
from trainyard.records.record_file import RecordFile
from trainyard.records.wire import now_ms

_CHUNK_BYTES = 1 << 20
_LARGEST_KERNEL_COPY_BYTES = 1 << 30


class Staging:
    """
    The folder whose files the agent uploads while the job runs.

    A copy gets a random name; then a line of `index-<pid>-<random>.ndjson` says which artifact it is, so that the
    agent never sees half a file.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._index = RecordFile(folder, "index-")

    def add(self, artifact: str, fill) -> None:
        """Stage what `fill` writes into the binary file that it is given. Raises what `fill` raises, and OSError."""
        os.makedirs(self._folder, exist_ok=True)
        stage = os.urandom(12).hex()
        path = os.path.join(self._folder, stage)
        try:
            with open(path, "xb") as target:
                fill(target)
            entry = {"path": artifact, "stage": stage, "at": now_ms()}
            self._index.append((json.dumps(entry, separators=(",", ":")) + "\n").encode())
        except BaseException:
            if os.path.exists(path):
                os.unlink(path)
            raise

    def add_path(self, artifact: str, path) -> None:
        """Stage a copy of a local file. Raises UserErrorException when there is no such file, else OSError."""
        path = os.fspath(path)
        if not os.path.isfile(path):
            what = "a folder; upload_folder takes one" if os.path.isdir(path) else "not there"
            raise UserErrorException(
                f"Cannot upload {path!r} as {artifact!r}: it is {what}. The current folder is {os.getcwd()!r}."
            )
        with open(path, "rb") as source:
            self.add(artifact, lambda target: _copy_file(source, target))

    def add_stream(self, artifact: str, stream) -> None:
        """Stage what is left in a binary or text stream; a text goes as UTF-8."""
        self.add(artifact, lambda target: _copy_stream(stream, target))


def _copy_file(source, target) -> None:
    # Where the file system can share blocks, the kernel's copy takes no time and no space.
    if hasattr(os, "copy_file_range"):
        try:
            while os.copy_file_range(source.fileno(), target.fileno(), _LARGEST_KERNEL_COPY_BYTES):
                pass
        except OSError:
            pass  # not between these file systems
        target.seek(0, os.SEEK_END)
        source.seek(target.tell())
    # Also after a kernel copy: some file systems report an end that is none.
    _copy_stream(source, target)


def _copy_stream(stream, target) -> None:
    while True:
        chunk = stream.read(_CHUNK_BYTES)
        if not chunk:
            return
        target.write(chunk.encode() if isinstance(chunk, str) else chunk)


def check_artifact_path(path: object) -> str:
    """
    An artifact's path in the run, without `./` and doubled slashes.

    Raises UserErrorException unless it is a relative path of a file, with `/` between its parts and no `..`.
    """
    problem = None
    if not isinstance(path, str) or not path:
        problem = f"is of type {type(path).__name__}, not a non-empty str"
    elif path.startswith("/"):
        problem = "starts with a slash"
    elif "\\" in path:
        problem = "contains a backslash"
    elif any(ord(character) < 32 or ord(character) == 127 for character in path):
        problem = "contains a control character"
    elif ".." in path.split("/"):
        problem = "contains '..'"
    elif path.endswith(("/", "/.")) or path == ".":
        problem = "names a folder"
    if problem:
        raise UserErrorException(
            f"The artifact name {path!r} {problem}. Expected a path relative to the run, such as 'outputs/model.pkl'."
        )
    return "/".join(part for part in path.split("/") if part not in ("", "."))
