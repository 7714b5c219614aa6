"""`azureml.data`: data references, data sets and outputs of jobs."""

from azureml.core import VERSION as __version__
from trainyard.lazy_names import lazy_names

__getattr__, __dir__, __all__ = lazy_names(
    __name__,
    {
        "DataReference": "trainyard.data_reference",
        "DataType": "trainyard.column_types",
        "DatasetConsumptionConfig": "trainyard.dataset_consumption",
        "FileDataset": "trainyard.file_dataset",
        "OutputFileDatasetConfig": "trainyard.dataset_consumption",
        "TabularDataset": "trainyard.tabular_dataset",
    },
)
