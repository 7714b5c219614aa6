"""`from azureml.train.estimator import Estimator`."""

from trainyard.estimators.backends import Gloo, Mpi, Nccl, ParameterServer
from trainyard.estimators.estimators import Estimator
from trainyard.jobs.distributed import MpiConfiguration

__all__ = ["Estimator", "Gloo", "Mpi", "MpiConfiguration", "Nccl", "ParameterServer"]
