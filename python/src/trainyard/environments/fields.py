"""An environment in the words of azureml's own files: azureml_environment.json, a .runconfig's `environment`."""

from __future__ import annotations

from trainyard.environments.conda_dependencies import CondaDependencies
from trainyard.environments.sections import ContainerRegistry


def environment_fields(environment) -> dict:
    """Everything that an Environment says, as dicts and lists."""
    python, docker, spark = environment.python, environment.docker, environment.spark
    packages = python.conda_dependencies
    registry = docker.base_image_registry
    return {
        "name": environment.name,
        "version": environment.version,
        "environmentVariables": dict(environment.environment_variables),
        "python": {
            "userManagedDependencies": python.user_managed_dependencies,
            "interpreterPath": python.interpreter_path,
            "condaDependenciesFile": python.conda_dependencies_file,
            "baseCondaEnvironment": python.base_conda_environment,
            "condaDependencies": packages.as_dict() if packages else None,
        },
        "docker": {
            "enabled": docker.enabled,
            "baseImage": docker.base_image,
            "baseDockerfile": docker.base_dockerfile,
            "baseImageRegistry": {
                "address": registry.address,
                "username": registry.username,
                # A secret does not go into a file.
                "password": None,
            },
            "sharedVolumes": docker.shared_volumes,
            "shmSize": docker.shm_size,
            "arguments": list(docker.arguments),
        },
        "spark": {
            "repositories": spark.repositories,
            "packages": spark.packages,
            "precachePackages": spark.precache_packages,
        },
        "inferencingStackVersion": environment.inferencing_stack_version,
    }


def fill_environment(environment, fields: dict):
    """Give an Environment what the fields say; what they leave out stays as it is. The Environment."""
    environment.name = fields.get("name", environment.name)
    environment.version = fields.get("version", environment.version)
    environment.environment_variables = dict(fields.get("environmentVariables") or {})
    environment.inferencing_stack_version = fields.get("inferencingStackVersion")
    python, docker, spark = (fields.get(section) or {} for section in ("python", "docker", "spark"))
    _fill(
        environment.python,
        python,
        user_managed_dependencies="userManagedDependencies",
        interpreter_path="interpreterPath",
        conda_dependencies_file="condaDependenciesFile",
        base_conda_environment="baseCondaEnvironment",
    )
    if isinstance(python.get("condaDependencies"), dict):
        environment.python.conda_dependencies = CondaDependencies(_underlying_structure=python["condaDependencies"])
    _fill(
        environment.docker,
        docker,
        enabled="enabled",
        base_image="baseImage",
        base_dockerfile="baseDockerfile",
        shared_volumes="sharedVolumes",
        shm_size="shmSize",
    )
    environment.docker.arguments = list(docker.get("arguments") or [])
    if docker.get("baseImageRegistry"):
        environment.docker.base_image_registry = ContainerRegistry()
        registry = docker["baseImageRegistry"]
        _fill(
            environment.docker.base_image_registry,
            registry,
            address="address",
            username="username",
            password="password",
        )
    _fill(
        environment.spark,
        spark,
        repositories="repositories",
        packages="packages",
        precache_packages="precachePackages",
    )
    return environment


def _fill(target: object, fields: dict, **keys: str) -> None:
    for name, key in keys.items():
        if key in fields:
            setattr(target, name, fields[key])
