"""Lets a package of azureml's names load each module only when one of its names is used."""

from __future__ import annotations


def lazy_names(module: str, places: dict, absent: dict | None = None) -> tuple:
    """
    `(__getattr__, __dir__, __all__)` for a module: `places` is name to the module that has it. A name of `absent`
    raises ImportError with its sentence.
    """

    def get(name: str) -> object:
        from importlib import import_module

        if name in places:
            import sys

            value = getattr(import_module(places[name]), name)
            setattr(sys.modules[module], name, value)
            return value
        if name in (absent or {}):
            # An AttributeError here would reach `from … import …` without its text.
            raise ImportError(f"{module}.{name} is not part of this client: {absent[name]}")
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return get, lambda: sorted(places), sorted(places)
