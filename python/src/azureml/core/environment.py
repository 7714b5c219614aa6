"""`from azureml.core.environment import Environment, CondaDependencies`."""

from trainyard.environments.conda_dependencies import CondaDependencies
from trainyard.environments.environment import Environment, ImageBuildDetails
from trainyard.environments.sections import (
    DEFAULT_CPU_IMAGE,
    DEFAULT_GPU_IMAGE,
    ContainerRegistry,
    DockerSection,
    PythonSection,
    RSection,
    SparkSection,
)

__all__ = [
    "DEFAULT_CPU_IMAGE",
    "DEFAULT_GPU_IMAGE",
    "CondaDependencies",
    "ContainerRegistry",
    "DockerSection",
    "Environment",
    "ImageBuildDetails",
    "PythonSection",
    "RSection",
    "SparkSection",
]
