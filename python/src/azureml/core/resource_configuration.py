"""`from azureml.core.resource_configuration import ResourceConfiguration`."""

from trainyard.models.registration import ResourceConfiguration

__all__ = ["ResourceConfiguration"]
