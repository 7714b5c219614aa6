"""Trains with one framework and says nothing of where to log; the last line printed names the run it went to."""

import os
import sys
import time

os.environ.setdefault("KERAS_BACKEND", "torch")

import mlflow
import numpy as np
from sklearn.datasets import make_classification

points, labels = make_classification(n_samples=80, n_features=4, random_state=1)
points = points.astype(np.float32)


def sklearn():
    from sklearn.linear_model import LogisticRegression

    mlflow.autolog()
    model = LogisticRegression(C=0.5).fit(points, labels)
    model.score(points[:40], labels[:40])


def grid():
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV

    mlflow.autolog()
    GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0, 10.0]}, cv=2).fit(points, labels)


def lightgbm():
    import lightgbm

    mlflow.autolog()
    data = lightgbm.Dataset(points, labels)
    lightgbm.train({"objective": "binary", "verbose": -1}, data, num_boost_round=12, valid_sets=[data])


def xgboost():
    import xgboost

    mlflow.autolog()
    data = xgboost.DMatrix(points, labels)
    xgboost.train({"objective": "binary:logistic"}, data, num_boost_round=12, evals=[(data, "train")])


def lightning():
    import lightning
    import torch

    mlflow.autolog()

    class Net(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(4, 1)

        def training_step(self, batch, _index):
            features, wanted = batch
            loss = torch.nn.functional.binary_cross_entropy_with_logits(self.layer(features)[:, 0], wanted)
            self.log("train_loss", loss)
            return loss

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=0.1)

    data = torch.utils.data.TensorDataset(torch.tensor(points), torch.tensor(labels, dtype=torch.float32))
    trainer = lightning.Trainer(max_epochs=3, accelerator="cpu", logger=False, enable_progress_bar=False)
    trainer.fit(Net(), torch.utils.data.DataLoader(data, batch_size=20))


def keras():
    import keras

    mlflow.autolog()
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer="sgd", loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(points, labels, epochs=3, batch_size=20, verbose=0)


for name in sys.argv[1].split(","):
    globals()[name]()
    print("run", name, mlflow.last_active_run().info.run_id, flush=True)
ending = sys.argv[2] if len(sys.argv) > 2 else "0"
if ending == "wait":
    time.sleep(600)
raise SystemExit(int(ending))
