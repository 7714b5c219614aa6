"""A job that says nothing of where to log: MLflow is led to the job's own run by its environment."""

import mlflow
from sklearn.linear_model import LogisticRegression

mlflow.autolog()
LogisticRegression(C=0.5).fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
with mlflow.start_run(nested=True, run_name="second"):
    mlflow.log_metric("extra", 2.0)
raise SystemExit(3)
