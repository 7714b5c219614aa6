"""The parts of an environment: its Python, its image."""

from __future__ import annotations

from trainyard.environments.conda_dependencies import CondaDependencies

DEFAULT_CPU_IMAGE = "mcr.microsoft.com/azureml/openmpi3.1.2-ubuntu18.04:20210507.v1"
DEFAULT_GPU_IMAGE = "mcr.microsoft.com/azureml/openmpi3.1.2-cuda10.2-cudnn8-ubuntu18.04:20210507.v1"


class PythonSection:
    """
    Which Python. `user_managed_dependencies=True` takes `interpreter_path` as it is and installs nothing; for jobs on
    `local` the word `python` there means the interpreter of the submitting process. Else an environment is built of
    `conda_dependencies`.
    """

    def __init__(self, _with_defaults: bool = True) -> None:
        self.user_managed_dependencies = False
        self.interpreter_path = "python"
        self.conda_dependencies: CondaDependencies | None = CondaDependencies() if _with_defaults else None
        self.base_conda_environment: str | None = None
        self.conda_dependencies_file: str | None = None

    def __repr__(self) -> str:
        managed = self.user_managed_dependencies
        return f"PythonSection(user_managed_dependencies={managed}, interpreter_path={self.interpreter_path!r})"


class ContainerRegistry:
    """Where an image is pulled from: `address`, `username`, `password`."""

    def __init__(self) -> None:
        self.address: str | None = None
        self.username: str | None = None
        self.password: str | None = None


class DockerSection:
    """
    Which image: `base_image`, or `base_dockerfile` (a Dockerfile's text or path). `enabled`, `gpu_support` and
    `shared_volumes` are accepted for older scripts and change nothing.
    """

    def __init__(self) -> None:
        self.enabled = False
        self.base_image: str | None = DEFAULT_CPU_IMAGE
        self.base_dockerfile: str | None = None
        self.base_image_registry = ContainerRegistry()
        self.arguments: list = []
        self.shm_size: str | None = None
        self.shared_volumes = True
        self.gpu_support = False
        self.platform = None

    def __repr__(self) -> str:
        return f"DockerSection(base_image={self.base_image!r}, base_dockerfile={self.base_dockerfile!r})"


class SparkSection:
    """Accepted and not used: Trainyard runs no Spark."""

    def __init__(self) -> None:
        self.repositories: list = []
        self.packages: list = []
        self.precache_packages = True


class RSection:
    """R packages, accepted and not used; describe R by a Dockerfile or an image."""

    def __init__(self) -> None:
        self.r_version: str | None = None
        self.user_managed = False
        self.cran_packages: list = []
