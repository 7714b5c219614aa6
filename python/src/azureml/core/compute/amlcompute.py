"""`from azureml.core.compute.amlcompute import AmlCompute`."""

from trainyard.computes.cluster_status import AmlComputeStatus, ScaleSettings
from trainyard.computes.compute import AmlCompute, AmlComputeProvisioningConfiguration

__all__ = ["AmlCompute", "AmlComputeProvisioningConfiguration", "AmlComputeStatus", "ScaleSettings"]
