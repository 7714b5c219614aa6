"""Walks MLflow's own client through everything that tracking is; ends with an error at the first difference."""

import math
import os
import sys
import tempfile
import threading

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

client = MlflowClient()
major = int(mlflow.__version__.split(".")[0])


def refused(code, act):
    try:
        act()
    except MlflowException as error:
        assert error.error_code == code, (error.error_code, str(error))
    else:
        raise AssertionError(f"nothing was refused, expected {code}")


def experiments():
    first = client.create_experiment("first", tags={"team": "a"})
    assert client.get_experiment(first).name == "first"
    assert client.get_experiment_by_name("nowhere") is None
    refused("RESOURCE_ALREADY_EXISTS", lambda: client.create_experiment("first"))
    client.set_experiment_tag(first, "team", "b")
    assert client.get_experiment(first).tags["team"] == "b"
    client.rename_experiment(first, "renamed")
    found = client.search_experiments(filter_string="name LIKE 'ren%' AND tags.team = 'b'")
    assert [one.experiment_id for one in found] == [first]
    run = client.create_run(first)
    client.delete_experiment(first)
    assert client.get_experiment(first).lifecycle_stage == "deleted"
    assert client.get_run(run.info.run_id).info.lifecycle_stage == "deleted"
    refused("INVALID_PARAMETER_VALUE", lambda: client.create_run(first))
    assert first in [e.experiment_id for e in client.search_experiments(view_type=ViewType.DELETED_ONLY)]
    client.restore_experiment(first)
    assert client.get_run(run.info.run_id).info.lifecycle_stage == "active"
    assert client.get_experiment("0").name == "Default"


def everything():
    experiment = mlflow.set_experiment("everything")
    with mlflow.start_run(run_name="whole", description="note") as run:
        mlflow.log_param("rate", 0.1)
        mlflow.log_params({f"p{i}": i for i in range(250)})
        mlflow.log_metric("loss", 1.5, step=0)
        mlflow.log_metric("loss", 0.5, step=2)
        mlflow.log_metric("loss", 0.7, step=1)
        mlflow.log_metrics({"nan": math.nan, "inf": math.inf, "minus": -math.inf})
        mlflow.set_tags({"kind": "x", "mlflow.note.content": "changed"})
        mlflow.log_text("hello", "deep/notes.txt")
        mlflow.log_dict({"a": 1}, "conf ig.json")
        mlflow.log_text("100", "odd % näme+&=.txt")
        mlflow.log_text("", "empty.txt")
        with mlflow.start_run(nested=True, run_name="child"):
            mlflow.log_metric("inner", 1)
    read = client.get_run(run.info.run_id)
    assert read.info.status == "FINISHED" and read.info.end_time, read.info
    assert read.info.run_name == "whole" and read.data.tags["mlflow.runName"] == "whole"
    assert read.data.tags["mlflow.note.content"] == "changed"
    assert read.data.params["rate"] == "0.1" and len(read.data.params) == 251
    assert read.data.metrics["loss"] == 0.5
    assert math.isnan(read.data.metrics["nan"])
    assert read.data.metrics["inf"] == math.inf and read.data.metrics["minus"] == -math.inf
    history = client.get_metric_history(run.info.run_id, "loss")
    assert sorted((m.step, m.value) for m in history) == [(0, 1.5), (1, 0.7), (2, 0.5)]
    refused("INVALID_PARAMETER_VALUE", lambda: client.log_param(run.info.run_id, "rate", 0.2))
    client.log_param(run.info.run_id, "rate", 0.1)
    names = sorted(f.path for f in client.list_artifacts(run.info.run_id))
    assert names == sorted(["deep", "conf ig.json", "odd % näme+&=.txt", "empty.txt"]), names
    assert [f.path for f in client.list_artifacts(run.info.run_id, "deep")] == ["deep/notes.txt"]
    with tempfile.TemporaryDirectory() as folder:
        whole = client.download_artifacts(run.info.run_id, "", folder)
        assert sorted(os.listdir(whole)) == names
        with open(os.path.join(whole, "deep", "notes.txt")) as file:
            assert file.read() == "hello"
        assert os.path.getsize(os.path.join(whole, "empty.txt")) == 0
    with tempfile.TemporaryDirectory() as folder:
        whole = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path=".", dst_path=folder)
        assert sorted(os.listdir(whole)) == names
    assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/odd % näme+&=.txt") == "100"
    children = client.search_runs(
        [experiment.experiment_id], f"tags.`mlflow.parentRunId` = '{run.info.run_id}'"
    )
    assert [child.info.run_name for child in children] == ["child"]


def searches():
    experiment = client.create_experiment("searches")
    for index in range(25):
        run = client.create_run(experiment, run_name=f"run-{index}", start_time=1000 + index)
        metrics = [Metric("score", index if index % 5 else math.nan, 1, 0)] if index % 7 else []
        client.log_batch(run.info.run_id, metrics, [Param("even", str(index % 2 == 0))], [RunTag("t", "Ab%")])
    found = client.search_runs([experiment], "metrics.score > 20 AND params.even = 'True'", order_by=["metrics.score DESC"])
    assert [run.info.run_name for run in found] == ["run-24", "run-22"], [r.info.run_name for r in found]
    seen, token = [], None
    while True:
        page = client.search_runs([experiment], "", order_by=["metrics.score"], max_results=4, page_token=token)
        seen += [run.info.run_id for run in page]
        token = page.token
        if not token:
            break
    assert len(seen) == len(set(seen)) == 25
    for text in ["metrics.score > 'x'", "(a = 'b')", "params.p = 1", "wrong.x = 'y'"]:
        refused("INVALID_PARAMETER_VALUE", lambda text=text: client.search_runs([experiment], text))


def large_batches():
    run = client.create_run("0")
    metrics = [Metric(f"m{i % 10}", i, 1_700_000_000_000 + i, i // 10) for i in range(1000)]
    client.log_batch(run.info.run_id, metrics)
    client.log_batch(run.info.run_id, metrics)
    assert len(client.get_metric_history(run.info.run_id, "m3")) == 100
    assert client.get_run(run.info.run_id).data.metrics["m3"] == 993


def parallel_writers():
    run = client.create_run("0").info.run_id
    failures = []

    def write(writer):
        try:
            for step in range(20):
                client.log_metric(run, f"w{writer % 3}", writer, step=step)
        except Exception as error:  # told by the main thread
            failures.append(error)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sum(len(client.get_metric_history(run, f"w{name}")) for name in range(3)) == 160


def later():
    experiment = mlflow.set_experiment("everything").experiment_id
    run = client.create_run(experiment).info.run_id
    client.delete_run(run)
    refused("INVALID_PARAMETER_VALUE", lambda: client.set_tag(run, "a", "b"))
    client.restore_run(run)
    client.set_tag(run, "a", "b")
    client.delete_tag(run, "a")
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.delete_tag(run, "a"))
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_run("0" * 32))
    client.set_terminated(run, "FAILED")
    with mlflow.start_run(run_id=run):
        mlflow.log_metric("again", 1)
    assert client.get_run(run).info.status == "FINISHED"
    with mlflow.start_run() as resumed:
        operations = [mlflow.log_metric("async", i, step=i, synchronous=False) for i in range(50)]
        for operation in operations:
            operation.wait()
    assert len(client.get_metric_history(resumed.info.run_id, "async")) == 50


def models():
    class Model(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return model_input

    with mlflow.start_run() as run:
        if major >= 3:
            info = mlflow.pyfunc.log_model(name="model", python_model=Model(), pip_requirements=[])
        else:
            info = mlflow.pyfunc.log_model("model", python_model=Model(), pip_requirements=[])
    loaded = mlflow.pyfunc.load_model(info.model_uri)
    assert loaded.predict([[1]]) == [[1]]
    assert mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model").predict([[2]]) == [[2]]
    client.create_registered_model("m")
    refused("RESOURCE_ALREADY_EXISTS", lambda: client.create_registered_model("m"))


steps = [experiments, everything, searches, large_batches, parallel_writers, later]
try:
    import pandas

    steps.append(models)
except ImportError:
    pass
for step in steps:
    step()
    print("done", step.__name__, flush=True)
sys.stdout.flush()
