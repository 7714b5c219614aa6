"""Records bench/learning-curves.json: 1,000 networks with random hyperparameters, really trained on scikit-learn's digits.

Usage: python bench/learning_curves.py, with scikit-learn and NumPy installed.
"""

import json
import math
import pathlib
import random
import warnings
from concurrent.futures import ProcessPoolExecutor

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

TRIALS = 1000
EPOCHS = 27

warnings.filterwarnings("ignore")
images, labels = load_digits(return_X_y=True)
images = images / 16.0
train_x, rest_x, train_y, rest_y = train_test_split(images, labels, train_size=200, random_state=0, stratify=labels)
check_x, check_y = rest_x[:500], rest_y[:500]


def train(number):
    draw = random.Random(number)
    solver = draw.choice(["sgd", "adam"])
    rate = math.exp(draw.uniform(math.log(1e-4), math.log(3.0 if solver == "sgd" else 0.3)))
    model = MLPClassifier(
        hidden_layer_sizes=(draw.choice([8, 16, 32, 64]),),
        solver=solver,
        learning_rate_init=rate,
        alpha=math.exp(draw.uniform(math.log(1e-6), math.log(1.0))),
        batch_size=draw.choice([20, 50, 100, 200]),
        momentum=draw.choice([0.0, 0.5, 0.9]),
        random_state=number,
    )
    correct = []
    for _ in range(EPOCHS):
        try:
            model.partial_fit(train_x, train_y, classes=range(10))
            correct.append(int((model.predict(check_x) == check_y).sum()))
        except ValueError:
            # Diverged: a job would log NaN from here on.
            correct.append(None)
    return correct


if __name__ == "__main__":
    with ProcessPoolExecutor() as pool:
        curves = list(pool.map(train, range(TRIALS), chunksize=20))
    lines = ",\n".join(json.dumps(curve, separators=(",", ":")) for curve in curves)
    page = pathlib.Path(__file__).with_name("learning-curves.json")
    page.write_text(f'{{"checked":{len(check_y)},"correct":[\n{lines}\n]}}\n')
