"""`from azureml.core.experiment import Experiment`."""

from trainyard.experiment import Experiment

__all__ = ["Experiment"]
