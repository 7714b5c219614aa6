"""Between an Environment and the environment of a job spec (src/core/job-spec.ts)."""

from __future__ import annotations

import os
import sys

from trainyard.conda_dependencies import DEFAULT_PYTHON, CondaDependencies
from trainyard.environment_sections import DEFAULT_CPU_IMAGE, DEFAULT_GPU_IMAGE


def to_wire(environment, is_local: bool) -> dict:
    """
    What the server takes. `is_local`: the job runs on this machine, where the interpreter `python` of an environment
    that manages itself is the one that runs this script.
    """
    python, docker = environment.python, environment.docker
    wire: dict = {}
    if environment.name and not environment.name.lower().startswith("azureml-"):
        wire["name"] = environment.name
    if docker.base_dockerfile:
        wire["build"] = {"dockerfile": _dockerfile_text(docker.base_dockerfile)}
    elif docker.base_image and docker.base_image not in (DEFAULT_CPU_IMAGE, DEFAULT_GPU_IMAGE):
        wire["image"] = docker.base_image
    if python.user_managed_dependencies:
        own = python.interpreter_path in (None, "python")
        wire["userManaged"] = {
            "interpreter": sys.executable if own and is_local else python.interpreter_path or "python"
        }
    else:
        conda = _conda_of(python)
        if conda is not None and conda != CondaDependencies():
            wire["conda"] = _without_default_python(conda.as_dict())
    if environment.environment_variables:
        wire["environmentVariables"] = {
            str(key): str(value) for key, value in environment.environment_variables.items()
        }
    return wire


def from_wire(environment, wire: dict):
    """Fill an Environment from what the server says."""
    managed = wire.get("userManaged")
    environment.version = wire.get("version")
    environment.docker.base_image = wire.get("image") or (None if wire.get("build") else DEFAULT_CPU_IMAGE)
    environment.docker.base_dockerfile = (wire.get("build") or {}).get("dockerfile")
    environment.environment_variables = dict(wire.get("environmentVariables", {}))
    if managed:
        environment.python.user_managed_dependencies = True
        environment.python.interpreter_path = managed["interpreter"]
    structure = wire.get("conda")
    if structure is None and wire.get("pip"):
        structure = {"dependencies": [{"pip": wire["pip"]}]}
    if structure is not None:
        environment.python.conda_dependencies = CondaDependencies(_underlying_structure=structure)
    return environment


def _conda_of(python) -> CondaDependencies | None:
    if python.conda_dependencies_file:
        return CondaDependencies(conda_dependencies_file_path=python.conda_dependencies_file)
    return python.conda_dependencies


def _without_default_python(structure: dict) -> dict:
    # That version is azureml's default, not the user's wish: any Python that has the packages will do.
    pinned = f"python={DEFAULT_PYTHON}"
    structure["dependencies"] = [one for one in structure.get("dependencies") or [] if one != pinned]
    return structure


def _dockerfile_text(text_or_path: str) -> str:
    if "\n" not in text_or_path and os.path.isfile(text_or_path):
        with open(text_or_path, encoding="utf-8") as file:
            return file.read()
    return text_or_path
