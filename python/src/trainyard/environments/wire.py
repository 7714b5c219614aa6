"""Between an Environment and the environment of a job spec (src/core/job-spec.ts)."""

from __future__ import annotations

import os
import sys
import warnings

from trainyard.environments.conda_dependencies import DEFAULT_PYTHON, CondaDependencies
from trainyard.environments.sections import DEFAULT_CPU_IMAGE, DEFAULT_GPU_IMAGE


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
        wire["build"] = {"dockerfile": dockerfile_text(docker.base_dockerfile)}
    elif docker.base_image and docker.base_image not in (DEFAULT_CPU_IMAGE, DEFAULT_GPU_IMAGE):
        wire["image"] = _image_of(docker)
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


def _image_of(docker) -> str:
    registry = docker.base_image_registry
    address = (registry.address or "").rstrip("/") if registry is not None else ""
    if registry is not None and registry.password:
        warnings.warn(
            f"The password for the registry {address or 'of ' + docker.base_image} is not sent: nodes pull with the "
            "logins that they have. Log them in once: docker login.",
            stacklevel=2,
        )
    is_whole = not address or docker.base_image.startswith(address + "/")
    return docker.base_image if is_whole else f"{address}/{docker.base_image}"


def _conda_of(python) -> CondaDependencies | None:
    if python.base_conda_environment:
        warnings.warn(
            f"base_conda_environment {python.base_conda_environment!r} is not built upon: an environment is made of its "
            "own packages. List them in conda_dependencies, or take the Python that has them as it is: "
            "user_managed_dependencies and interpreter_path.",
            stacklevel=2,
        )
    if python.conda_dependencies_file:
        return CondaDependencies(conda_dependencies_file_path=python.conda_dependencies_file)
    return python.conda_dependencies


def _without_default_python(structure: dict) -> dict:
    # That version is azureml's default, not the user's wish: any Python that has the packages will do.
    pinned = f"python={DEFAULT_PYTHON}"
    structure["dependencies"] = [one for one in structure.get("dependencies") or [] if one != pinned]
    return structure


def dockerfile_text(text_or_path: str) -> str:
    """A Dockerfile's text, from its path or the text itself."""
    if "\n" not in text_or_path and os.path.isfile(text_or_path):
        with open(text_or_path, encoding="utf-8") as file:
            return file.read()
    return text_or_path
