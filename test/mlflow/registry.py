"""Walks MLflow's own client through the registry of models; ends with an error at the first difference."""

import os
import sys
import tempfile

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

client = MlflowClient()
major = int(mlflow.__version__.split(".")[0])


class Model(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [int(x[0] > 1.5) for x in model_input]


def refused(code, act, words=""):
    try:
        act()
    except MlflowException as error:
        assert error.error_code == code, (error.error_code, str(error))
        assert words in str(error), str(error)
    else:
        raise AssertionError(f"nothing was refused, expected {code}")


def versions(text=None, **more):
    return [(v.name, int(v.version)) for v in client.search_model_versions(text, **more)]


def log_model(**more):
    named = {"name": "model"} if major >= 3 else {"artifact_path": "model"}
    with mlflow.start_run() as run:
        logged = mlflow.pyfunc.log_model(python_model=Model(), pip_requirements=[], **named, **more)
    return run.info.run_id, logged


def predicts(uri):
    assert list(mlflow.pyfunc.load_model(uri).predict([[0.0], [3.0]])) == [0, 1], uri


def registering():
    run, logged = log_model(registered_model_name="iris")
    first = client.get_model_version("iris", "1")
    assert (first.run_id, first.status, first.current_stage) == (run, "READY", "None"), first
    second = mlflow.register_model(logged.model_uri, "iris")
    assert second.version == "2"
    third = mlflow.register_model(f"runs:/{run}/model", "iris", tags={"from": "run"})
    assert third.version == "3" and third.tags == {"from": "run"}
    if major >= 3:
        record = mlflow.get_logged_model(logged.model_id)
        assert '"version": 2' in record.tags["mlflow.modelVersions"], record.tags
    for uri in ["models:/iris/1", "models:/iris/2", "models:/iris/3", "models:/iris/latest"]:
        predicts(uri)
    with tempfile.TemporaryDirectory() as folder:
        mlflow.artifacts.download_artifacts("models:/iris/3", dst_path=folder)
        assert os.path.getsize(os.path.join(folder, "MLmodel")) > 0
    # What was registered stays as it was, also when the run's files are gone.
    if major < 3:
        mlflow.artifacts.get_artifact_repository(f"runs:/{run}").repo.delete_artifacts("model")
        predicts("models:/iris/1")


def aliases():
    client.set_registered_model_alias("iris", "champion", "1")
    client.set_registered_model_alias("iris", "champion", "2")
    assert client.get_registered_model("iris").aliases == {"champion": "2"}
    assert client.get_model_version("iris", "2").aliases == ["champion"]
    assert client.get_model_version_by_alias("iris", "champion").version == "2"
    predicts("models:/iris@champion")
    client.delete_registered_model_alias("iris", "nothing")
    refused("INVALID_PARAMETER_VALUE", lambda: client.get_model_version_by_alias("iris", "no"), "alias no not found")
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.set_registered_model_alias("iris", "a", "77"))
    for reserved in ["latest", "Latest", "v3", "a b"]:
        refused("INVALID_PARAMETER_VALUE", lambda: client.set_registered_model_alias("iris", reserved, "1"))
    client.set_registered_model_alias("iris", "gone", "3")


def stages():
    client.transition_model_version_stage("iris", "1", "production")
    client.transition_model_version_stage("iris", "2", "Production", archive_existing_versions=True)
    assert client.get_model_version("iris", "1").current_stage == "Archived"
    newest = {v.current_stage: v.version for v in client.get_latest_versions("iris")}
    assert newest == {"Archived": "1", "Production": "2", "None": "3"}, newest
    assert [v.version for v in client.get_latest_versions("iris", ["Production"])] == ["2"]
    predicts("models:/iris/Production")
    refused("INVALID_PARAMETER_VALUE", lambda: client.transition_model_version_stage("iris", "1", "Best"))
    refused(
        "INVALID_PARAMETER_VALUE",
        lambda: client.transition_model_version_stage("iris", "1", "None", archive_existing_versions=True),
    )
    client.transition_model_version_stage("iris", "1", "None")


def words():
    client.update_registered_model("iris", "flowers")
    client.set_registered_model_tag("iris", "team", "a")
    client.set_registered_model_tag("iris", "gone", "x")
    client.delete_registered_model_tag("iris", "gone")
    client.update_model_version("iris", "2", "the second")
    client.set_model_version_tag("iris", "2", "checked", "yes")
    client.set_model_version_tag("iris", "2", "empty", "")
    client.delete_model_version_tag("iris", "2", "never")
    read = client.get_registered_model("iris")
    assert (read.description, read.tags) == ("flowers", {"team": "a"}), read
    version = client.get_model_version("iris", "2")
    assert (version.description, version.tags) == ("the second", {"checked": "yes", "empty": ""}), version
    refused("RESOURCE_ALREADY_EXISTS", lambda: client.create_registered_model("iris"), "already exists")
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_registered_model("no"), "Registered Model with name=no not found")
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_model_version("iris", "88"), "Model Version (name=iris")
    refused("INVALID_PARAMETER_VALUE", lambda: client.get_model_version("iris", "best"), "must be an integer")
    for bad in ["", " ", "a/b", "a:b"]:
        refused("INVALID_PARAMETER_VALUE", lambda: client.create_registered_model(bad))


def searching():
    everything = [found.name for found in client.search_registered_models()] + [f"search {i}" for i in range(7)]
    everything.sort()
    for index in range(7):
        client.create_registered_model(f"search {index}", tags={"odd": str(index % 2)})
        client.create_model_version(f"search {index}", f"s3://bucket/{index}", "run_of_others")
    client.create_model_version("search 0", "s3://bucket/again", tags={"k": "v"})

    def names(text=None, **more):
        return [found.name for found in client.search_registered_models(text, **more)]

    assert names("name LIKE 'search%' AND tags.odd = '1'") == ["search 1", "search 3", "search 5"]
    assert names("name ILIKE 'SEARCH _'", order_by=["name DESC"], max_results=2) == ["search 6", "search 5"]
    assert names("name != 'iris' AND tag.odd != '0'") == ["search 1", "search 3", "search 5"]
    assert names() == everything
    assert names(order_by=["last_updated_timestamp DESC"])[0] == "search 0"
    page = client.search_registered_models(max_results=3, order_by=["name"])
    seen = [found.name for found in page]
    client.create_registered_model("added meanwhile")
    while page.token:
        page = client.search_registered_models(max_results=3, order_by=["name"], page_token=page.token)
        seen += [found.name for found in page]
    assert seen == everything, seen
    client.delete_registered_model("added meanwhile")

    assert versions("name = 'search 0'") == [("search 0", 2), ("search 0", 1)]
    assert versions("name = 'search 0'", order_by=["version_number ASC"]) == [("search 0", 1), ("search 0", 2)]
    assert versions("source_path = 's3://bucket/3'") == [("search 3", 1)]
    assert versions("source_path LIKE '%/again'") == [("search 0", 2)]
    assert len(versions("run_id = 'run_of_others'")) == 7
    assert len(versions("run_id IN ('run_of_others', 'x')")) == 7
    assert versions("name ILIKE 'SEARCH%' AND version_number > 1") == [("search 0", 2)]
    assert versions("version_number = '3'") == [("iris", 3)]
    assert versions("tags.k = 'v'") == versions("tag.`k` LIKE '%'") == [("search 0", 2)]
    first = client.search_model_versions("name LIKE 'search%'", max_results=5, order_by=["name"])
    rest = client.search_model_versions(
        "name LIKE 'search%'", max_results=5, order_by=["name"], page_token=first.token
    )
    assert (len(first), len(rest), bool(rest.token)) == (5, 3, False)
    for bad in ["run_id NOT IN ('a')", "name > 'a'", "stage = 'x'", "name = 'a' OR name = 'b'", "version_number LIKE '1'"]:
        refused("INVALID_PARAMETER_VALUE", lambda: client.search_model_versions(bad))
    for bad in [["creation_timestamp"], ["name", "name"], ["name DOWN"]]:
        refused("INVALID_PARAMETER_VALUE", lambda: client.search_registered_models(order_by=bad))
    refused("INVALID_PARAMETER_VALUE", lambda: client.search_registered_models(max_results=1001))
    refused("INVALID_PARAMETER_VALUE", lambda: client.search_model_versions(page_token="nonsense"))


def sources():
    client.create_registered_model("from anywhere")
    make = lambda source, **more: client.create_model_version("from anywhere", source, **more)
    for path in ["/etc", "file:///etc/passwd", "FILE:/etc", "file%3A///etc", "folder/model", "./model"]:
        refused("INVALID_PARAMETER_VALUE", lambda: make(path), "To use a local path as a model version")
    for path in ["mlflow-artifacts:/a/../b", "http://host/a/..%252f..%252fb", "s3://b/%2e%2e/c", "ftp://h/a/\\0/.."]:
        refused("INVALID_PARAMETER_VALUE", lambda: make(path), "If supplying a source as an http, https,")
    refused("RESOURCE_DOES_NOT_EXIST", lambda: make("models:/iris/99"))
    refused("RESOURCE_DOES_NOT_EXIST", lambda: make("models:/m-" + "0" * 32))
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.create_model_version("nowhere", "s3://bucket/x"))
    for path in ["s3://bucket//model/", "mlflow-artifacts:/models/..../x", "runs:/elsewhere/model"]:
        made = make(path)
        assert client.get_model_version_download_uri("from anywhere", made.version) == path


def copying():
    client.set_registered_model_alias("iris", "from", "2")
    copied = client.copy_model_version("models:/iris@from", "copied")
    assert (copied.name, copied.version, copied.source) == ("copied", "1", "models:/iris/2")
    assert copied.description == "the second" and copied.tags["checked"] == "yes"
    predicts("models:/copied/1")
    far = client.copy_model_version("models:/search 3/1", "copied")
    assert client.get_model_version_download_uri("copied", far.version) == "s3://bucket/3"


def renaming_and_deleting():
    client.rename_registered_model("iris", "Iris, the flower")
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_registered_model("iris"))
    refused("RESOURCE_ALREADY_EXISTS", lambda: client.rename_registered_model("copied", "Iris, the flower"))
    assert client.get_registered_model("Iris, the flower").aliases == {"champion": "2", "from": "2", "gone": "3"}
    predicts("models:/Iris, the flower@champion")
    predicts("models:/copied/1")
    client.rename_registered_model("Iris, the flower", "iris")
    client.delete_model_version("iris", "3")
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_model_version("iris", "3"))
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.delete_model_version("iris", "3"))
    refused("INVALID_PARAMETER_VALUE", lambda: client.get_model_version_by_alias("iris", "gone"))
    assert versions("name = 'iris'", order_by=["version_number"]) == [("iris", 1), ("iris", 2)]
    assert client.create_model_version("iris", "s3://bucket/next").version == "4"
    client.delete_model_version("iris", "4")
    client.delete_registered_model("copied")
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_model_version("copied", "1"))
    client.create_registered_model("copied")
    assert client.create_model_version("copied", "models:/iris/2").version == "1"


def given(name):
    """What the platform registered by itself is loaded by both names."""
    predicts(f"models:/{name}/1")
    predicts(f"models:/{name}@good")
    predicts(f"models:/{name}/latest")


steps = [registering, aliases, stages, words, searching, sources, copying, renaming_and_deleting]
for step in steps:
    step()
    print("done", step.__name__, flush=True)
if len(sys.argv) > 1:
    given(sys.argv[1])
    print("done given", flush=True)
