"""Trains a small neural network to tell three kinds of iris apart, and records how it went."""

import argparse
import csv
import os
import pickle

import numpy as np
from azureml.core import Run
from sklearn.metrics import confusion_matrix, log_loss
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler


def main():
    arguments = parse_arguments()
    run = Run.get_context()
    features, species, kinds = read_table(arguments.table)
    print(f"{len(features)} flowers of {len(kinds)} kinds: {', '.join(kinds)}", flush=True)

    folds = [
        Fold(number, *rows, features, species, arguments)
        for number, rows in enumerate(split(features, species, arguments), 1)
    ]
    for epoch in range(1, arguments.epochs + 1):
        losses = np.mean([fold.train_one_epoch() for fold in folds], axis=0)
        accuracy = np.mean([fold.accuracy() for fold in folds])
        run.log("train_loss", losses[0], step=epoch)
        run.log("validation_loss", losses[1], step=epoch)
        run.log("validation_accuracy", accuracy, step=epoch)
        if epoch == 1 or epoch % 10 == 0:
            print(
                f"epoch {epoch:3d}  train loss {losses[0]:.3f}  validation loss {losses[1]:.3f}  "
                f"accuracy {accuracy:.1%}",
                flush=True,
            )

    for fold in folds:
        run.log("fold_accuracy", fold.accuracy(), step=fold.number)
        print(f"fold {fold.number}: {fold.accuracy():.1%} of {len(fold.validation)} unseen flowers", flush=True)

    # Each flower is judged by the one model that never saw it.
    judged = np.empty_like(species)
    for fold in folds:
        judged[fold.validation] = fold.predict()
    matrix = confusion_matrix(species, judged)
    accuracy = float(np.mean(judged == species))
    run.log("accuracy", accuracy)
    run.log_confusion_matrix(
        "confusion",
        {
            "schema_type": "confusion_matrix",
            "schema_version": "1.0.0",
            "data": {"class_labels": kinds, "matrix": matrix.tolist()},
        },
    )

    os.makedirs("outputs", exist_ok=True)
    draw_confusion(matrix, kinds, "outputs/confusion_matrix.png")
    save_model(features, species, kinds, arguments, "outputs/model.pkl")
    print(f"accuracy {accuracy:.1%}; the model is in outputs/model.pkl", flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", required=True, help="CSV file: four measurements in centimeters and the species")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--learning-rate", type=float, default=0.01)
    parser.add_argument("--hidden", type=int, default=16, help="neurons in the hidden layer")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


def read_table(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    kinds = sorted({row[-1] for row in rows})
    features = np.array([[float(cell) for cell in row[:-1]] for row in rows])
    return features, np.array([kinds.index(row[-1]) for row in rows]), kinds


def split(features, species, arguments):
    return StratifiedKFold(arguments.folds, shuffle=True, random_state=arguments.seed).split(features, species)


def new_model(arguments):
    return MLPClassifier((arguments.hidden,), learning_rate_init=arguments.learning_rate, random_state=arguments.seed)


class Fold:
    """One model, the flowers that it learns from and those that it never sees."""

    def __init__(self, number, training, validation, features, species, arguments):
        self.number = number
        self.validation = validation
        scaler = StandardScaler().fit(features[training])
        self.seen, self.unseen = scaler.transform(features[training]), scaler.transform(features[validation])
        self.seen_species, self.unseen_species = species[training], species[validation]
        self.classes = np.unique(species)
        self.model = new_model(arguments)

    def train_one_epoch(self):
        """The loss on the flowers it learns from and on the others."""
        self.model.partial_fit(self.seen, self.seen_species, classes=self.classes)
        unseen = self.model.predict_proba(self.unseen)
        return self.model.loss_, log_loss(self.unseen_species, unseen, labels=self.classes)

    def predict(self):
        return self.model.predict(self.unseen)

    def accuracy(self):
        return float(np.mean(self.predict() == self.unseen_species))


def draw_confusion(matrix, kinds, path):
    import matplotlib  # here, because its first import on a machine takes seconds that the training need not wait for

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(4.5, 4))
    axes.imshow(matrix, cmap="Blues")
    for row, column in np.ndindex(*matrix.shape):
        color = "white" if matrix[row, column] > matrix.max() / 2 else "black"
        axes.text(column, row, matrix[row, column], ha="center", va="center", color=color)
    axes.set_xticks(range(len(kinds)), kinds)
    axes.set_yticks(range(len(kinds)), kinds)
    axes.set_xlabel("judged")
    axes.set_ylabel("true")
    figure.savefig(path, dpi=120, bbox_inches="tight")


def save_model(features, species, kinds, arguments, path):
    """One more model, of all the flowers, with what it takes to use it."""
    scaler = StandardScaler().fit(features)
    model = new_model(arguments)
    for _ in range(arguments.epochs):
        model.partial_fit(scaler.transform(features), species, classes=np.unique(species))
    with open(path, "wb") as file:
        pickle.dump({"scaler": scaler, "model": model, "kinds": kinds}, file)


if __name__ == "__main__":
    main()
