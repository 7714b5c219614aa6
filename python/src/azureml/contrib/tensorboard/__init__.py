"""`from azureml.contrib.tensorboard import Tensorboard`, the older place of azureml.tensorboard."""

from trainyard.tensorboard.tensorboard import Tensorboard

__all__ = ["Tensorboard"]
