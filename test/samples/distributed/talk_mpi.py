"""Reads by name what each process of an MPI job is told, and adds up with the others."""

import os

from mpi4py import MPI

world = MPI.COMM_WORLD
rank, size, local, local_size = (
    int(os.environ[f"OMPI_COMM_WORLD_{name}"]) for name in ("RANK", "SIZE", "LOCAL_RANK", "LOCAL_SIZE")
)
assert (world.Get_rank(), world.Get_size()) == (rank, size)
nodes, node = int(os.environ["AZUREML_NODE_COUNT"]), int(os.environ["AZUREML_CR_NODE_RANK"])
assert rank == node * local_size + local and size == nodes * local_size
# Within the node, whatever its name says.
assert int(os.environ["OMPI_COMM_WORLD_NODE_RANK"]) == local
hosts = os.environ["AZ_BATCH_HOST_LIST"].split(",")
assert len(set(hosts)) == nodes and os.environ["AZ_BATCH_MASTER_NODE"].split(":")[0] == hosts[0]
assert os.environ["OF_THE_JOB"] == "reaches every rank"
total = world.allreduce(rank + 1)
places = world.allgather((os.environ["AZ_BATCH_NODE_ID"], os.getpid()))
assert len(set(places)) == size
print(f"rank {rank} of {size}: sum {total} over {len({place for place, _ in places})} nodes", flush=True)
