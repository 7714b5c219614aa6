"""Reads by name what each process of a PyTorch job is told, and adds up with the others."""

import argparse
import os

import torch
import torch.distributed as dist

parser = argparse.ArgumentParser()
parser.add_argument("--dist-url")
parser.add_argument("--rank", type=int)
old = parser.parse_args()

torch.set_num_threads(1)
nodes = int(os.environ["AZUREML_NODE_COUNT"])
hosts = os.environ["AZ_BATCH_HOST_LIST"].split(",")
master = os.environ["AZ_BATCH_MASTER_NODE"]
assert len(set(hosts)) == nodes and hosts[0] == os.environ["AZ_BATCHAI_JOB_MASTER_NODE_IP"]
assert master.split(":")[0] == hosts[0]
node = int(os.environ["AZUREML_CR_NODE_RANK"])
assert (os.environ["AZ_BATCH_IS_CURRENT_NODE_MASTER"] == "true") == (node == 0)

if old.dist_url is not None:
    # The scripts of 2018 to 2020: one process a node, told by arguments.
    dist.init_process_group("gloo", init_method=old.dist_url, rank=old.rank, world_size=nodes)
else:
    rank, local, size = (int(os.environ[name]) for name in ("RANK", "LOCAL_RANK", "WORLD_SIZE"))
    assert int(os.environ["NODE_RANK"]) == node
    assert rank == node * (size // nodes) + local
    assert os.environ["MASTER_ADDR"] == hosts[0] and f"{hosts[0]}:{os.environ['MASTER_PORT']}" == master
    dist.init_process_group("gloo")

rank, size = dist.get_rank(), dist.get_world_size()
total = torch.tensor([float(rank + 1)])
dist.all_reduce(total)
places = [None] * size
dist.all_gather_object(places, (os.environ["AZ_BATCH_NODE_ID"], os.getpid()))
assert len(set(places)) == size
print(f"rank {rank} of {size}: sum {total.item():.0f} over {len({place for place, _ in places})} nodes", flush=True)
dist.destroy_process_group()
