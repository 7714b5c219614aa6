"""Fits a line to noisy points; each process has its own points, and all of them share one gradient."""

import os

import numpy as np
from mpi4py import MPI

from azureml.core import Run

comm = MPI.COMM_WORLD
rank, size = comm.Get_rank(), comm.Get_size()
random = np.random.default_rng(rank)
x = random.uniform(-1, 1, 500)
y = 3 * x + 0.5 + random.normal(0, 0.05, 500)

weights = np.zeros(2)
run = Run.get_context()
for step in range(100):
    error = weights[0] * x + weights[1] - y
    gradient = np.array([np.mean(error * x), np.mean(error)])
    total = np.empty_like(gradient)
    comm.Allreduce(gradient, total)
    weights -= 0.5 * total / size
    if step % 20 == 0:
        loss = comm.reduce(float(np.mean(error**2)), root=0)
        if rank == 0:
            run.log("loss", loss / size)

all_weights = comm.gather(weights, root=0)
local = os.environ["OMPI_COMM_WORLD_LOCAL_RANK"]
print(f"rank {rank} of {size}: local rank {local} on {os.environ['AZ_BATCH_NODE_ID']}")
if rank == 0:
    assert all(np.array_equal(other, weights) for other in all_weights)
    print(f"slope {weights[0]:.2f}, intercept {weights[1]:.2f}")
    np.savetxt("outputs/weights.txt", weights)
