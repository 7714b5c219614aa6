"""How older scripts say how an estimator is distributed: Mpi(), ParameterServer(), Nccl(), Gloo()."""

from trainyard.jobs.distributed import MpiConfiguration, PyTorchConfiguration, TensorflowConfiguration


class Mpi(MpiConfiguration):
    """`process_count_per_node` processes on each node, started by MPI."""


class ParameterServer(TensorflowConfiguration):
    """TensorFlow's parameter servers; one worker a node."""


class Nccl(PyTorchConfiguration):
    """torch.distributed over NCCL."""

    def __init__(self) -> None:
        super().__init__("Nccl")


class Gloo(PyTorchConfiguration):
    """torch.distributed over Gloo."""

    def __init__(self) -> None:
        super().__init__("Gloo")
