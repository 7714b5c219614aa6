# Fills an MLflow store with one of everything that can be moved; says the id of its main run.
import math
import sys
import time

import mlflow
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.meta_dataset import MetaDataset
from mlflow.tracking import MlflowClient

client = MlflowClient()
major = int(mlflow.__version__.split(".")[0])

vision = client.create_experiment("vision", tags={"team": "eyes", "mlflow.note.content": "Ünïcode note"})
run = client.create_run(vision, tags={"kind": "main", "nested/tag": "yes", "empty": ""}, run_name="first try")
run_id = run.info.run_id
client.log_param(run_id, "lr", "0.1")
client.log_param(run_id, "model/depth", "3")
client.log_param(run_id, "lines", "one\ntwo\n three")
client.log_param(run_id, "empty", "")
begin = 1_700_000_000_000
for step in range(120):
    client.log_metric(run_id, "loss", 1 / (step + 1), timestamp=begin + step, step=step)
for step, value in enumerate([1.0, math.nan, math.inf, -math.inf, -0.5, 1e-300]):
    client.log_metric(run_id, "val/odd: x.y-z", value, timestamp=begin + 5, step=step - 2)
for value in [3.0, 3.0, 2.0]:
    client.log_metric(run_id, "same-step", value, timestamp=begin, step=7)
client.log_text(run_id, "hello", "notes.txt")
client.log_text(run_id, "", "deep/er/empty.txt")
client.log_text(run_id, "percent and space", "deep/100% größe #1.txt")
client.log_text(run_id, "x" * 3_000_000, "big.txt")
with mlflow.start_run(run_id=run_id):
    dataset = MetaDataset(CodeDatasetSource(tags={"mlflow.source.name": "here"}), name="flowers", digest="abc12345")
    mlflow.log_input(dataset, context="train")
client.set_terminated(run_id, "FINISHED", end_time=begin + 500)

child = client.create_run(vision, tags={"mlflow.parentRunId": run_id}, run_name="child")
client.log_metric(child.info.run_id, "loss", 0.25, timestamp=begin, step=0)
client.set_terminated(child.info.run_id, "FAILED")
client.create_run(vision, run_name="still running")
gone = client.create_run(vision, run_name="gone")
client.log_param(gone.info.run_id, "x", "1")
client.delete_run(gone.info.run_id)

default = client.create_run("0", run_name="in the default")
client.log_metric(default.info.run_id, "m", 1.0, timestamp=begin, step=0)
client.set_terminated(default.info.run_id, "KILLED")

trash = client.create_experiment("thrown away")
client.create_run(trash, run_name="thrown away too")
client.delete_experiment(trash)

source = f"{run.info.artifact_uri}/model"
extra = {}
if major >= 3:
    model = client.create_logged_model(vision, name="net", source_run_id=run_id, tags={"t": "1"}, params={"p": "2"}, model_type="agent")
    import os
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "MLmodel"), "w") as file:
            file.write("flavors: {}\n")
        os.mkdir(os.path.join(folder, "data"))
        with open(os.path.join(folder, "data", "weights.bin"), "wb") as file:
            file.write(bytes(range(256)) * 40)
        client.log_model_artifacts(model.model_id, folder)
    client.finalize_logged_model(model.model_id, "READY")
    client.log_outputs(run_id, [mlflow.entities.LoggedModelOutput(model.model_id, 4)])
    client.log_metric(run_id, "model-score", 0.75, timestamp=begin + 9, step=4, model_id=model.model_id, dataset_name="flowers", dataset_digest="abc12345")
    extra = {"model_id": model.model_id}
    source = f"models:/{model.model_id}"
else:
    client.log_text(run_id, "flavors: {}\n", "model/MLmodel")

client.create_registered_model("flower-net", tags={"owner": "me"}, description="A net of flowers")
for number in range(1, 4):
    client.create_model_version("flower-net", source, run_id=run_id, tags={"n": str(number)}, description=f"number {number}", **extra)
client.delete_model_version("flower-net", "2")
client.transition_model_version_stage("flower-net", "1", "Staging")
client.set_registered_model_alias("flower-net", "champion", "3")
client.create_registered_model("empty-one")
print("run", run_id)
