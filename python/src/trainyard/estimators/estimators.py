"""Estimators: azureml's older way to say what a script needs. Each becomes a ScriptRunConfig."""

from __future__ import annotations

import os
import warnings

from trainyard.environments.conda_dependencies import CondaDependencies
from trainyard.environments.environment import Environment
from trainyard.environments.sections import DEFAULT_CPU_IMAGE, DEFAULT_GPU_IMAGE
from trainyard.errors import NotSupported, TrainingException
from trainyard.jobs.distributed import MpiConfiguration, PyTorchConfiguration, TensorflowConfiguration
from trainyard.jobs.script_run_config import ScriptRunConfig

_WITHOUT_CUDA = "--extra-index-url https://download.pytorch.org/whl/cpu"
"""The default index has PyTorch for Linux with CUDA only, several gigabytes."""

_BACKENDS = "'mpi', 'ps', 'nccl' or 'gloo'"


class Estimator:
    """
    A script with its packages, its compute and its distribution, as one object that experiment.submit takes.

    `script_params` is a dict of `'--flag': value`, in order; the value '' makes a bare flag, and data become paths.
    `environment_definition` replaces everything that is said of packages and images. `user_managed=True` installs
    nothing. Without any of these the packages are `conda_packages`, `pip_packages` and those of the two files.
    Raises TrainingException for what contradicts itself.
    """

    _framework = "Python"
    _packages: tuple = ()

    def __init__(
        self,
        source_directory: str | None = None,
        *,
        compute_target: object = None,
        vm_size: str | None = None,
        vm_priority: str | None = None,
        entry_script: str | None = None,
        script_params: dict | None = None,
        node_count: int = 1,
        process_count_per_node: int = 1,
        distributed_backend: str | None = None,
        distributed_training: object = None,
        use_gpu: bool = False,
        use_docker: bool = True,
        custom_docker_base_image: str | None = None,
        custom_docker_image: str | None = None,
        image_registry_details: object = None,
        user_managed: bool = False,
        conda_packages: list | None = None,
        pip_packages: list | None = None,
        conda_dependencies_file_path: str | None = None,
        pip_requirements_file_path: str | None = None,
        conda_dependencies_file: str | None = None,
        pip_requirements_file: str | None = None,
        environment_variables: dict | None = None,
        environment_definition: Environment | None = None,
        inputs: list | None = None,
        source_directory_data_store: object = None,
        shm_size: str | None = None,
        resume_from: object = None,
        max_run_duration_seconds: float | None = None,
        framework_version: object = None,
        **unknown: object,
    ) -> None:
        name = type(self).__name__
        if unknown:
            raise TrainingException(f"{name} has no argument named {', '.join(sorted(unknown))}.")
        warnings.warn(
            f"{name!r} is deprecated. Please use 'ScriptRunConfig' from 'azureml.core.script_run_config' with your "
            "own environment or a curated one.",
            DeprecationWarning,
            # Shown by default only where it is the user's own line.
            stacklevel=2 if type(self).__init__ is Estimator.__init__ else 3,
        )
        if compute_target is None and vm_size is not None:
            raise NotSupported(
                f"{name}(vm_size=...) asks for a cluster of its own. Give compute_target: a cluster of "
                "ComputeTarget.create, its name, or 'local'."
            )
        if not entry_script:
            raise TrainingException(f"{name} has no entry_script. Give entry_script='train.py', for example.")
        self._config = ScriptRunConfig(
            source_directory=source_directory,
            script=entry_script,
            arguments=_arguments(script_params),
            compute_target=compute_target,
            max_run_duration_seconds=max_run_duration_seconds,
            resume_from=resume_from,
        )
        run_config = self._config.run_config
        run_config.framework = self._framework
        packages = (conda_packages, pip_packages, conda_dependencies_file, conda_dependencies_file_path)
        said = any(
            [*packages, pip_requirements_file, pip_requirements_file_path, custom_docker_image, framework_version]
        )
        if environment_definition is not None and (said or self._packages):
            warnings.warn(
                f"{name} takes environment_definition as it is: no other packages and images are added, those of the "
                "framework neither.",
                stacklevel=2 if type(self).__init__ is Estimator.__init__ else 3,
            )
        run_config.environment = (
            environment_definition
            if environment_definition is not None
            else self._environment(
                use_gpu,
                custom_docker_image or custom_docker_base_image,
                image_registry_details,
                user_managed,
                framework_version,
                conda_packages,
                pip_packages,
                _below(source_directory, conda_dependencies_file or conda_dependencies_file_path),
                _below(source_directory, pip_requirements_file or pip_requirements_file_path),
            )
        )
        run_config.environment_variables = {**run_config.environment_variables, **(environment_variables or {})}
        if shm_size is not None:
            run_config.docker.shm_size = shm_size
        _distribute(
            run_config, distributed_training or distributed_backend, node_count, process_count_per_node, self._framework
        )
        for value in inputs or []:
            _add_input(run_config, value)

    def _environment(
        self, use_gpu, image, registry, user_managed, version, conda_packages, pip_packages, conda_file, pip_file
    ) -> Environment:
        made = Environment(None)
        made.docker.base_image = image or (DEFAULT_GPU_IMAGE if use_gpu else DEFAULT_CPU_IMAGE)
        if registry is not None:
            made.docker.base_image_registry = registry
        if user_managed:
            made.python.user_managed_dependencies = True
            return made
        if conda_file is not None:
            packages = CondaDependencies(conda_dependencies_file_path=conda_file)
        else:
            packages = CondaDependencies()
            for package in self._framework_packages(version):
                packages.add_pip_package(package)
            if self._framework == "PyTorch" and not use_gpu:
                packages.set_pip_option(_WITHOUT_CUDA)
        if pip_file is not None:
            listed = Environment.from_pip_requirements("requirements", pip_file).python.conda_dependencies
            for option in listed.pip_options:
                packages.set_pip_option(option)
            for package in listed.pip_packages:
                packages.add_pip_package(package)
        for package in conda_packages or []:
            packages.add_conda_package(package)
        for package in pip_packages or []:
            packages.add_pip_package(package)
        made.python.conda_dependencies = packages
        return made

    def _framework_packages(self, version: object) -> list:
        if version is None or not self._packages:
            return list(self._packages)
        return [f"{self._packages[0]}=={version}", *self._packages[1:]]

    def to_script_run_config(self) -> ScriptRunConfig:
        """The same as a ScriptRunConfig, which is what is submitted."""
        return self._config

    @property
    def run_config(self):
        """The RunConfiguration, which may be changed before it is submitted."""
        return self._config.run_config

    @property
    def conda_dependencies(self) -> CondaDependencies | None:
        """The packages; None where the environment says otherwise."""
        return self._config.run_config.environment.python.conda_dependencies

    @property
    def source_directory(self) -> str:
        """The folder of the code."""
        return self._config.source_directory

    def _submit_in(self, experiment, tags: dict | None = None, **options: object):
        from trainyard.experiments.submit_run import job_spec, submit_spec

        spec = job_spec(experiment, self._config, tags or {}, options.get("display_name"), options.get("run_id"))
        spec["properties"]["azureml.estimator"] = type(self).__name__
        return submit_spec(experiment, spec, options)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(source_directory={self.source_directory!r}, entry_script={self._config.script!r})"
        )


class PyTorch(Estimator):
    """An Estimator with PyTorch and torchvision. `framework_version` is PyTorch's, by default the newest that fits."""

    _framework = "PyTorch"
    _packages = ("torch", "torchvision", "tensorboard", "matplotlib")


class TensorFlow(Estimator):
    """
    An Estimator with TensorFlow. `framework_version` is TensorFlow's, by default the newest that fits.
    `worker_count` and `parameter_server_count` are those of `distributed_backend="ps"`.
    """

    _framework = "TensorFlow"
    _packages = ("tensorflow", "matplotlib")

    def __init__(
        self,
        source_directory: str | None = None,
        *,
        worker_count: int = 1,
        parameter_server_count: int = 1,
        distributed_backend: str | None = None,
        **options: object,
    ) -> None:
        if str(distributed_backend).lower() == "ps" and options.get("distributed_training") is None:
            options["distributed_training"] = TensorflowConfiguration(worker_count, parameter_server_count)
            distributed_backend = None
        super().__init__(source_directory, distributed_backend=distributed_backend, **options)


class Chainer(Estimator):
    """An Estimator with Chainer. `framework_version` is Chainer's."""

    _packages = ("chainer", "matplotlib")


class SKLearn(Estimator):
    """An Estimator with scikit-learn. `framework_version` is scikit-learn's."""

    _packages = ("scikit-learn", "scipy", "joblib", "matplotlib")


def _arguments(script_params: dict | None) -> list:
    if script_params is not None and not isinstance(script_params, dict):
        raise TrainingException(
            f"script_params is of type {type(script_params).__name__}. Expected a dict, such as {{'--lr': 0.1}}."
        )
    arguments: list = []
    for flag, value in (script_params or {}).items():
        arguments.append(flag)
        if not (isinstance(value, str) and value == ""):
            arguments.append(value)
    return arguments


def _below(source_directory: str | None, path: str | None) -> str | None:
    """A file is named relative to the source folder, or to the current one."""
    if path is None:
        return None
    inside = os.path.join(source_directory or ".", path)
    found = inside if os.path.isfile(inside) else path
    if not os.path.isfile(found):
        raise TrainingException(f"There is no file {path!r} in {os.path.abspath(source_directory or '.')}.")
    return found


def _distribute(run_config, how, node_count: int, per_node: int, framework: str) -> None:
    if isinstance(how, str):
        made = {
            "mpi": MpiConfiguration,
            "ps": TensorflowConfiguration,
            "nccl": lambda: PyTorchConfiguration("Nccl"),
            "gloo": lambda: PyTorchConfiguration("Gloo"),
        }.get(how.lower())
        if made is None:
            raise TrainingException(f"distributed_backend is {how!r}; expected {_BACKENDS}.")
        how = made()
    if how is None:
        if node_count > 1 or per_node > 1:
            raise TrainingException(
                f"node_count is {node_count} and process_count_per_node {per_node}, but nothing says how the processes "
                f"find each other. Give distributed_training=MpiConfiguration(), or distributed_backend={_BACKENDS}."
            )
        return
    if isinstance(how, MpiConfiguration) and how.process_count_per_node == 1:
        how.process_count_per_node = per_node
    if isinstance(how, PyTorchConfiguration) and how.process_count is None:
        how.process_count = per_node * node_count
    run_config.set_distribution(how)
    if not isinstance(how, TensorflowConfiguration):
        run_config.node_count = node_count
        how.node_count = node_count
    run_config.framework = framework


def _add_input(run_config, value: object) -> None:
    from trainyard.data.abstract_dataset import AbstractDataset
    from trainyard.data.data_reference import DataReference
    from trainyard.data.dataset_consumption import DatasetConsumptionConfig

    if isinstance(value, DataReference):
        run_config.data_references[value.data_reference_name] = value
    elif isinstance(value, DatasetConsumptionConfig) and value.name:
        run_config.data[value.name] = value
    elif isinstance(value, (AbstractDataset, DatasetConsumptionConfig)):
        raise TrainingException(
            "A data set among `inputs` needs a name to be found by: dataset.as_named_input('mnist').as_mount()."
        )
    else:
        raise TrainingException(
            f"`inputs` holds a value of type {type(value).__name__}. Expected named data sets and data references."
        )
