"""`from azureml.core.dataset import Dataset`."""

from trainyard.dataset import Dataset

__all__ = ["Dataset"]
