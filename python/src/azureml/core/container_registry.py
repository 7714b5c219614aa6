"""`from azureml.core.container_registry import ContainerRegistry`."""

from trainyard.environments.sections import ContainerRegistry

__all__ = ["ContainerRegistry"]
