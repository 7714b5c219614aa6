"""`from azureml.core.keyvault import Keyvault`."""

from trainyard.keyvault import Keyvault

__all__ = ["Keyvault"]
