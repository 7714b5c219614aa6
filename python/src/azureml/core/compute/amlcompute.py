"""`from azureml.core.compute.amlcompute import AmlCompute`."""

from trainyard.cluster_status import AmlComputeStatus, ScaleSettings
from trainyard.compute import AmlCompute, AmlComputeProvisioningConfiguration

__all__ = ["AmlCompute", "AmlComputeProvisioningConfiguration", "AmlComputeStatus", "ScaleSettings"]
