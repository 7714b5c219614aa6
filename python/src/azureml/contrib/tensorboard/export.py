"""`from azureml.contrib.tensorboard.export import export_to_tensorboard`, the older place."""

from trainyard.tensorboard.export import export_to_tensorboard

__all__ = ["export_to_tensorboard"]
