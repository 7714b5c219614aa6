"""`from azureml.core.resource_configuration import ResourceConfiguration`."""

from trainyard.model_registration import ResourceConfiguration

__all__ = ["ResourceConfiguration"]
