"""`from azureml.core.datastore import Datastore`."""

from trainyard.datastore import Datastore

__all__ = ["Datastore"]
