"""`from azureml.data.dataset_factory import …`."""

from trainyard.dataset import FileDatasetFactory
from trainyard.tabular_dataset import TabularDatasetFactory

__all__ = ["FileDatasetFactory", "TabularDatasetFactory"]
