"""Files of this machine: what lies below a folder, whether bytes are the same, and files that appear only when whole."""

from __future__ import annotations

import os
import shutil

_CHUNK_BYTES = 1 << 20


def files_below(root: str) -> list:
    """`(path inside, local path)` of every file below a folder, by path. Links to folders are not followed."""
    return sorted(walk_files(root))


def walk_files(root: str):
    """The same as they are found, one by one."""
    for folder, _, names in os.walk(root):
        for name in names:
            local = os.path.join(folder, name)
            yield os.path.relpath(local, root).replace(os.sep, "/"), local


def same_bytes(path: str, digest: str) -> bool:
    """Whether a local file has this SHA-256."""
    import hashlib

    own = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(_CHUNK_BYTES), b""):
            own.update(chunk)
    return own.hexdigest() == digest


def write_whole(stream, target: str) -> None:
    """Write what is left in a stream to a file, under another name until it is whole."""
    os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
    part = f"{target}.{os.getpid()}.part"
    try:
        with open(part, "wb") as file:
            shutil.copyfileobj(stream, file, _CHUNK_BYTES)
        os.replace(part, target)
    finally:
        if os.path.exists(part):
            os.unlink(part)


def copy_whole(source: str, target: str) -> None:
    """Copy a local file, under another name until it is whole."""
    with open(source, "rb") as file:
        write_whole(file, target)
