"""`from azureml.data.datapath import DataPath`."""

from trainyard.data_reference import DataPath

__all__ = ["DataPath"]
