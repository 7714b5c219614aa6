"""`from azureml.core.dataset import Dataset`."""

from trainyard.data.dataset import Dataset

__all__ = ["Dataset"]
