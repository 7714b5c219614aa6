"""`from azureml.core.conda_dependencies import CondaDependencies`."""

from trainyard.conda_dependencies import CondaDependencies

__all__ = ["CondaDependencies"]
