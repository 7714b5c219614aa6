"""`from azureml.data.dataset_factory import …`."""

from trainyard.data.column_types import DataType
from trainyard.data.file_dataset import FileDatasetFactory
from trainyard.data.tabular_dataset import TabularDatasetFactory

__all__ = ["DataType", "FileDatasetFactory", "TabularDatasetFactory"]
