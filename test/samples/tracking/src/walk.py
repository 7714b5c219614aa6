# Parameters, a series, a tag and files, by MLflow's own functions and by its client.
import mlflow
from mlflow.tracking import MlflowClient

mlflow.log_param("neighbors", 10)
for step in range(5):
    mlflow.log_metric("distance", step * step, step=step)
mlflow.set_tag("kind", "walk")
with open("steps.csv", "w") as table:
    table.write("step\n4\n")
mlflow.log_artifact("steps.csv", "tables")
mlflow.log_text("made here", "notes/made.txt")
run = MlflowClient().get_run(mlflow.active_run().info.run_id)
print("read back", run.data.metrics["distance"], run.data.params["neighbors"])
