"""`from azureml.train.hyperdrive.run import HyperDriveRun, PrimaryMetricGoal`."""

from trainyard.hyperdrive import PrimaryMetricGoal
from trainyard.hyperdrive_run import HyperDriveRun

__all__ = ["HyperDriveRun", "PrimaryMetricGoal"]
