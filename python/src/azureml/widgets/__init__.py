"""`from azureml.widgets import RunDetails`."""

from trainyard.widgets import RunDetails

__all__ = ["RunDetails"]
