"""`from azureml.data.dataset_error_handling import DatasetValidationError`."""

from trainyard.errors import DatasetValidationError

DatasetExecutionError = DatasetValidationError
"""Files are found to be at fault when they are read; there is one error for it."""

__all__ = ["DatasetExecutionError", "DatasetValidationError"]
