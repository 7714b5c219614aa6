"""`from azureml.core.environment import Environment, CondaDependencies`."""

from trainyard.conda_dependencies import CondaDependencies
from trainyard.environment import Environment, ImageBuildDetails
from trainyard.environment_sections import (
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
