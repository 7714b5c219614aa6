"""Nothing here speaks of Trainyard: inside a job MLflow finds the job's own run by itself."""

import argparse

import mlflow
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split

parser = argparse.ArgumentParser()
parser.add_argument("--folds", type=int, default=5)
options = parser.parse_args()

mlflow.autolog()

images, digits = load_digits(return_X_y=True)
train_x, test_x, train_y, test_y = train_test_split(images / 16, digits, random_state=0)
search = GridSearchCV(LogisticRegression(max_iter=200), {"C": [0.01, 0.1, 1.0]}, cv=options.folds)
search.fit(train_x, train_y)
print(f"best: C={search.best_params_['C']}, right on {search.score(test_x, test_y):.1%} of the others")
