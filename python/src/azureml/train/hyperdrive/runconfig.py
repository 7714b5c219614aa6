"""`from azureml.train.hyperdrive.runconfig import HyperDriveConfig`."""

from trainyard.hyperdrive import HyperDriveConfig
from trainyard.hyperdrive_policies import PrimaryMetricGoal

HyperDriveRunConfig = HyperDriveConfig
"""The name of it in the SDK's first releases."""

__all__ = ["HyperDriveConfig", "HyperDriveRunConfig", "PrimaryMetricGoal"]
