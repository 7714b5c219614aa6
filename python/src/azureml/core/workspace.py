"""`from azureml.core.workspace import Workspace, WorkspaceException`."""

from trainyard.errors import WorkspaceException
from trainyard.workspace import Workspace

__all__ = ["Workspace", "WorkspaceException"]
