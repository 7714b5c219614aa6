"""`from azureml.data.dataset_factory import …`."""

from trainyard.column_types import DataType
from trainyard.file_dataset import FileDatasetFactory
from trainyard.tabular_dataset import TabularDatasetFactory

__all__ = ["DataType", "FileDatasetFactory", "TabularDatasetFactory"]
