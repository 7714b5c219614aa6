"""An environment: the packages, the image and the variables that a job runs with."""

from __future__ import annotations

import copy
import json
import os

from trainyard.environments.conda_dependencies import CondaDependencies
from trainyard.environments.fields import environment_fields, fill_environment
from trainyard.environments.sections import DockerSection, PythonSection, RSection, SparkSection
from trainyard.environments.wire import dockerfile_text, from_wire, to_wire
from trainyard.errors import ServiceException, UserErrorException
from trainyard.nearest_name import did_you_mean

_UNREAD = {"unread": True}
"""Marks a curated environment of which only the name is known yet."""


class Environment:
    """
    `Environment(name)` is azureml's default: a Python of the machine with the client. Its sections are `python` and
    `docker`; `environment_variables` go to every job that uses it.
    """

    def __init__(self, name: str | None = None, **_options: object) -> None:
        self.name = name
        self.version: str | None = None
        self.python = PythonSection()
        self.docker = DockerSection()
        self.spark = SparkSection()
        self.r: RSection | None = None
        self.environment_variables: dict = {}
        self.inferencing_stack_version: str | None = None
        self.asset_id: str | None = None
        # Of a curated or registered one, so that a job refers to it as long as nobody has changed it.
        self._reference: dict | None = None
        self._content_at_read: dict | None = None

    @staticmethod
    def from_conda_specification(name: str, file_path: str) -> Environment:
        """Of a conda file. Raises UserErrorException when it is missing or no conda file."""
        made = Environment(name)
        made.python.conda_dependencies = CondaDependencies(conda_dependencies_file_path=file_path)
        return made

    @staticmethod
    def from_pip_requirements(name: str, file_path: str, pip_version: str | None = None) -> Environment:
        """Of a requirements.txt. Raises UserErrorException when it is missing."""
        made = Environment(name)
        dependencies = CondaDependencies.create(pip_packages=[])
        dependencies.set_pip_requirements(_read_requirements(file_path))
        if pip_version:
            dependencies.add_conda_package(f"pip={pip_version}")
        made.python.conda_dependencies = dependencies
        return made

    @staticmethod
    def from_docker_image(
        name: str,
        image: str,
        container_registry: object = None,
        conda_specification: str | None = None,
        pip_requirements: str | None = None,
    ) -> Environment:
        """Of an image, with the packages of a conda file or a requirements.txt on top when one is given."""
        made = _with_packages(name, conda_specification, pip_requirements)
        made.docker.base_image = image
        if container_registry is not None:
            made.docker.base_image_registry = container_registry
        return made

    @staticmethod
    def from_dockerfile(
        name: str, dockerfile: str, conda_specification: str | None = None, pip_requirements: str | None = None
    ) -> Environment:
        """Of a Dockerfile, by its path or its text."""
        made = _with_packages(name, conda_specification, pip_requirements)
        made.docker.base_image = None
        made.docker.base_dockerfile = dockerfile
        return made

    @staticmethod
    def from_existing_conda_environment(name: str, conda_environment_name: str) -> Environment | None:
        """Of a conda environment of this machine, by `conda env export`; None when there is none of that name."""
        import subprocess

        command = ["conda", "env", "export", "--no-builds", "--name", conda_environment_name]
        try:
            result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False)
        except OSError:
            raise UserErrorException("There is no `conda` on PATH to export an environment with.") from None
        if result.returncode != 0:
            return None
        from trainyard.small_yaml import read_yaml

        made = Environment(name)
        structure = read_yaml(result.stdout.decode(), f"the export of {conda_environment_name}")
        structure.pop("prefix", None)
        made.python.conda_dependencies = CondaDependencies(_underlying_structure=structure)
        return made

    @staticmethod
    def get(workspace, name: str, version: str | None = None) -> Environment:
        """A registered environment, by default its latest version, or a curated one. Raises UserErrorException."""
        from trainyard.server.endpoints import api, is_missing

        try:
            asset = workspace._connection.get(api("assets", "environment", name), version=version)
        except ServiceException as error:
            if not is_missing(error):
                raise
        else:
            return Environment._of_asset(asset)
        known = list(Environment.list(workspace))
        raise UserErrorException(
            f"There is no environment {name!r}{f' of version {version}' if version else ''} in the workspace."
            f"{did_you_mean(name, known)} ws.environments lists them."
        )

    @staticmethod
    def list(workspace) -> dict:
        """Name to Environment: registered ones, the latest version each, and the curated ones."""
        connection = workspace._connection
        found = _Environments(workspace)
        for name in workspace._facts().get("curatedEnvironments", []):
            found[name] = Environment(name)
            found[name]._content_at_read = _UNREAD
        for asset in connection.get("/api/v1/assets/environment")["assets"]:
            found[asset["name"]] = Environment._of_asset(asset)
        return found

    @staticmethod
    def _of_asset(asset: dict) -> Environment:
        made = Environment._from_wire(asset["content"]["environment"])
        made.name, made.version = asset["name"], asset["version"]
        made.asset_id = f"azureml:{asset['name']}:{asset['version']}"
        made._refer({"kind": "asset", "name": made.name, "version": made.version})
        return made

    @staticmethod
    def _from_wire(wire: dict) -> Environment:
        return from_wire(Environment(wire.get("name")), wire)

    def _refer(self, reference: dict) -> None:
        self._reference = reference
        self._content_at_read = to_wire(self, is_local=False)

    def _to_wire(self, is_local: bool) -> dict:
        """As a job spec has it; a reference for one that was read and not changed since."""
        content = to_wire(self, is_local=False)
        if self._reference is not None and content == self._content_at_read:
            return {"reference": self._reference}
        return to_wire(self, is_local=is_local)

    def register(self, workspace) -> Environment:
        """
        Register it under its name; the registered Environment. One with the same content as the latest version makes
        no new one. Raises UserErrorException for a name that begins with AzureML: those are the curated ones.
        """
        from trainyard.server.endpoints import api, is_missing

        if not self.name:
            raise UserErrorException("An environment needs a name to be registered: Environment('my-env').")
        if self.name.lower().startswith("azureml"):
            raise UserErrorException(
                f"The name {self.name!r} is reserved: names that begin with AzureML are those of curated environments. "
                "Register it under another name: environment.clone('my-env').register(ws)."
            )
        content = {"kind": "environment", "environment": to_wire(self, is_local=False)}
        path = api("assets", "environment")
        try:
            latest = workspace._connection.get(api("assets", "environment", self.name))
            same = {
                key: value for key, value in latest["content"]["environment"].items() if key not in ("name", "version")
            }
            if same == {key: value for key, value in content["environment"].items() if key != "name"}:
                return Environment._of_asset(latest)
        except ServiceException as error:
            if not is_missing(error):
                raise
        return Environment._of_asset(workspace._connection.post(path, {"name": self.name, "content": content}))

    def clone(self, new_name: str) -> Environment:
        """A copy under another name, registered nowhere."""
        made = copy.deepcopy(self)
        made.name, made.version, made.asset_id = new_name, None, None
        return made

    def build(self, workspace, image_build_compute: str | None = None, **_options: object):
        """Nothing is built ahead: the first job builds it and all later ones use that. What is returned says so."""
        return ImageBuildDetails(self)

    def build_local(self, workspace, platform: object = None, **_options: object):
        """As build()."""
        return ImageBuildDetails(self)

    def get_image_details(self, workspace) -> dict:
        """What the environment is made of, as a job spec has it."""
        return self._to_wire(is_local=False)

    def save_to_directory(self, path: str, overwrite: bool = False) -> None:
        """
        Write `azureml_environment.json`, `conda_dependencies.yml` and, where there is one, a `Dockerfile` into the folder.

        Raises UserErrorException where they are there already, unless `overwrite`.
        """
        target = os.path.join(path, "azureml_environment.json")
        if os.path.exists(target) and not overwrite:
            raise UserErrorException(f"{target} exists. Pass overwrite=True to replace it.")
        os.makedirs(path, exist_ok=True)
        with open(target, "w", encoding="utf-8") as file:
            json.dump(environment_fields(self), file, indent=4)
        if self.python.conda_dependencies is not None:
            self.python.conda_dependencies.save_to_file(path)
        if self.docker.base_dockerfile:
            with open(os.path.join(path, "Dockerfile"), "w", encoding="utf-8") as file:
                file.write(dockerfile_text(self.docker.base_dockerfile))

    @staticmethod
    def load_from_directory(path: str) -> Environment:
        """What save_to_directory wrote, here or with azureml. Raises UserErrorException when it is not there."""
        source = os.path.join(path, "azureml_environment.json")
        if not os.path.isfile(source):
            raise UserErrorException(f"There is no {source}.")
        with open(source, encoding="utf-8") as file:
            saved = json.load(file)
        if not isinstance(saved, dict):
            raise UserErrorException(f"{source} holds no environment: expected an object.")
        return fill_environment(Environment(None), saved)

    def __repr__(self) -> str:
        return json.dumps({"name": self.name, "version": self.version, **to_wire(self, is_local=False)}, indent=4)


class _Environments(dict):
    """
    Reads a curated one when it is asked for, and answers for the dated variants of their names as well, of which
    there are more than anybody lists.
    """

    def __init__(self, workspace) -> None:
        super().__init__()
        self._workspace = workspace

    def __getitem__(self, name: str) -> Environment:
        known = dict.get(self, name)
        if known is not None and known._content_at_read != _UNREAD:
            return known
        try:
            return Environment.get(self._workspace, name)
        except UserErrorException as error:
            raise KeyError(error.message) from None

    def get(self, name: str, default: object = None) -> object:
        """As a dict's."""
        try:
            return self[name]
        except KeyError:
            return default

    def items(self) -> object:
        """As a dict's; each environment is read when it is reached."""
        return ((name, self[name]) for name in self)

    def values(self) -> object:
        """As a dict's; each environment is read when it is reached."""
        return (self[name] for name in self)


class ImageBuildDetails:
    """Of an environment that the first job will build."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.status = "Succeeded"

    def wait_for_completion(self, show_output: bool = True) -> None:
        """Returns at once."""
        if show_output:
            print(f"The environment {self.environment.name} is built by the first job that uses it, and kept.")


def _with_packages(name: str, conda_specification: str | None, pip_requirements: str | None) -> Environment:
    if conda_specification and pip_requirements:
        raise UserErrorException("Give either conda_specification or pip_requirements, not both.")
    if conda_specification:
        return Environment.from_conda_specification(name, conda_specification)
    if pip_requirements:
        return Environment.from_pip_requirements(name, pip_requirements)
    made = Environment(name)
    made.python.user_managed_dependencies = True
    return made


def _read_requirements(path: str) -> list:
    if not os.path.isfile(path):
        raise UserErrorException(f"There is no requirements file {path!r}. The current folder is {os.getcwd()!r}.")
    with open(path, encoding="utf-8") as file:
        lines = [line.strip() for line in file]
    return [line for line in lines if line and not line.startswith("#")]
