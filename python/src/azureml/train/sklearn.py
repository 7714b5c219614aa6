"""`from azureml.train.sklearn import SKLearn`."""

from trainyard.train_estimators import SKLearn

__all__ = ["SKLearn"]
