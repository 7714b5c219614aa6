"""`from azureml.data.tabular_dataset import TabularDataset`."""

from trainyard.tabular_dataset import TabularDataset

__all__ = ["TabularDataset"]
