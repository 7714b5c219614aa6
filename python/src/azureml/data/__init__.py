"""`azureml.data`: data references, data sets and outputs of jobs."""

from trainyard.lazy_names import lazy_names

from azureml.core import VERSION as __version__

__getattr__, __dir__, __all__ = lazy_names(
    __name__,
    {
        "DataReference": "trainyard.data.data_reference",
        "DataType": "trainyard.data.column_types",
        "DatasetConsumptionConfig": "trainyard.data.dataset_consumption",
        "FileDataset": "trainyard.data.file_dataset",
        "OutputFileDatasetConfig": "trainyard.data.dataset_consumption",
        "TabularDataset": "trainyard.data.tabular_dataset",
    },
)
