"""`from azureml.tensorboard.export import export_to_tensorboard`."""

from trainyard.tensorboard.export import export_to_tensorboard

__all__ = ["export_to_tensorboard"]
