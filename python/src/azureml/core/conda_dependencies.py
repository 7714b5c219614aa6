"""`from azureml.core.conda_dependencies import CondaDependencies`."""

from trainyard.environments.conda_dependencies import CondaDependencies

__all__ = ["CondaDependencies"]
