"""Submitting scripts, watching them, reading them back; and what their own processes can ask."""

import contextlib
import io
import os
import pickle
import textwrap
import unittest
import warnings

from live import LiveTest

from azureml.core import Environment, Experiment, Run, ScriptRunConfig
from azureml.core.runconfig import RunConfiguration
from azureml.exceptions import ActivityFailedException, ModelPathNotFoundException, UserErrorException

EVERY_KIND = """\
from azureml.core import Run
run = Run.get_context()
run.log("once", 0.5)
for step in range(5):
    run.log("series", step / 4, step=step)
run.log("odd", float("nan"))
run.log_list("list", [1, 2, 3])
run.log_row("rows", a=1, b="x")
run.log_row("rows", a=2)
run.log_table("table", {"a": [1, 2], "b": [3, 4]})
run.log_confusion_matrix("matrix", {"schema_type": "confusion_matrix", "schema_version": "1.0.0",
                                    "data": {"class_labels": ["0", "1"], "matrix": [[3, 1], [0, 4]]}})
run.log_image("plot", path="plot.png")
run.set_tags({"kept": "yes", "gone": 1})
run.remove_tags("gone")
run.add_properties({"fixed": 7})
run.description = "every kind"
"""


class SubmittedRuns(LiveTest):
    def test_metrics_of_every_kind_are_read_back_in_their_shapes(self):
        self.write("src/plot.png", "not really a picture")
        run = self.submit(EVERY_KIND)
        run.wait_for_completion()
        metrics = run.get_metrics()

        self.assertNotEqual(metrics["odd"], metrics.pop("odd"), "NaN differs from itself")
        self.assertRegex(metrics.pop("plot"), rf"^aml://artifactId/ExperimentRun/dcid.{run.id}/plot_\d+\.png$")
        self.assertEqual(metrics.pop("matrix")["data"]["matrix"], [[3, 1], [0, 4]])
        self.assertEqual(
            metrics,
            {
                "once": 0.5,
                "series": [0, 0.25, 0.5, 0.75, 1],
                "list": [1, 2, 3],
                "rows": {"a": [1, 2], "b": ["x", None]},
                "table": {"a": [1, 2], "b": [3, 4]},
            },
        )
        self.assertEqual(run.get_metrics("once"), {"once": 0.5})
        self.assertEqual(run.get_tags(), {"kept": "yes"})
        self.assertEqual(run.get_properties()["fixed"], "7")
        self.assertEqual(run.description, "every kind")

    def test_many_points_are_kept_once_and_in_order_though_the_process_just_stops(self):
        script = (
            "import os\nfrom azureml.core import Run\nrun = Run.get_context()\n"
            "for value in range(50_000):\n    run.log('x', value)\n"
            "run.log_list('y', range(300_000))\nos._exit(0)\n"
        )
        run = self.submit(script)
        run.wait_for_completion()

        metrics = run.get_metrics()
        self.assertEqual(metrics["x"], list(range(50_000)))
        self.assertEqual(metrics["y"], list(range(300_000)))

    def test_arguments_arrive_as_they_were_and_are_told_again(self):
        run = self.submit("import sys\nprint(sys.argv[1:])", ["--lr", 0.1, "--name", "it's a name", "$AZUREML_RUN_ID"])
        run.wait_for_completion()
        details = run.get_details_with_logs()

        self.assertIn(
            f"['--lr', '0.1', '--name', \"it's a name\", '{run.id}']", details["logFiles"]["user_logs/std_log.txt"]
        )
        arguments = ["--lr", "0.1", "--name", "it's a name", "$AZUREML_RUN_ID"]
        self.assertEqual(details["runDefinition"]["arguments"], arguments)
        self.assertRegex(details["startTimeUtc"], r"^\d{4}-\d\d-\d\dT[\d:.]+Z$")
        self.assertRegex(run.id, r"^python-tests_\d{10}_[0-9a-f]{8}$")
        self.assertIn("azureml-logs/70_driver_log.txt", run.get_file_names())

    def test_a_failed_run_raises_with_its_error_and_its_last_lines(self):
        run = self.submit("print('the last words')\nraise ValueError('no luck')")

        with self.assertRaises(ActivityFailedException) as caught:
            run.wait_for_completion()

        self.assertIn("ValueError: no luck", caught.exception.message)
        self.assertIn("the last words", caught.exception.message)
        self.assertRegex(str(caught.exception), r"(?s)^ActivityFailedException:\n\tMessage: .*\tErrorResponse \n\{")
        self.assertEqual(run.wait_for_completion(raise_on_error=False)["error"]["error"]["code"], "UserError")

    def test_what_a_job_asks_of_its_own_run_is_all_that_it_logged(self):
        script = """\
            from azureml.core import Run
            run = Run.get_context()
            for value in range(100):
                run.log("x", value)
            run.tag("mine", "yes")
            assert run.get_metrics()["x"] == list(range(100)), run.get_metrics()
            assert run.get_tags()["mine"] == "yes"
            # The agent tells what it has begun within a moment, not at once.
            import time
            until = time.time() + 20
            while run.get_status() == "Queued" and time.time() < until:
                time.sleep(0.05)
            assert run.get_status() == "Running", run.get_status()
            assert run.experiment.name == "python-tests" and run.experiment.workspace.name
            with run.child_run("part") as child:
                child.log("y", 1)
            assert [one.id for one in run.get_children()] == [child.id]
            """
        run = self.submit(textwrap.dedent(script))
        run.wait_for_completion()

        [child] = run.get_children()
        self.assertEqual((child.get_metrics(), child.status, child.parent.id), ({"y": 1}, "Completed", run.id))
        self.assertEqual(run.get_metrics(recursive=True)["y"], 1)

    def test_a_notebooks_run_keeps_what_is_written_to_outputs_while_it_goes_on(self):
        self.write("outputs/old.txt", "of another run")
        os.utime("outputs/old.txt", (0, 0))
        with Experiment(self.workspace(), "python-tests").start_logging() as run:
            self.write("outputs/deep/model.pkl", "weights")

        self.assertEqual(run.get_file_names(), ["outputs/deep/model.pkl"])
        self.assertEqual(run.register_model("from-outputs", "outputs/deep/model.pkl").run_id, run.id)

    def test_a_model_is_registered_inside_the_job_from_a_file_that_is_only_there(self):
        script = (
            "import os\nfrom azureml.core import Run\nrun = Run.get_context()\nos.makedirs('outputs', exist_ok=True)\n"
            "open('outputs/model.pkl', 'w').write('weights')\n"
            "model = run.register_model('inside', 'outputs/model.pkl', tags={'a': 'b'}, model_framework='ScikitLearn')\n"
            "print(model.version)\n"
        )
        run = self.submit(script)
        run.wait_for_completion()

        model = run.experiment.workspace.models["inside"]
        self.assertEqual((model.run_id, model.tags, model.model_framework), (run.id, {"a": "b"}, "ScikitLearn"))
        with open(model.download("got"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "weights")
        with self.assertRaisesRegex(ModelPathNotFoundException, "Did you mean 'outputs/model.pkl'"):
            run.register_model("inside", "outputs/modle.pkl")

    def test_runs_are_found_again(self):
        experiment = Experiment(self.workspace(), "finding")
        self.write("src/train.py", "print('hi')")
        config = ScriptRunConfig("src", "train.py", environment=self.own_python())
        first = experiment.submit(config, tags={"kind": "first"})
        second = experiment.submit(config)
        with experiment.start_logging(snapshot_directory=None) as third:
            third.tag("kind", "third")
        for run in (first, second):
            run.wait_for_completion()

        self.assertEqual([run.id for run in experiment.get_runs()], [third.id, second.id, first.id])
        self.assertEqual([run.id for run in experiment.get_runs(tags={"kind": "first"})], [first.id])
        self.assertEqual([run.id for run in experiment.get_runs(tags="kind")], [third.id, first.id])
        self.assertEqual([run.id for run in experiment.get_runs(type="azureml.scriptrun")], [second.id, first.id])
        self.assertEqual(Run.get(self.workspace(), first.id).number, 1)
        self.assertEqual(pickle.loads(pickle.dumps(first)).id, first.id)
        self.assertEqual([run.id for run in Run.list(experiment, status="Completed")][:1], [third.id])

    def test_a_run_is_canceled_and_its_code_restored(self):
        run = self.submit("import time\nprint('up', flush=True)\ntime.sleep(600)")
        run.cancel()
        run.wait_for_completion(show_output=False)

        self.assertEqual(run.get_status(), "Canceled")
        with open(run.restore_snapshot(path="code") + "/train.py", encoding="utf-8") as file:
            self.assertIn("time.sleep(600)", file.read())

    def test_an_id_that_is_taken_is_refused(self):
        self.write("src/train.py", "print('once')")
        config = ScriptRunConfig("src", "train.py", environment=self.own_python())
        experiment = Experiment(self.workspace(), "python-tests")
        name = f"chosen-{os.path.basename(self.folder)}"
        self.assertEqual(experiment.submit(config, run_id=name).id, name)
        with self.assertRaisesRegex(UserErrorException, f"There is a run '{name}' already"):
            experiment.submit(config, run_id=name)

    def test_a_command_is_the_shells(self):
        self.write("src/run.sh", "echo from $1\n")
        config = ScriptRunConfig("src", command=["bash", "run.sh", "$AZUREML_RUN_ID", "&&", "echo", "after"])
        run = Experiment(self.workspace(), "python-tests").submit(config)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            run.wait_for_completion(show_output=True)

        self.assertIn(f"from {run.id}\nafter\n", printed.getvalue())

    def test_every_fault_of_a_configuration_is_told_before_anything_runs(self):
        self.write("src/train.py", "")
        experiment = Experiment(self.workspace(), "python-tests")
        with self.assertRaisesRegex(UserErrorException, "no script 'trian.py'.*Did you mean 'train.py'"):
            experiment.submit(ScriptRunConfig("src", "trian.py"))
        with self.assertRaisesRegex(
            UserErrorException, "compute.target: there is no compute named locla.*Did you mean local"
        ):
            experiment.submit(ScriptRunConfig("src", "train.py", compute_target="locla"))
        with self.assertRaisesRegex(UserErrorException, "either command, or script"):
            ScriptRunConfig("src", "train.py", command="ls")
        with self.assertRaisesRegex(UserErrorException, "got a RunConfiguration.*ScriptRunConfig"):
            experiment.submit(RunConfiguration())

    def test_a_curated_environment_is_shown_and_a_changed_copy_keeps_its_packages(self):
        curated = self.workspace().environments["AzureML-Tutorial"]
        copy = curated.clone("mine-too")
        copy.python.conda_dependencies.add_pip_package("lightgbm")

        self.assertEqual(
            curated._to_wire(is_local=True),
            {"reference": {"kind": "asset", "name": "AzureML-Tutorial", "version": "1"}},
        )
        self.assertLessEqual({"scikit-learn", "lightgbm"}, set(copy.python.conda_dependencies.pip_packages))
        self.assertIn("lightgbm", str(copy._to_wire(is_local=True)["conda"]))
        self.assertNotIn("lightgbm", str(curated))
        with self.assertRaisesRegex(KeyError, "AzureML-Tutorial"):
            _ = self.workspace().environments["AzurML-Tutorail"]

    def test_a_registered_environment_is_referred_to_until_it_is_changed(self):
        workspace = self.workspace()
        environment = Environment("mine")
        environment.environment_variables["GREETING"] = "hello"
        registered = environment.register(workspace)
        self.assertEqual(environment.register(workspace).version, registered.version)
        got = Environment.get(workspace, "mine")
        self.write("src/train.py", "import os\nprint(os.environ['GREETING'])\n")

        self.assertEqual(got._to_wire(is_local=True), {"reference": {"kind": "asset", "name": "mine", "version": "1"}})
        got.environment_variables["GREETING"] = "changed"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            run = Experiment(workspace, "python-tests").submit(ScriptRunConfig("src", "train.py", environment=got))
        run.wait_for_completion()

        log = run.get_details_with_logs()["logFiles"]["user_logs/std_log.txt"]
        self.assertEqual(log.strip(), "changed")
        self.assertEqual(run.get_environment().environment_variables, {"GREETING": "changed"})
        with self.assertRaisesRegex(UserErrorException, "no environment 'mien'.*Did you mean 'mine'"):
            Environment.get(workspace, "mien")


if __name__ == "__main__":
    unittest.main()
