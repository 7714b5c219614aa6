"""How a script is run: its environment, its compute, its distribution. `ScriptRunConfig.run_config` is one."""

from __future__ import annotations

import os

from trainyard.conda_dependencies import CondaDependencies
from trainyard.distributed import MpiConfiguration, PyTorchConfiguration, TensorflowConfiguration
from trainyard.environment import Environment
from trainyard.errors import RunConfigurationException
from trainyard.small_yaml import read_yaml, write_yaml

DEFAULT_MAX_RUN_SECONDS = 2_592_000
"""30 days."""


class DockerConfiguration:
    """
    `use_docker` asks for the environment's image, `shm_size` is such as "2g", `arguments` go to the engine.
    `shared_volumes` is accepted and changes nothing.
    """

    def __init__(
        self,
        use_docker: bool = False,
        shared_volumes: bool = True,
        arguments: list | None = None,
        shm_size: str | None = None,
    ) -> None:
        self.use_docker = use_docker
        self.shared_volumes = shared_volumes
        self.arguments = list(arguments or [])
        self.shm_size = shm_size


class HistoryConfiguration:
    """What is kept of a run; Trainyard keeps all of it."""

    def __init__(self) -> None:
        self.output_collection = True
        self.snapshot_project = True
        self.directories_to_watch = ["logs"]
        self.enable_mlflow_tracking = True


class AmlComputeConfiguration:
    """Of a cluster that is made for one run; `name` or the run configuration's target names one that is there."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.vm_size: str | None = None
        self.vm_priority: str | None = None
        self.retain_cluster = False
        self.cluster_max_node_count = 1


class DataReferenceConfiguration:
    """A place in a datastore, by the field names of a run configuration's file."""

    def __init__(
        self, datastore_name=None, mode="mount", path_on_datastore=None, path_on_compute=None, overwrite=False
    ) -> None:
        self.data_store_name = datastore_name
        self.mode = mode
        self.path_on_data_store = path_on_datastore
        self.path_on_compute = path_on_compute
        self.overwrite = overwrite


class RunConfiguration:
    """
    The defaults run a Python script on the submitting machine (`target` "local") on one node.

    `framework` is Python, PyTorch or TensorFlow; `communicator` is None, Nccl, Gloo, ParameterServer, OpenMpi or
    IntelMpi. Together with `mpi`, `tensorflow` and `pytorch` they say how the job is distributed.
    """

    def __init__(
        self,
        script: str | None = None,
        arguments: list | None = None,
        framework: str | None = None,
        communicator: str | None = None,
        conda_dependencies: CondaDependencies | None = None,
        _history_enabled: object = None,
        _path: str | None = None,
        _name: str | None = None,
        command: object = None,
    ) -> None:
        self.script = script
        self.arguments = list(arguments or [])
        self.command = command or ""
        self.framework = framework or "Python"
        self.communicator = communicator or "None"
        self._target = "local"
        self.node_count = 1
        self.auto_prepare_environment = True
        self.max_run_duration_seconds: float | None = DEFAULT_MAX_RUN_SECONDS
        self.environment = Environment(None)
        self.environment.python.conda_dependencies = conda_dependencies or CondaDependencies()
        self.environment_variables: dict = {}
        self.history = HistoryConfiguration()
        self.tensorflow = TensorflowConfiguration()
        self.mpi = MpiConfiguration()
        self.pytorch = PyTorchConfiguration()
        self.data_references: dict = {}
        self.data: dict = {}
        self.output_data: dict = {}
        self.source_directory_data_store: object = None
        self.amlcompute = AmlComputeConfiguration()
        self.docker = DockerConfiguration()
        self.spark = None
        self.credential_passthrough = False
        self.priority = None
        self._name = _name
        self._path = _path

    @property
    def target(self) -> str:
        """The compute's name; set it to a name or to a ComputeTarget."""
        return self._target

    @target.setter
    def target(self, target: object) -> None:
        self._target = compute_name(target)

    def distribution(self) -> object:
        """The distributed configuration that the fields amount to; None for one process."""
        communicator = str(self.communicator or "None").lower()
        if communicator in ("openmpi", "intelmpi", "mpi"):
            return self.mpi
        if communicator == "parameterserver":
            return self.tensorflow
        if communicator in ("nccl", "gloo"):
            return self.pytorch
        return None

    def set_distribution(self, configuration: object) -> None:
        """Spread the job as this MpiConfiguration, PyTorchConfiguration or TensorflowConfiguration says."""
        if isinstance(configuration, MpiConfiguration):
            self.communicator, self.mpi = "OpenMpi", configuration
        elif isinstance(configuration, PyTorchConfiguration):
            self.framework, self.pytorch = "PyTorch", configuration
            self.communicator = str(configuration.communication_backend or "Nccl")
        elif isinstance(configuration, TensorflowConfiguration):
            self.framework, self.communicator, self.tensorflow = "TensorFlow", "ParameterServer", configuration
        else:
            raise RunConfigurationException(
                f"distributed_job_config is of type {type(configuration).__name__}. Expected an MpiConfiguration, a "
                "PyTorchConfiguration or a TensorflowConfiguration of azureml.core.runconfig."
            )
        self.node_count = configuration.node_count

    def save(self, path: str | None = None, name: str | None = None, separate_environment_yaml: bool = False) -> str:
        """Write `<path>/.azureml/<name>.runconfig`; the path written. Packages are inside it."""
        name = name or self._name or "default"
        folder = os.path.join(path or ".", ".azureml")
        os.makedirs(folder, exist_ok=True)
        target = os.path.join(folder, f"{name}.runconfig")
        python, docker = self.environment.python, self.environment.docker
        fields = {
            "script": self.script,
            "arguments": [str(one) for one in self.arguments],
            "command": self.command if isinstance(self.command, str) else " ".join(map(str, self.command)),
            "target": self.target,
            "framework": self.framework,
            "communicator": self.communicator,
            "nodeCount": self.node_count,
            "maxRunDurationSeconds": self.max_run_duration_seconds,
            "environmentVariables": self.environment_variables,
            "environment": {
                "name": self.environment.name,
                "version": self.environment.version,
                "environmentVariables": self.environment.environment_variables,
                "python": {
                    "userManagedDependencies": python.user_managed_dependencies,
                    "interpreterPath": python.interpreter_path,
                    "condaDependencies": python.conda_dependencies.as_dict() if python.conda_dependencies else None,
                },
                "docker": {"baseImage": docker.base_image, "baseDockerfile": docker.base_dockerfile},
            },
            "mpi": {"processCountPerNode": self.mpi.process_count_per_node},
            "pytorch": {
                "communicationBackend": self.pytorch.communication_backend,
                "processCount": self.pytorch.process_count,
            },
            "tensorflow": {
                "workerCount": self.tensorflow.worker_count,
                "parameterServerCount": self.tensorflow.parameter_server_count,
            },
            "docker": {
                "useDocker": self.docker.use_docker,
                "arguments": self.docker.arguments,
                "shmSize": self.docker.shm_size,
            },
        }
        with open(target, "w", encoding="utf-8") as file:
            file.write(write_yaml(fields))
        return target

    @staticmethod
    def load(path: str, name: str | None = None) -> RunConfiguration:
        """What save() or azureml's own tools wrote. Raises RunConfigurationException when there is no such file."""
        name = name or "default"
        candidates = [
            path,
            *(os.path.join(path, folder, f"{name}.runconfig") for folder in (".azureml", "aml_config", "")),
        ]
        found = next((one for one in candidates if os.path.isfile(one)), None)
        if found is None:
            raise RunConfigurationException(
                f"There is no run configuration {name!r}; looked for {', '.join(candidates[1:])}."
            )
        with open(found, encoding="utf-8") as file:
            fields = read_yaml(file.read(), found)
        if not isinstance(fields, dict):
            raise RunConfigurationException(f"{found} holds no run configuration: expected a mapping.")
        return _from_fields(RunConfiguration(_name=name, _path=path), fields)

    @staticmethod
    def delete(path: str, name: str) -> None:
        """Remove the file that save() wrote."""
        os.unlink(os.path.join(path, ".azureml", f"{name}.runconfig"))

    def __repr__(self) -> str:
        return f"RunConfiguration(target={self.target!r}, script={self.script!r}, framework={self.framework!r})"


def _from_fields(made: RunConfiguration, fields: dict) -> RunConfiguration:
    environment = fields.get("environment") or {}
    python, docker = environment.get("python") or {}, environment.get("docker") or {}
    made.script, made.command = fields.get("script"), fields.get("command") or ""
    made.arguments = list(fields.get("arguments") or [])
    made.target = fields.get("target") or "local"
    made.framework, made.communicator = fields.get("framework") or "Python", fields.get("communicator") or "None"
    made.node_count = fields.get("nodeCount") or 1
    made.max_run_duration_seconds = fields.get("maxRunDurationSeconds")
    made.environment_variables = dict(fields.get("environmentVariables") or {})
    made.environment.name = environment.get("name")
    made.environment.environment_variables = dict(environment.get("environmentVariables") or {})
    made.environment.python.user_managed_dependencies = bool(python.get("userManagedDependencies"))
    made.environment.python.interpreter_path = python.get("interpreterPath") or "python"
    if isinstance(python.get("condaDependencies"), dict):
        made.environment.python.conda_dependencies = CondaDependencies(
            _underlying_structure=python["condaDependencies"]
        )
    made.environment.docker.base_image = docker.get("baseImage")
    made.environment.docker.base_dockerfile = docker.get("baseDockerfile")
    made.mpi.process_count_per_node = (fields.get("mpi") or {}).get("processCountPerNode") or 1
    made.pytorch.process_count = (fields.get("pytorch") or {}).get("processCount")
    tensorflow = fields.get("tensorflow") or {}
    made.tensorflow = TensorflowConfiguration(
        tensorflow.get("workerCount", 1), tensorflow.get("parameterServerCount", 1)
    )
    engine = fields.get("docker") or {}
    made.docker = DockerConfiguration(
        bool(engine.get("useDocker")), True, engine.get("arguments"), engine.get("shmSize")
    )
    return made


def compute_name(target: object) -> str:
    """The name of a compute target, from the target or its name; None means `local`."""
    if target is None:
        return "local"
    name = target if isinstance(target, str) else getattr(target, "name", None)
    if not isinstance(name, str) or not name:
        raise RunConfigurationException(
            f"compute_target is of type {type(target).__name__}. Expected a ComputeTarget, a compute's name or 'local'."
        )
    return name
