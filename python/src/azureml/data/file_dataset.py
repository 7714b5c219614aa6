"""`from azureml.data.file_dataset import FileDataset`."""

from trainyard.dataset import FileDataset

__all__ = ["FileDataset"]
