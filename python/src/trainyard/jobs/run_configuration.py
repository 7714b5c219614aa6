"""How a script is run: its environment, its compute, its distribution. `ScriptRunConfig.run_config` is one."""

from __future__ import annotations

import os

from trainyard.environments.conda_dependencies import CondaDependencies
from trainyard.environments.environment import Environment
from trainyard.errors import RunConfigurationException
from trainyard.jobs.distributed import MpiConfiguration, PyTorchConfiguration, TensorflowConfiguration
from trainyard.jobs.fields import fill_run_configuration, run_configuration_fields
from trainyard.jobs.sections import AmlComputeConfiguration, DockerConfiguration, HistoryConfiguration
from trainyard.small_yaml import read_yaml, write_yaml

DEFAULT_MAX_RUN_SECONDS = 2_592_000
"""30 days."""


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
        """
        The distributed configuration that the fields amount to; None for one process. Raises
        RunConfigurationException for a framework or a communicator that there is not.
        """
        if str(self.framework).lower() not in ("python", "pytorch", "tensorflow"):
            raise RunConfigurationException(
                f"framework is {self.framework!r}; expected Python, PyTorch or TensorFlow. There is no Spark."
            )
        communicator = str(self.communicator or "None").lower()
        if communicator in ("openmpi", "intelmpi", "mpi"):
            return self.mpi
        if communicator == "parameterserver":
            return self.tensorflow
        if communicator in ("nccl", "gloo"):
            return self.pytorch
        if communicator == "none":
            return None
        raise RunConfigurationException(
            f"communicator is {self.communicator!r}; expected None, Nccl, Gloo, ParameterServer, OpenMpi or IntelMpi."
        )

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
        """
        Write `<path>/.azureml/<name>.runconfig`; the path written. Packages are inside it.

        Raises RunConfigurationException for one with data sets or outputs, which files do not keep.
        """
        name = name or self._name or "default"
        folder = os.path.join(path or ".", ".azureml")
        os.makedirs(folder, exist_ok=True)
        target = os.path.join(folder, f"{name}.runconfig")
        fields = run_configuration_fields(self)
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
        return fill_run_configuration(RunConfiguration(_name=name, _path=path), fields, os.path.dirname(found))

    @staticmethod
    def delete(path: str, name: str) -> None:
        """Remove the file that save() wrote."""
        os.unlink(os.path.join(path, ".azureml", f"{name}.runconfig"))

    def __repr__(self) -> str:
        return f"RunConfiguration(target={self.target!r}, script={self.script!r}, framework={self.framework!r})"


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
