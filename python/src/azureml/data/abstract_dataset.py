"""`from azureml.data.abstract_dataset import AbstractDataset`."""

from trainyard.dataset import AbstractDataset

__all__ = ["AbstractDataset"]
