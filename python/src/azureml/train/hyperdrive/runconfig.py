"""`from azureml.train.hyperdrive.runconfig import HyperDriveConfig`."""

from trainyard.sweeps.config import HyperDriveConfig
from trainyard.sweeps.policies import PrimaryMetricGoal

HyperDriveRunConfig = HyperDriveConfig
"""The name of it in the SDK's first releases."""

__all__ = ["HyperDriveConfig", "HyperDriveRunConfig", "PrimaryMetricGoal"]
