"""`from azureml.tensorboard import Tensorboard`."""

from trainyard.tensorboard import Tensorboard

__all__ = ["Tensorboard"]
