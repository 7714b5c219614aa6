# Boosted trees on a table whose last column names the kind; its metrics go to MLflow.
import argparse
import os

import lightgbm
import mlflow
import numpy

parser = argparse.ArgumentParser()
parser.add_argument("--table")
parser.add_argument("--rounds", type=int)
args = parser.parse_args()

rows = numpy.genfromtxt(args.table, delimiter=",", skip_header=1, dtype=str)
kinds, labels = numpy.unique(rows[:, -1], return_inverse=True)
train = lightgbm.Dataset(rows[:, :-1].astype(float), label=labels)
settings = {"objective": "multiclass", "num_class": len(kinds), "metric": "multi_logloss", "verbose": -1}

mlflow.log_params({"rounds": args.rounds, "kinds": len(kinds)})


def report(state):
    for _, metric, value, _ in state.evaluation_result_list:
        mlflow.log_metric(metric, value, step=state.iteration)


model = lightgbm.train(settings, train, args.rounds, valid_sets=[train], callbacks=[report])
os.makedirs("outputs", exist_ok=True)
model.save_model("outputs/trees.txt")
print(f"{len(rows)} rows, {len(kinds)} kinds, {model.num_trees()} trees")
