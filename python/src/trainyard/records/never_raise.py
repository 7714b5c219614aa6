"""Logging must not end a training: what goes wrong becomes a warning."""

from __future__ import annotations

import functools

from trainyard.records.warn_once import warn_once
from trainyard.records.wire import Unloggable


def never_raise(method):
    """The method, with every Exception turned into one warning on stderr per kind; it returns None."""

    @functools.wraps(method)
    def guarded(self, *args, **kwargs):
        try:
            method(self, *args, **kwargs)
        except Exception as error:
            warn_about(f"run.{method.__name__}", error)

    return guarded


def warn_about(where: str, error: Exception) -> None:
    """Say once for its kind what went wrong in the call `where`."""
    if isinstance(error, Unloggable):
        warn_once(error.kind, f"{where}: {error}")
    elif isinstance(error, OSError):
        warn_once(
            f"disk:{error.errno}",
            f"{where}: what was logged could not be written: {error}. Later calls try again; free space or make the "
            "folder of TRAINYARD_RUN_FOLDER writable",
        )
    else:
        warn_once(f"{where}:{type(error).__name__}", f"{where}: skipped: {type(error).__name__}: {error}")
