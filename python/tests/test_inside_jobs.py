"""What scripts do inside jobs besides logging to their own run: the runs above, the registry, datastores, other jobs."""

import unittest

from live import LiveTest

from azureml.core import Dataset, Experiment, Model, ScriptRunConfig

PARENT = """\
from azureml.core import Environment, Run, ScriptRunConfig
run = Run.get_context()
own = Environment("own-python")
own.python.user_managed_dependencies = True
configs = [ScriptRunConfig(".", "child.py", [part], environment=own) for part in (1, 2)]
children = [run.submit_child(config, tags={"part": str(part)}) for part, config in enumerate(configs, 1)]
for child in children:
    child.wait_for_completion()
print("children", sorted(child.tags["part"] for child in run.get_children()))
print("metrics", sorted(child.get_metrics()["score"] for child in run.get_children()))
print("of them", sorted(run.get_metrics(recursive=True)["score"]))
late = run.submit_child(ScriptRunConfig(".", "endless.py", environment=own))
late.cancel()
print("late", late.wait_for_completion()["status"])
"""
CHILD = """\
import sys
from azureml.core import Run
run = Run.get_context()
run.log("score", float(sys.argv[1]))
run.parent.log("seen", float(sys.argv[1]))
run.parent.tag("last", sys.argv[1])
run.parent.upload_file(f"notes/{sys.argv[1]}.txt", "child.py")
print(run.parent.id, len(list(run.parent.get_children())))
"""


class InsideJobs(LiveTest):
    def log_of(self, run) -> str:
        run.wait_for_completion()
        return run.get_details_with_logs()["logFiles"]["user_logs/std_log.txt"]

    def test_a_job_submits_children_which_log_to_it(self):
        self.write("src/child.py", CHILD)
        self.write("src/endless.py", "import time\ntime.sleep(10_000)\n")
        run = self.submit(PARENT)

        text = self.log_of(run)

        self.assertIn("children ['1', '2']\nmetrics [1, 2]\nof them [1, 2]\nlate Canceled\n", text)
        self.assertEqual(sorted(run.get_metrics()["seen"]), [1.0, 2.0])
        self.assertIn(run.get_tags()["last"], ("1", "2"))
        self.assertIn("notes/2.txt", run.get_file_names())
        children = list(run.get_children(status="Completed"))
        self.assertEqual([child.parent.id for child in children], [run.id, run.id])

    def test_a_child_of_a_notebooks_run_logs_to_it(self):
        self.write("src/child.py", CHILD)
        notebook = Experiment(self.workspace(), "python-tests").start_logging()
        config = ScriptRunConfig("src", "child.py", [7], environment=self.own_python())
        child = notebook.submit_child(config)
        child.wait_for_completion()
        notebook.complete()

        self.assertEqual(notebook.get_metrics(), {"seen": 7.0})
        self.assertEqual([one.id for one in notebook.get_children()], [child.id])

    def test_registered_data_and_models_are_read_and_added(self):
        workspace = self.workspace()
        self.write("data/a.csv", "x,y\n1,2\n")
        store = workspace.get_default_datastore()
        store.upload("data", "inside-jobs", show_progress=False)
        Dataset.Tabular.from_delimited_files((store, "inside-jobs/a.csv")).register(workspace, "inside-table")
        Dataset.File.from_files((store, "inside-jobs")).register(workspace, "inside-files")
        Model.register(workspace, self.write("model.txt", "weights"), "inside-model", tags={"mse": "0.5"})
        script = """\
import os
from azureml.core import Dataset, Datastore, Model, Run
run = Run.get_context()
ws = run.experiment.workspace
print(ws.name, sorted(ws.datastores)[:1], "inside-table" in ws.datasets, "inside-model" in ws.models)
print(open(Dataset.get_by_name(ws, "inside-files").download("got")[0]).read())
model = Model(ws, "inside-model")
print(model.tags, open(model.download("fetched")).read(), open(Model.get_model_path("inside-model", _workspace=ws)).read())
os.makedirs("outputs", exist_ok=True)
open("outputs/new.txt", "w").write("better")
better = Model.register(workspace=ws, model_path="outputs/new.txt", model_name="inside-model", tags={"mse": "0.4"})
better.add_tags({"checked": "yes"})
store = ws.get_default_datastore()
store.upload_files(["outputs/new.txt"], target_path="from-a-job", overwrite=True, show_progress=False)
made = Dataset.File.from_files((store, "from-a-job")).register(ws, "made-inside", create_new_version=True)
print(made.name, [one.id for one in run.experiment.get_runs()] == [run.id], list(ws.experiments) == [run.experiment.name])
"""
        run = self.submit(script)

        text = self.log_of(run)

        self.assertIn("trainyard ['workspaceblobstore'] True True\nx,y\n1,2\n", text)
        self.assertIn("{'mse': '0.5'} weights weights\nRegistering model inside-model\nmade-inside True True\n", text)
        model = Model(workspace, "inside-model")
        self.assertEqual((model.version, model.run_id, model.tags), (2, run.id, {"mse": "0.4", "checked": "yes"}))
        self.assertEqual(Dataset.get_by_name(workspace, "made-inside").to_path(), ["/new.txt"])

    def test_strangers_runs_stay_closed_and_it_says_so(self):
        other = self.submit("print('other')")
        other.wait_for_completion()
        script = f"""\
from azureml.core import Run
run = Run.get_context()
try:
    run.experiment.workspace.get_run({other.id!r}).get_metrics()
except Exception as error:
    print(error)
"""
        text = self.log_of(self.submit(script))

        self.assertIn(f"does not reach run {other.id}", text)
        self.assertIn("what else it needs comes as an input", text)

    def test_a_job_may_cancel_itself(self):
        run = self.submit("from azureml.core import Run\nimport time\nRun.get_context().cancel()\ntime.sleep(10_000)\n")

        self.assertEqual(run.wait_for_completion()["status"], "Canceled")


if __name__ == "__main__":
    unittest.main()
