"""`from azureml.data.datapath import DataPath, DataPathComputeBinding`."""

from trainyard.data.data_reference import DataPath, DataPathComputeBinding

__all__ = ["DataPath", "DataPathComputeBinding"]
