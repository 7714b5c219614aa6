"""One trial: a gradient boosting on the iris table, its loss on held-out flowers logged after each round."""

import argparse
import csv
import os

import lightgbm as lgb
import numpy as np
from azureml.core import Run
from sklearn.model_selection import train_test_split


def read_table(path):
    with open(path, newline="") as file:
        header, *rows = list(csv.reader(file))
    names = sorted({row[-1] for row in rows})
    x = np.array([[float(value) for value in row[:-1]] for row in rows])
    return x, np.array([names.index(row[-1]) for row in rows]), names


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--table", required=True)
    parser.add_argument("--learning-rate", type=float, required=True)
    parser.add_argument("--leaves", type=int, required=True)
    parser.add_argument("--boosting", required=True)
    parser.add_argument("--rounds", type=int, default=40)
    args = parser.parse_args()

    run = Run.get_context()
    x, y, names = read_table(args.table)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, random_state=1, stratify=y)

    def log(state):
        for _, metric, value, _ in state.evaluation_result_list:
            run.log(f"test-{metric}", value, step=state.iteration)

    settings = {
        "objective": "multiclass",
        "metric": "multi_logloss",
        "num_class": len(names),
        "learning_rate": args.learning_rate,
        "num_leaves": args.leaves,
        "boosting": args.boosting,
        "min_data_in_leaf": 5,
        "num_threads": 1,
        "verbose": -1,
    }
    train = lgb.Dataset(x_train, y_train)
    booster = lgb.train(
        settings,
        train,
        num_boost_round=args.rounds,
        valid_sets=[lgb.Dataset(x_test, y_test, reference=train)],
        valid_names=["test"],
        callbacks=[log],
    )
    os.makedirs("outputs", exist_ok=True)
    booster.save_model("outputs/model.txt")


if __name__ == "__main__":
    main()
