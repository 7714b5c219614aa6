"""`from azureml.core.runconfig import RunConfiguration` and its parts."""

from trainyard.data.data_reference import DataReference
from trainyard.data.dataset_consumption import DatasetConsumptionConfig
from trainyard.environments.conda_dependencies import CondaDependencies
from trainyard.environments.sections import DEFAULT_CPU_IMAGE, DEFAULT_GPU_IMAGE
from trainyard.jobs.distributed import (
    MpiConfiguration,
    ParallelTaskConfiguration,
    PyTorchConfiguration,
    TensorflowConfiguration,
)
from trainyard.jobs.run_configuration import RunConfiguration
from trainyard.jobs.sections import (
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
