"""
`from azureml.data.azure_storage_datastore import AzureBlobDatastore`. Files of every kind of datastore are read and
written in the same way here, so that each of Azure's kinds is the one class.
"""

from trainyard.data.datastore import Datastore

AbstractAzureStorageDatastore = AzureBlobDatastore = AzureFileDatastore = Datastore

__all__ = ["AbstractAzureStorageDatastore", "AzureBlobDatastore", "AzureFileDatastore"]
