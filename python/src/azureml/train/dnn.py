"""`from azureml.train.dnn import PyTorch, TensorFlow, Chainer`."""

from trainyard.estimators.backends import Gloo, Mpi, Nccl, ParameterServer
from trainyard.estimators.estimators import Chainer, PyTorch, TensorFlow

from azureml.core.runconfig import MpiConfiguration, PyTorchConfiguration, TensorflowConfiguration

__all__ = [
    "Chainer",
    "Gloo",
    "Mpi",
    "MpiConfiguration",
    "Nccl",
    "ParameterServer",
    "PyTorch",
    "PyTorchConfiguration",
    "TensorFlow",
    "TensorflowConfiguration",
]
