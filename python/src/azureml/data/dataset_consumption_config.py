"""`from azureml.data.dataset_consumption_config import DatasetConsumptionConfig`."""

from trainyard.data.dataset_consumption import DatasetConsumptionConfig

__all__ = ["DatasetConsumptionConfig"]
