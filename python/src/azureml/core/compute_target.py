"""`from azureml.core.compute_target import ComputeTargetException`."""

from trainyard.computes.compute import ComputeTarget, LocalTarget
from trainyard.errors import ComputeTargetException

__all__ = ["ComputeTarget", "ComputeTargetException", "LocalTarget"]
