"""`from azureml.data.output_dataset_config import OutputFileDatasetConfig`."""

from trainyard.data.dataset_consumption import OutputFileDatasetConfig

__all__ = ["OutputFileDatasetConfig"]
