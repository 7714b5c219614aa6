"""`from azureml.data.file_dataset import FileDataset`."""

from trainyard.data.file_dataset import FileDataset

__all__ = ["FileDataset"]
