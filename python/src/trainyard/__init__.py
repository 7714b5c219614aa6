"""Trainyard's Python client. Training scripts written for Azure ML import it as `azureml.core`."""

__version__ = "0.1.0"
