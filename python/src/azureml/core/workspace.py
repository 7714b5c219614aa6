"""`from azureml.core.workspace import Workspace`."""

from trainyard.workspace import Workspace

__all__ = ["Workspace"]
