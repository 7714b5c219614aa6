"""Trains a small network on scikit-learn's digits, each process on its own share of them."""

import argparse
import os

import torch
import torch.distributed as dist
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.nn.parallel import DistributedDataParallel

from azureml.core import Run


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=8)
    epochs = parser.parse_args().epochs

    dist.init_process_group("gloo")
    rank, size = dist.get_rank(), dist.get_world_size()
    torch.manual_seed(0)
    torch.set_num_threads(1)

    pixels, labels = load_digits(return_X_y=True)
    split = train_test_split(pixels / 16, labels, test_size=0.25, random_state=0)
    train_x, test_x = (torch.tensor(part, dtype=torch.float32) for part in split[:2])
    train_y, test_y = (torch.tensor(part) for part in split[2:])
    share_x, share_y = train_x[rank::size], train_y[rank::size]
    batches = len(train_x) // size // 32

    network = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
    model = DistributedDataParallel(network)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    run = Run.get_context()
    for epoch in range(epochs):
        total = 0.0
        # Every process takes as many steps as the others: each step waits for all of them.
        for batch in range(batches):
            chosen = slice(32 * batch, 32 * (batch + 1))
            loss = torch.nn.functional.cross_entropy(model(share_x[chosen]), share_y[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        mean = torch.tensor(total / batches)
        dist.all_reduce(mean)
        if rank == 0:
            run.log("loss", mean.item() / size)
            print(f"epoch {epoch}: loss {mean.item() / size:.4f}")

    weights = torch.cat([parameter.detach().flatten() for parameter in network.parameters()])
    average = weights.clone()
    dist.all_reduce(average)
    assert torch.allclose(weights, average / size), "the processes have different weights"
    print(f"rank {rank} of {size} on node {os.environ['NODE_RANK']} has the same weights as the others")
    if rank == 0:
        accuracy = (network(test_x).argmax(dim=1) == test_y).float().mean().item()
        run.log("accuracy", accuracy)
        print(f"accuracy: {accuracy:.3f}")
        torch.save(network.state_dict(), "outputs/digits.pt")
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
