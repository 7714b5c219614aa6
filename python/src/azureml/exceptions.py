"""`from azureml.exceptions import …`, as scripts write it; those that the in-job client raises."""

from trainyard.errors import AzureMLException, RunEnvironmentException, UserErrorException

__all__ = ["AzureMLException", "RunEnvironmentException", "UserErrorException"]
