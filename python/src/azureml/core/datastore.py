"""`from azureml.core.datastore import Datastore`."""

from trainyard.data.datastore import Datastore

__all__ = ["Datastore"]
