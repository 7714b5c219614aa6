"""`from azureml.train.hyperdrive.run import HyperDriveRun, PrimaryMetricGoal`."""

from trainyard.sweeps.config import PrimaryMetricGoal
from trainyard.sweeps.hyperdrive_run import HyperDriveRun

__all__ = ["HyperDriveRun", "PrimaryMetricGoal"]
