"""`from azureml.train.dnn import PyTorch, TensorFlow, Chainer`."""

from azureml.core.runconfig import MpiConfiguration, PyTorchConfiguration, TensorflowConfiguration
from trainyard.train_backends import Gloo, Mpi, Nccl, ParameterServer
from trainyard.train_estimators import Chainer, PyTorch, TensorFlow

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
