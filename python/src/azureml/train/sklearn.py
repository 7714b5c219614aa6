"""`from azureml.train.sklearn import SKLearn`."""

from trainyard.estimators.estimators import SKLearn

__all__ = ["SKLearn"]
