"""The known name that an unknown one was probably meant to be."""

from __future__ import annotations


def nearest_name(name: str, known) -> str | None:
    """The closest of `known`, when one is close enough to be a slip of the hand."""
    from difflib import get_close_matches

    by_lower = {candidate.lower(): candidate for candidate in known}
    found = get_close_matches(name.lower(), list(by_lower), n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(name: str, known) -> str:
    """` Did you mean 'x'?`, or nothing."""
    nearest = nearest_name(name, known)
    return f" Did you mean {nearest!r}?" if nearest else ""
