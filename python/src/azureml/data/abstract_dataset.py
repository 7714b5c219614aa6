"""`from azureml.data.abstract_dataset import AbstractDataset`."""

from trainyard.data.abstract_dataset import AbstractDataset

__all__ = ["AbstractDataset"]
