"""Warnings about logging calls: each kind is said once on stderr, because a training loop would repeat it forever."""

from __future__ import annotations

import sys

_said: set[str] = set()


def warn_once(kind: str, message: str) -> None:
    """Print `message` on stderr unless one of the same `kind` was printed before. Never raises."""
    if kind in _said:
        return
    _said.add(kind)
    if sys.stderr is None:
        return  # print(file=None) would go to stdout
    try:
        print(f"trainyard: warning: {message} (said once for this kind)", file=sys.stderr, flush=True)
    except (OSError, ValueError):
        pass  # stderr is gone or closed: there is nobody left to tell
