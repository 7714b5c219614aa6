"""`from azureml.data.tabular_dataset import TabularDataset`."""

from trainyard.data.tabular_dataset import TabularDataset

__all__ = ["TabularDataset"]
