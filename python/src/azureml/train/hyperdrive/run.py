"""`from azureml.train.hyperdrive.run import HyperDriveRun`."""

from trainyard.hyperdrive_run import HyperDriveRun

__all__ = ["HyperDriveRun"]
