"""`from azureml.widgets import RunDetails`."""

from trainyard.widgets.run_details import RunDetails

__all__ = ["RunDetails"]
