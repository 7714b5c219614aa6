"""`from azureml.core.container_registry import ContainerRegistry`."""

from trainyard.environment_sections import ContainerRegistry

__all__ = ["ContainerRegistry"]
