"""Logs with both clients to the one run of its job."""

import mlflow
from azureml.core import Run
from mlflow import MlflowClient

run = Run.get_context()
mlflow.log_metric("by_mlflow", 1.5, step=3)
run.log("by_azureml", 2.5)
mlflow.log_text("from mlflow", "notes/mlflow.txt")
with open("azureml.txt", "w") as file:
    file.write("from azureml")
run.upload_file("notes/azureml.txt", "azureml.txt")
mlflow.set_tag("team", "yard")
mlflow.log_param("rate", 0.1)
assert MlflowClient().get_run(run.id).data.metrics["by_mlflow"] == 1.5
