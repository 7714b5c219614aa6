"""`from azureml.tensorboard import Tensorboard`."""

from trainyard.tensorboard.tensorboard import Tensorboard

__all__ = ["Tensorboard"]
