"""A job that registers what it made with its own token, and that may change nothing of others'."""

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

client = MlflowClient()
major = int(mlflow.__version__.split(".")[0])


class Model(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [int(x[0] > 1.5) for x in model_input]


def denied(act):
    try:
        act()
    except MlflowException as error:
        assert error.error_code == "PERMISSION_DENIED", str(error)
    else:
        raise AssertionError("nothing was denied")


mlflow.pyfunc.save_model("outputs/kept", python_model=Model(), pip_requirements=[])
named = {"name": "model"} if major >= 3 else {"artifact_path": "model"}
with mlflow.start_run():
    mlflow.pyfunc.log_model(
        python_model=Model(), pip_requirements=[], registered_model_name="inside", **named
    )
client.set_registered_model_alias("inside", "challenger", "1")
client.set_model_version_tag("inside", "1", "by", "the job")
client.update_registered_model("inside", "made in a job")
assert mlflow.pyfunc.load_model("models:/inside@challenger").predict([[3.0]]) == [1]

assert client.get_model_version("others", "1").status == "READY"
denied(lambda: client.set_registered_model_alias("others", "good", "1"))
denied(lambda: client.set_model_version_tag("others", "1", "by", "the job"))
denied(lambda: client.update_registered_model("others", "mine now"))
denied(lambda: client.transition_model_version_stage("others", "1", "Archived"))
denied(lambda: client.delete_model_version("inside", "1"))
denied(lambda: client.delete_registered_model("others"))
denied(lambda: client.rename_registered_model("inside", "outside"))
denied(lambda: client.create_model_version("inside", "runs:/other/model"))
