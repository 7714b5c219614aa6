"""How a job is spread over processes and nodes."""

from __future__ import annotations

from trainyard.errors import UserErrorException


class MpiConfiguration:
    """`process_count_per_node` processes on each of `node_count` nodes, started by one mpirun."""

    def __init__(self, process_count_per_node: int = 1, node_count: int = 1) -> None:
        self.process_count_per_node = process_count_per_node
        self.node_count = node_count

    def _to_wire(self, node_count: int) -> dict:
        return {"type": "mpi", "processCountPerInstance": count("process_count_per_node", self.process_count_per_node)}

    def __repr__(self) -> str:
        return f"MpiConfiguration(process_count_per_node={self.process_count_per_node}, node_count={self.node_count})"


class PyTorchConfiguration:
    """
    `process_count` copies of the command in all, by default one a node, on `node_count` nodes, with RANK, LOCAL_RANK,
    WORLD_SIZE, MASTER_ADDR and MASTER_PORT. `communication_backend` is accepted: the script chooses its own.
    """

    def __init__(
        self, communication_backend: str = "Nccl", process_count: int | None = None, node_count: int = 1
    ) -> None:
        self.communication_backend = communication_backend
        self.process_count = process_count
        self.node_count = node_count

    def _to_wire(self, node_count: int) -> dict:
        if self.process_count is None:
            return {"type": "pytorch"}
        processes = count("process_count", self.process_count)
        if processes % node_count:
            raise UserErrorException(
                f"process_count is {processes}, which cannot be shared evenly by {node_count} nodes. It is the number "
                "of processes of the whole job."
            )
        return {"type": "pytorch", "processCount": processes}

    def __repr__(self) -> str:
        return f"PyTorchConfiguration(process_count={self.process_count}, node_count={self.node_count})"


class TensorflowConfiguration:
    """`worker_count` workers, one a node, and `parameter_server_count` parameter servers, with TF_CONFIG."""

    def __init__(self, worker_count: int = 1, parameter_server_count: int = 1) -> None:
        self.worker_count = worker_count
        self.parameter_server_count = parameter_server_count

    @property
    def node_count(self) -> int:
        """One worker a node."""
        return self.worker_count

    def _to_wire(self, node_count: int) -> dict:
        return {
            "type": "tensorflow",
            "workerCount": count("worker_count", self.worker_count),
            "parameterServerCount": count("parameter_server_count", self.parameter_server_count, least=0),
        }

    def __repr__(self) -> str:
        return (
            f"TensorflowConfiguration(worker_count={self.worker_count}, "
            f"parameter_server_count={self.parameter_server_count})"
        )


class ParallelTaskConfiguration:
    """Accepted for the import's sake; submitting one is refused."""

    def __init__(self, *_arguments: object, **_options: object) -> None:
        self.node_count = 1

    def _to_wire(self, node_count: int) -> dict:
        raise UserErrorException("Parallel tasks belong to azureml's pipelines, which Trainyard does not have.")


def count(name: str, value: object, least: int = 1) -> int:
    """A whole number that is large enough, or a clear complaint."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise UserErrorException(f"{name} is {value!r}; expected a whole number from {least} on.")
    return value
