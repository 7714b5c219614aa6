"""Which packages an environment has: a conda file, as an object."""

from __future__ import annotations

import copy
import os
import re

from trainyard.errors import UserErrorException
from trainyard.small_yaml import read_yaml, write_yaml

DEFAULT_PYTHON = "3.8.13"
_FILE_NAME = "conda_dependencies.yml"
_OPTION = re.compile(r"\s*(-|--)")


class CondaDependencies:
    """
    Conda packages, pip packages and channels, in the order in which they were added.

    Without a file it is what azureml begins with: a Python version, pip with azureml-defaults, and two channels.
    Packages named azureml-… are answered by this client and never installed.
    """

    PIP_URL = "pip_url"
    DEFAULT_SDK_ORIGIN = "https://pypi.python.org/simple"

    def __init__(
        self, conda_dependencies_file_path: str | None = None, _underlying_structure: dict | None = None
    ) -> None:
        if conda_dependencies_file_path is not None:
            path = os.fspath(conda_dependencies_file_path)
            if not os.path.isfile(path):
                raise UserErrorException(f"There is no conda file {path!r}. The current folder is {os.getcwd()!r}.")
            with open(path, encoding="utf-8") as file:
                self._conda_dependencies = _checked(read_yaml(file.read(), path), path)
        elif _underlying_structure is not None:
            self._conda_dependencies = _checked(_underlying_structure, "the conda dependencies")
        else:
            self._conda_dependencies = {
                "name": "project_environment",
                "channels": ["anaconda", "conda-forge"],
                "dependencies": [f"python={DEFAULT_PYTHON}", {"pip": ["azureml-defaults"]}],
            }

    @staticmethod
    def create(
        pip_indexurl: str | None = None,
        pip_packages: list | None = None,
        conda_packages: list | None = None,
        python_version: str | None = None,
        pin_sdk_version: bool = True,
    ) -> CondaDependencies:
        """The default packages and these. `pin_sdk_version` is accepted: the SDK is this client."""
        made = CondaDependencies()
        if python_version is not None:
            made.set_python_version(python_version)
        if pip_packages is not None:
            made._pip_list()[:] = []
        if pip_indexurl:
            made.set_pip_option(f"--index-url {pip_indexurl}")
        for package in pip_packages or []:
            made.add_pip_package(package)
        for package in conda_packages or []:
            made.add_conda_package(package)
        return made

    @staticmethod
    def merge_requirements(requirements: list) -> list:
        """The same requirements, each once."""
        return list(dict.fromkeys(requirements))

    @property
    def conda_channels(self):
        """The channels, in order."""
        return iter(self._conda_dependencies.get("channels") or [])

    @property
    def conda_packages(self):
        """The conda packages, in order, Python among them."""
        return iter([one for one in self._dependencies() if isinstance(one, str)])

    @property
    def pip_packages(self):
        """The pip packages, in order."""
        return iter([one for one in self._pip_list(make=False) if not _OPTION.match(one)])

    @property
    def pip_options(self):
        """Lines such as `--index-url …`."""
        return iter([one for one in self._pip_list(make=False) if _OPTION.match(one)])

    @property
    def python_version(self) -> str | None:
        """As it was asked for; None when it is left open."""
        python = next((one for one in self.conda_packages if _package_name(one) == "python"), None)
        return re.sub(r"^python\s*=*", "", python).strip() or None if python else None

    def get_python_version(self) -> str | None:
        """As it was asked for; None when it is left open."""
        return self.python_version

    def set_python_version(self, version: object) -> None:
        """Ask for this version of Python, such as "3.10"."""
        self.remove_conda_package("python")
        self._dependencies().insert(0, f"python={version}")

    def add_conda_package(self, conda_package: str) -> None:
        """Add one; another version of the same package makes place for it."""
        self.remove_conda_package(conda_package)
        dependencies = self._dependencies()
        at = next((at for at, one in enumerate(dependencies) if isinstance(one, dict)), len(dependencies))
        dependencies.insert(at, conda_package)

    def remove_conda_package(self, conda_package: str) -> None:
        """Remove it, whatever its version."""
        name = _package_name(conda_package)
        dependencies = self._dependencies()
        dependencies[:] = [one for one in dependencies if not isinstance(one, str) or _package_name(one) != name]

    def add_pip_package(self, pip_package: str) -> None:
        """Add one; another version of the same package makes place for it."""
        self.remove_pip_package(pip_package)
        self._pip_list().append(pip_package)

    def remove_pip_package(self, pip_package: str) -> None:
        """Remove it, whatever its version."""
        name = _package_name(pip_package)
        listed = self._pip_list(make=False)
        listed[:] = [one for one in listed if _OPTION.match(one) or _package_name(one) != name]

    def add_channel(self, channel: str) -> None:
        """Add a conda channel at the end."""
        channels = self._conda_dependencies.setdefault("channels", [])
        if channel not in channels:
            channels.append(channel)

    def remove_channel(self, channel: str) -> None:
        """Remove a conda channel."""
        channels = self._conda_dependencies.get("channels") or []
        self._conda_dependencies["channels"] = [one for one in channels if one != channel]

    def set_pip_option(self, pip_option: str) -> None:
        """Add a line such as `--extra-index-url …`; one of the same option makes place for it."""
        option = re.split(r"[ =]", pip_option.strip())[0]
        listed = self._pip_list()
        listed[:] = [pip_option, *(one for one in listed if re.split(r"[ =]", one.strip())[0] != option)]

    def set_pip_index_url(self, index_url: str) -> None:
        """Where pip looks for packages: an address, or a whole `--index-url …`."""
        self.set_pip_option(index_url if _OPTION.match(index_url) else f"--index-url {index_url}")

    def set_pip_requirements(self, pip_requirements: list) -> None:
        """These are the pip packages from now on."""
        self._pip_list()[:] = list(pip_requirements)

    def add_tensorflow_pip_package(self, core_type: str = "cpu", version: str | None = None) -> None:
        """Add TensorFlow; one package serves CPU and GPU since its version 2."""
        self.add_pip_package(f"tensorflow=={version}" if version else "tensorflow")

    def add_tensorflow_conda_package(self, core_type: str = "cpu", version: str | None = None) -> None:
        """Add TensorFlow from conda."""
        self.add_conda_package(f"tensorflow={version}" if version else "tensorflow")

    def save_to_file(self, base_directory: str, conda_file_path: str = _FILE_NAME) -> str:
        """Write the conda file below the folder; its path inside."""
        self._write(os.path.join(base_directory, conda_file_path))
        return conda_file_path

    def save(self, path: str | None = None) -> str:
        """Write the conda file to `path`, or into that folder; the path written."""
        target = path or _FILE_NAME
        if os.path.isdir(target):
            target = os.path.join(target, _FILE_NAME)
        self._write(target)
        return target

    def serialize_to_string(self) -> str:
        """The conda file's text."""
        return write_yaml(self._conda_dependencies)

    def as_dict(self) -> dict:
        """The conda file as dicts and lists; a copy."""
        return copy.deepcopy(self._conda_dependencies)

    def _write(self, path: str) -> None:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.serialize_to_string())

    def _dependencies(self) -> list:
        if self._conda_dependencies.get("dependencies") is None:
            self._conda_dependencies["dependencies"] = []
        return self._conda_dependencies["dependencies"]

    def _pip_list(self, make: bool = True) -> list:
        for one in self._dependencies():
            if isinstance(one, dict) and isinstance(one.get("pip"), list):
                return one["pip"]
        made = {"pip": []}
        if make:
            self._dependencies().append(made)
        return made["pip"]

    def __repr__(self) -> str:
        return self.serialize_to_string()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CondaDependencies) and other._conda_dependencies == self._conda_dependencies


def _checked(structure: object, where: str) -> dict:
    if not isinstance(structure, dict) or not isinstance(structure.get("dependencies", []), list):
        raise UserErrorException(f'{where} is no conda file: expected a mapping with "dependencies", a list.')
    return copy.deepcopy(structure)


def _package_name(requirement: str) -> str:
    # A channel may stand in front, and extras, versions and markers behind.
    name = re.split(r"[\s=<>!~;\[@]", requirement.strip().split("::")[-1])[0]
    return name.lower().replace("_", "-")
