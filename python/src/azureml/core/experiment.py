"""`from azureml.core.experiment import Experiment`."""

from trainyard.experiments.experiment import Experiment

__all__ = ["Experiment"]
