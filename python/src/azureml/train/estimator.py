"""`from azureml.train.estimator import Estimator`."""

from trainyard.distributed import MpiConfiguration
from trainyard.train_backends import Gloo, Mpi, Nccl, ParameterServer
from trainyard.train_estimators import Estimator

__all__ = ["Estimator", "Gloo", "Mpi", "MpiConfiguration", "Nccl", "ParameterServer"]
