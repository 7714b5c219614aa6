"""Sends files as blobs: small ones together in framed batches, each big one as a stream of its own."""

from __future__ import annotations

import os

from trainyard.errors import ServiceException, SnapshotException
from trainyard.server.endpoints import api

_SMALL_BYTES = 1 << 20
_BATCH_BYTES = 8 << 20


def upload_blobs(connection, blobs: list) -> None:
    """
    Send `(hash, size in bytes, local path)` each. The frames are those of src/core/blob-frames.ts.

    Raises SnapshotException when a file has other bytes by now than its hash names.
    """
    batch, size = [], 0
    for blob in sorted(blobs, key=lambda blob: blob[1]):
        if blob[1] > _SMALL_BYTES:
            _send_big(connection, blob)
            continue
        if batch and size + blob[1] > _BATCH_BYTES:
            _send_batch(connection, batch)
            batch, size = [], 0
        batch.append(blob)
        size += blob[1]
    if batch:
        _send_batch(connection, batch)


def frame_header(digest: str, size: int) -> bytes:
    """32 bytes SHA-256, 8 bytes big-endian size."""
    return bytes.fromhex(digest) + size.to_bytes(8, "big")


def _send_batch(connection, batch: list) -> None:
    body = bytearray()
    for digest, size, path in batch:
        with open(path, "rb") as file:
            content = file.read(size + 1)
        if len(content) != size:
            raise _changed(path)
        body += frame_header(digest, size) + content
    try:
        connection.call("POST", "/api/v1/blobs", body=bytes(body))
    except ServiceException as error:
        changed = [path for digest, _, path in batch if digest in error.message]
        if changed:
            raise _changed(", ".join(changed)) from error
        raise


def _send_big(connection, blob: tuple) -> None:
    digest, size, path = blob
    if os.path.getsize(path) != size:
        raise _changed(path)
    try:
        connection.call("PUT", api("blobs", digest), body=lambda: (open(path, "rb"), size))
    except ServiceException as error:
        if error.code == "invalid":
            raise _changed(path) from error
        raise


def _changed(path: str) -> SnapshotException:
    return SnapshotException(f"{path} changed while it was sent. Submit again; what did arrive is not sent twice.")
