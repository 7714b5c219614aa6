"""`from azureml.data.dataset_type_definitions import PromoteHeadersBehavior`."""

from trainyard.data.table_frames import PromoteHeadersBehavior

__all__ = ["PromoteHeadersBehavior"]
