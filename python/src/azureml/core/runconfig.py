"""`from azureml.core.runconfig import RunConfiguration` and its parts."""

from trainyard.conda_dependencies import CondaDependencies
from trainyard.data_reference import DataReference
from trainyard.dataset_consumption import DatasetConsumptionConfig
from trainyard.distributed import (
    MpiConfiguration,
    ParallelTaskConfiguration,
    PyTorchConfiguration,
    TensorflowConfiguration,
)
from trainyard.environment_sections import DEFAULT_CPU_IMAGE, DEFAULT_GPU_IMAGE
from trainyard.run_configuration import RunConfiguration
from trainyard.run_configuration_sections import (
    AmlComputeConfiguration,
    DataReferenceConfiguration,
    DockerConfiguration,
    HistoryConfiguration,
)

__all__ = [
    "DEFAULT_CPU_IMAGE",
    "DEFAULT_GPU_IMAGE",
    "AmlComputeConfiguration",
    "CondaDependencies",
    "DataReference",
    "DataReferenceConfiguration",
    "DatasetConsumptionConfig",
    "DockerConfiguration",
    "HistoryConfiguration",
    "MpiConfiguration",
    "ParallelTaskConfiguration",
    "PyTorchConfiguration",
    "RunConfiguration",
    "TensorflowConfiguration",
]
