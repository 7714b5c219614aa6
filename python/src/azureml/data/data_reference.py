"""`from azureml.data.data_reference import DataReference`."""

from trainyard.data.data_reference import DataReference

__all__ = ["DataReference"]
