"""What scripts typically do with MLflow's client, a little of each; recorded once and replayed in the tests."""

import tempfile

import mlflow
import numpy
import pandas
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

client = MlflowClient()
major = int(mlflow.__version__.split(".")[0])


def refused(act):
    try:
        act()
    except MlflowException:
        return
    raise AssertionError("nothing was refused")


class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input


experiment = mlflow.set_experiment("typical").experiment_id
with mlflow.start_run(run_name="parent", description="a note") as parent:
    mlflow.log_param("rate", 0.1)
    mlflow.log_params({"depth": 3, "kind": "tree"})
    mlflow.log_metric("loss", 0.5, step=1)
    mlflow.log_metrics({"loss": 0.25, "nothing": float("nan"), "most": float("inf")}, step=2)
    mlflow.set_tag("team", "a")
    mlflow.set_tags({"stage": "try", "round": "1"})
    mlflow.log_text("hello", "notes/hello.txt")
    mlflow.log_dict({"a": 1}, "notes/conf.json")
    mlflow.log_text("", "empty.txt")
    mlflow.log_input(mlflow.data.from_numpy(numpy.array([[1.0]]), name="points"), context="train")
    mlflow.log_table(pandas.DataFrame({"a": [1]}), "table.json")
    with mlflow.start_run(nested=True, run_name="child"):
        mlflow.log_metric("inner", 1.0)
run = parent.info.run_id
client.log_batch(run, [Metric("more", 1.0, 1_700_000_000_000, 3)], [Param("late", "x")], [RunTag("t", "v")])
client.set_terminated(run, "FAILED")
client.get_run(run)
client.get_metric_history(run, "loss")
client.get_metric_history(run, "absent")
refused(lambda: client.log_param(run, "rate", "0.2"))
refused(lambda: client.get_run("0" * 32))
refused(lambda: client.delete_tag(run, "absent"))
client.delete_tag(run, "team")

client.search_runs([experiment], "metrics.loss < 1 AND params.kind = 'tree'", order_by=["metrics.loss DESC"])
page = client.search_runs([experiment], max_results=1)
client.search_runs([experiment], max_results=1, page_token=page.token)
refused(lambda: client.search_runs([experiment], "params.rate = 1"))
client.search_experiments(filter_string="name = 'typical'")
client.search_experiments(view_type=ViewType.DELETED_ONLY)
client.get_experiment_by_name("absent")
client.set_experiment_tag(experiment, "team", "b")
client.rename_experiment(experiment, "renamed")
refused(lambda: client.create_experiment("renamed"))

client.list_artifacts(run)
client.list_artifacts(run, "notes")
client.list_artifacts(run, "notes/hello.txt")
with tempfile.TemporaryDirectory() as folder:
    client.download_artifacts(run, "notes", folder)
    refused(lambda: client.download_artifacts(run, "absent", folder))

with mlflow.start_run(run_name="model") as modeled:
    named = {"name": "model"} if major >= 3 else {"artifact_path": "model"}
    info = mlflow.pyfunc.log_model(python_model=Echo(), pip_requirements=[], **named)
mlflow.pyfunc.load_model(info.model_uri).predict([[1]])
mlflow.pyfunc.load_model(f"runs:/{modeled.info.run_id}/model")
if major >= 3:
    model = client.search_logged_models([experiment])[0].model_id
    client.get_logged_model(model)
    client.set_logged_model_tags(model, {"a": "b"})
    client.delete_logged_model_tag(model, "a")
    client.log_model_params(model, {"p": "q"})

version = mlflow.register_model(info.model_uri, "registered")
refused(lambda: client.create_registered_model("registered"))
client.get_registered_model("registered")
refused(lambda: client.get_registered_model("absent"))
client.get_model_version("registered", version.version)
refused(lambda: client.get_model_version("registered", "99"))
client.set_registered_model_alias("registered", "best", version.version)
client.get_model_version_by_alias("registered", "best")
refused(lambda: client.get_model_version_by_alias("registered", "worst"))
mlflow.pyfunc.load_model("models:/registered@best")
client.set_registered_model_tag("registered", "a", "b")
client.set_model_version_tag("registered", version.version, "a", "b")
client.update_registered_model("registered", "about it")
client.update_model_version("registered", version.version, "about this")
client.search_registered_models("name = 'registered'")
client.search_model_versions("name = 'registered'")
client.get_model_version_download_uri("registered", version.version)
client.delete_registered_model_alias("registered", "best")
client.delete_model_version_tag("registered", version.version, "a")
client.delete_registered_model_tag("registered", "a")
client.rename_registered_model("registered", "other")
client.delete_model_version("other", version.version)
client.delete_registered_model("other")

client.delete_run(run)
refused(lambda: client.set_tag(run, "a", "b"))
client.restore_run(run)
client.delete_experiment(experiment)
refused(lambda: client.create_run(experiment))
client.restore_experiment(experiment)
