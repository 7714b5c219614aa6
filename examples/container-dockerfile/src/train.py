"""Multinomial logistic regression by gradient descent: numpy comes from the image, azureml.core from Trainyard."""

import argparse
import csv
import json
from pathlib import Path

import numpy as np
from azureml.core import Run

parser = argparse.ArgumentParser()
parser.add_argument("--table", required=True)
parser.add_argument("--settings", required=True)
args = parser.parse_args()
settings = json.loads(Path(args.settings).read_text())

with open(args.table, newline="") as table:
    rows = list(csv.reader(table))[1:]
features = np.array([row[:4] for row in rows], dtype=float)
kinds, labels = np.unique([row[4] for row in rows], return_inverse=True)
features = (features - features.mean(axis=0)) / features.std(axis=0)
features = np.hstack([features, np.ones((len(features), 1))])

order = np.random.default_rng(settings["seed"]).permutation(len(features))
held_out, kept = order[: settings["held_out"]], order[settings["held_out"] :]
wanted = np.eye(len(kinds))[labels]
weights = np.zeros((features.shape[1], len(kinds)))


def predict(chosen):
    scores = features[chosen] @ weights
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return scores / scores.sum(axis=1, keepdims=True)


run = Run.get_context()
for epoch in range(settings["epochs"]):
    likely = predict(kept)
    weights -= settings["rate"] * features[kept].T @ (likely - wanted[kept]) / len(kept)
    if epoch % 20 == 0:
        run.log("loss", float(-np.log(likely[np.arange(len(kept)), labels[kept]]).mean()), step=epoch)

accuracy = float((predict(held_out).argmax(axis=1) == labels[held_out]).mean())
run.log("accuracy", accuracy)
print(f"accuracy {accuracy:.3f} on {len(held_out)} flowers that it had not seen")
Path("outputs").mkdir(exist_ok=True)
np.savetxt("outputs/weights.txt", weights)
