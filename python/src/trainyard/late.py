"""
Modules by name, for the few places where one needs what stands above it: a job's own run needs its workspace, and a
workspace knows runs.
"""

from __future__ import annotations


def late(module: str, name: str) -> object:
    """`name` of the module `trainyard.<module>`, which is loaded now."""
    from importlib import import_module

    return getattr(import_module(f"trainyard.{module}"), name)
