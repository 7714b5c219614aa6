"""Whole scenarios of MLflow's own client, each as its users write it; ends with an error at the first difference."""

import multiprocessing
import os
import tempfile
import threading
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient

client = MlflowClient()
major = int(mlflow.__version__.split(".")[0])


def nested_runs():
    with mlflow.start_run(run_name="grandparent") as top:
        with mlflow.start_run(nested=True, run_name="parent") as middle:
            with mlflow.start_run(nested=True, run_name="child") as low:
                mlflow.log_metric("depth", 2)
    assert client.get_run(low.info.run_id).data.tags["mlflow.parentRunId"] == middle.info.run_id
    assert client.get_parent_run(middle.info.run_id).info.run_id == top.info.run_id
    assert client.get_parent_run(top.info.run_id) is None


def write(run, writer):
    for step in range(10):
        client.log_metric(run, "shared", writer, step=step)
        client.log_metric(run, f"own/{writer}", step, step=step)
    client.log_param(run, f"param{writer}", writer)
    client.set_tag(run, "last", str(writer))


def check_writers(run, kind, writers):
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(client.get_metric_history(run, "shared")) == 320, kind
    read = client.get_run(run).data
    assert all(read.metrics[f"own/{writer}"] == 9 for writer in range(32)), kind
    assert len(read.params) == 32, kind


def parallel_processes():
    # Forked before any library has threads that a fork would lose.
    run = client.create_run("0").info.run_id
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=write, args=(run, writer)) for writer in range(32)]
    check_writers(run, "processes", writers)
    assert [writer.exitcode for writer in writers] == [0] * 32


def parallel_threads():
    run = client.create_run("0").info.run_id
    failures = []

    def guarded(writer):
        try:
            write(run, writer)
        except Exception as error:  # told by the main thread
            failures.append(error)

    check_writers(run, "threads", [threading.Thread(target=guarded, args=(writer,)) for writer in range(32)])
    assert failures == []


def search_into_pandas():
    experiment = mlflow.set_experiment("pandas").experiment_id
    for index in range(12):
        with mlflow.start_run(run_name=f"r{index}"):
            mlflow.log_metric("score", index)
            mlflow.log_param("even", index % 2 == 0)
    mlflow.set_experiment("Default")
    frame = mlflow.search_runs(
        experiment_names=["pandas"],
        filter_string="params.even = 'True' and metrics.score > 3",
        order_by=["metrics.score DESC"],
    )
    assert isinstance(frame, pd.DataFrame)
    assert list(frame["metrics.score"]) == [10, 8, 6, 4]
    assert set(frame["experiment_id"]) == {experiment}
    assert str(frame["start_time"].dtype).startswith("datetime64")
    whole = mlflow.search_runs(experiment_ids=[experiment], output_format="list")
    assert len(whole) == 12 and whole[0].info.run_name == "r11"
    assert mlflow.search_experiments(filter_string="name = 'pandas'")[0].experiment_id == experiment
    assert mlflow.search_runs(experiment_names=["pandas"], filter_string="metrics.score > 99").empty


def asynchronous():
    with mlflow.start_run() as run:
        waiting = [mlflow.log_metric("m", step, step=step, synchronous=False) for step in range(200)]
        waiting.append(mlflow.log_params({f"p{i}": i for i in range(40)}, synchronous=False))
        waiting.append(mlflow.set_tags({"a": "b"}, synchronous=False))
    # Some of it arrives after the run has ended.
    for one in waiting:
        one.wait()
    assert len(client.get_metric_history(run.info.run_id, "m")) == 200
    read = client.get_run(run.info.run_id)
    assert len(read.data.params) == 40 and read.data.tags["a"] == "b"
    assert read.info.status == "FINISHED"


def system_metrics():
    mlflow.set_system_metrics_sampling_interval(0.1)
    with mlflow.start_run(log_system_metrics=True) as run:
        deadline = time.monotonic() + 60
        while not any(key.startswith("system/") for key in client.get_run(run.info.run_id).data.metrics):
            assert time.monotonic() < deadline, "no system metric arrived"
            time.sleep(0.2)
    metrics = client.get_run(run.info.run_id).data.metrics
    assert "system/cpu_utilization_percentage" in metrics, metrics


def resumed():
    with mlflow.start_run(run_name="first") as run:
        mlflow.log_metric("m", 1, step=1)
    ended = client.get_run(run.info.run_id).info.end_time
    with mlflow.start_run(run_id=run.info.run_id):
        assert client.get_run(run.info.run_id).info.status == "RUNNING"
        mlflow.log_metric("m", 2, step=2)
    read = client.get_run(run.info.run_id)
    assert read.info.status == "FINISHED" and read.info.end_time >= ended
    assert [point.value for point in client.get_metric_history(run.info.run_id, "m")] == [1, 2]
    try:
        with mlflow.start_run(run_id=run.info.run_id):
            raise ValueError("on purpose")
    except ValueError:
        pass
    assert client.get_run(run.info.run_id).info.status == "FAILED"


def files():
    with mlflow.start_run() as run:
        mlflow.log_table({"q": ["a"], "n": [1]}, "tables/t.json")
        mlflow.log_table(pd.DataFrame({"q": ["b"], "n": [2]}), "tables/t.json")
        mlflow.log_image(np.zeros((4, 4, 3), np.uint8), "black.png")
        for step in range(2):
            mlflow.log_image(np.full((4, 4), step * 100, np.uint8), key="dog", step=step)
        figure, axes = plt.subplots()
        axes.plot([1, 2])
        mlflow.log_figure(figure, "figures/line.png")
        mlflow.log_dict({"a": [1, {"b": 2}]}, "d.yaml")
        mlflow.log_text("<b>ä</b>", "page.html")
        with tempfile.TemporaryDirectory() as folder:
            for name in ["one.txt", "sub/two.txt"]:
                path = os.path.join(folder, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w") as file:
                    file.write(name)
            mlflow.log_artifacts(folder, "folder")
    table = mlflow.load_table("tables/t.json", [run.info.run_id])
    assert list(table["q"]) == ["a", "b"] and list(table["n"]) == [1, 2]
    images = [file.path for file in client.list_artifacts(run.info.run_id, "images")]
    assert len(images) == 4, images
    uri = f"runs:/{run.info.run_id}"
    assert mlflow.artifacts.load_text(f"{uri}/page.html") == "<b>ä</b>"
    assert mlflow.artifacts.load_image(f"{uri}/black.png").size == (4, 4)
    whole = mlflow.artifacts.download_artifacts(run.info.artifact_uri)
    with open(os.path.join(whole, "folder/sub/two.txt")) as file:
        assert file.read() == "sub/two.txt"
    assert os.path.getsize(os.path.join(whole, "figures/line.png")) > 1000
    assert len(os.listdir(os.path.join(whole, "images"))) == 4


def datasets():
    frame = pd.DataFrame({"x": [1, 2], "y": [0, 1]})
    train = mlflow.data.from_pandas(frame, name="flowers", targets="y")
    with mlflow.start_run() as run:
        mlflow.log_input(train, context="train")
        mlflow.log_input(mlflow.data.from_numpy(np.zeros((2, 2)), name="zeros"), context="eval")
    inputs = client.get_run(run.info.run_id).inputs.dataset_inputs
    told = {one.dataset.name: one.tags[0].value for one in inputs}
    assert told == {"flowers": "train", "zeros": "eval"}, told
    found = client.search_runs(["0"], "dataset.name = 'flowers' AND dataset.context = 'train'")
    assert [one.info.run_id for one in found] == [run.info.run_id]


def models():
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pipeline = make_pipeline(StandardScaler(), LinearRegression()).fit([[0.0], [1.0]], [0.0, 2.0])
    where = {"name": "pipe"} if major >= 3 else {"artifact_path": "pipe"}
    with mlflow.start_run() as run:
        info = mlflow.sklearn.log_model(
            pipeline, input_example=np.array([[0.5]]), pip_requirements=["scikit-learn"], **where
        )
    for uri in {info.model_uri, f"runs:/{run.info.run_id}/pipe"}:
        assert abs(mlflow.pyfunc.load_model(uri).predict(np.array([[2.0]]))[0] - 4) < 1e-6
        assert abs(mlflow.sklearn.load_model(uri).predict([[2.0]])[0] - 4) < 1e-6
    assert mlflow.models.get_model_info(f"runs:/{run.info.run_id}/pipe").signature is not None
    if major >= 3:
        assert info.model_uri == f"models:/{info.model_id}"
        assert mlflow.get_logged_model(info.model_id).source_run_id == run.info.run_id


def evaluated():
    frame = pd.DataFrame({"y": [1.0, 2.0, 3.0], "p": [1.0, 2.0, 4.0]})
    with mlflow.start_run() as run:
        result = mlflow.models.evaluate(
            data=frame, targets="y", predictions="p", model_type="regressor", evaluators=["default"]
        )
    assert abs(result.metrics["mean_absolute_error"] - 1 / 3) < 1e-9
    read = client.get_run(run.info.run_id)
    assert abs(read.data.metrics["mean_absolute_error"] - 1 / 3) < 1e-9


def optuna_callback():
    import optuna
    from optuna_integration.mlflow import MLflowCallback

    callback = MLflowCallback(tracking_uri=os.environ["MLFLOW_TRACKING_URI"], metric_name="loss")
    study = optuna.create_study(study_name="by optuna")
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=3, callbacks=[callback])
    frame = mlflow.search_runs(experiment_names=["by optuna"])
    assert len(frame) == 3 and frame["metrics.loss"].notna().all()
    mlflow.set_experiment("Default")


for step in [
    parallel_processes,
    parallel_threads,
    nested_runs,
    search_into_pandas,
    asynchronous,
    system_metrics,
    resumed,
    files,
    datasets,
    models,
    evaluated,
    optuna_callback,
]:
    step()
    print("done", step.__name__, flush=True)
print("all done", flush=True)
