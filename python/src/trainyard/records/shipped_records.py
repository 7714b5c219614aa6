"""Waits until the agent has shipped what this process logged, so that reading it back gives all of it."""

from __future__ import annotations

import time

from trainyard.records.warn_once import warn_once
from trainyard.server.endpoints import api


def wait_until_shipped(connection, run_id: str, sizes: dict, timeout_seconds: float) -> None:
    """`sizes` is record file name to bytes. The agent's streams end in the file's name, after the attempt's prefix."""
    deadline = time.monotonic() + timeout_seconds
    pause = 0.02
    while True:
        streams = connection.get(api("runs", run_id, "records"))["streams"]
        if all(_shipped(streams, name) >= size for name, size in sizes.items()):
            return
        if time.monotonic() > deadline:
            return warn_once("flush", f"after {timeout_seconds:g} s part of what was logged is still on its way")
        time.sleep(pause)
        pause = min(0.5, pause * 1.5)


def _shipped(streams: dict, name: str) -> int:
    return max((size for stream, size in streams.items() if stream.endswith(name)), default=0)
