"""Workspaces, computes, models and interactive runs, as notebooks use them."""

import contextlib
import io
import json
import os
import subprocess
import sys
import unittest

from live import LiveTest, live_home
from support import SOURCES, captured

import azureml.core
from azureml.core import ComputeTarget, Environment, Experiment, Model, Run, ScriptRunConfig, Workspace
from azureml.core.authentication import ServicePrincipalAuthentication
from azureml.core.compute import AmlCompute
from azureml.core.compute_target import ComputeTargetException
from azureml.core.runconfig import MpiConfiguration, PyTorchConfiguration
from azureml.exceptions import ModelNotFoundException, ModelPathNotFoundException, NotSupported, UserErrorException


class Workspaces(LiveTest):
    def test_the_opening_cell_of_every_notebook(self):
        print_ = io.StringIO()
        with contextlib.redirect_stdout(print_):
            print("SDK version:", azureml.core.VERSION)
            ws = Workspace.from_config()
            print(ws.name, ws.resource_group, ws.location, ws.subscription_id, sep="\n")

        self.assertEqual(len(print_.getvalue().splitlines()), 5)
        self.assertEqual(repr(ws)[:17], "Workspace.create(")

    def test_a_config_is_found_from_any_folder_below(self):
        config = {"subscription_id": "sub", "resource_group": "group", "workspace_name": "team", "extra": 1}
        for place in ("config.json", ".azureml/config.json", "aml_config/config.json"):
            with self.subTest(place):
                self.write(f"{place[:1]}x/{place}", json.dumps(config))
                os.makedirs(f"{place[:1]}x/notebooks/deep", exist_ok=True)
                ws = Workspace.from_config(path=f"{place[:1]}x/notebooks/deep")

                self.assertEqual((ws.name, ws.resource_group, ws.subscription_id), ("team", "group", "sub"))

    def test_a_folder_without_a_config_is_told_where_it_was_looked_for(self):
        with self.assertRaisesRegex(UserErrorException, "no config.json for .*every folder above"):
            Workspace.from_config(path=self.folder)
        self.write("config.json", '{"subscription_id": "x"}')
        with self.assertRaisesRegex(UserErrorException, '"resource_group"'):
            Workspace.from_config()

    def test_a_written_config_is_read_again(self):
        Workspace("sub", "group", "team").write_config()

        self.assertEqual(Workspace.from_config().name, "team")
        self.assertTrue(os.path.isfile(".azureml/config.json"))

    def test_logging_in_is_never_asked_for(self):
        auth = ServicePrincipalAuthentication("tenant", "id", service_principal_password="password")

        self.assertEqual(Workspace.from_config(auth=auth), self.workspace())
        self.assertIn("Bearer ", auth.get_authentication_header()["Authorization"])

    def test_a_server_elsewhere_needs_its_own_token(self):
        os.environ["TRAINYARD_URL"] = "http://203.0.113.1:7171"
        with self.assertRaisesRegex(UserErrorException, "TRAINYARD_TOKEN is not set"):
            Workspace.from_config()

    def test_several_processes_start_one_server(self):
        program = "from azureml.core import Workspace; print(Workspace.from_config().discovery_url)"
        home = os.path.join(self.folder, "home")
        environ = dict(os.environ, TRAINYARD_HOME=home, PYTHONPATH=SOURCES)
        command = [sys.executable, "-c", program]
        started = [subprocess.Popen(command, env=environ, stdout=subprocess.PIPE) for _ in range(3)]
        try:
            answers = {process.communicate(timeout=100)[0] for process in started}
        finally:
            subprocess.run(["trainyard", "server", "stop"], env=environ, stdout=subprocess.DEVNULL, check=True)

        self.assertEqual(len(answers), 1)
        self.assertNotEqual(answers, {b""})
        self.assertTrue(os.path.isdir(live_home()))


class Computes(LiveTest):
    def test_a_cluster_is_made_watched_changed_and_deleted(self):
        workspace = self.workspace()
        settings = AmlCompute.provisioning_configuration("STANDARD_D2_V2", "lowpriority", min_nodes=0, max_nodes=3)
        with captured("stdout"):
            cluster = ComputeTarget.create(workspace, "py-cluster", settings)
            cluster.wait_for_completion(show_output=True)
        status = cluster.get_status().serialize()

        self.assertIs(type(workspace.compute_targets["py-cluster"]), AmlCompute)
        self.assertEqual(cluster.provisioning_state, "Succeeded")
        self.assertEqual((status["vmSize"], status["vmPriority"]), ("STANDARD_D2_V2", "LowPriority"))
        expected = {"minNodeCount": 0, "maxNodeCount": 3, "nodeIdleTimeBeforeScaleDown": "PT1800S"}
        self.assertEqual(status["scaleSettings"], expected)
        cluster.update(max_nodes=5)
        self.assertEqual(ComputeTarget(workspace, "py-cluster").scale_settings.maximum_node_count, 5)
        with self.assertRaisesRegex(ComputeTargetException, "Did you mean 'py-cluster'"):
            ComputeTarget(workspace=workspace, name="py-clutser")
        cluster.delete()
        self.assertNotIn("py-cluster", workspace.compute_targets)

    def test_settings_that_cannot_be_are_refused(self):
        with self.assertRaisesRegex(ComputeTargetException, "0 <= min_nodes <= max_nodes"):
            AmlCompute.provisioning_configuration(min_nodes=5, max_nodes=2)
        with self.assertRaisesRegex(ComputeTargetException, "letter"):
            ComputeTarget.create(self.workspace(), "1", AmlCompute.provisioning_configuration())

    def test_a_distributed_job_is_described_as_the_platform_has_it(self):
        from trainyard.experiments.submit_run import job_spec

        self.write("src/train.py", "")
        experiment = Experiment(self.workspace(), "python-tests")
        for configuration, distribution in (
            (MpiConfiguration(2, 2), {"type": "mpi", "processCountPerInstance": 2}),
            (PyTorchConfiguration(process_count=4, node_count=2), {"type": "pytorch", "processCount": 4}),
        ):
            config = ScriptRunConfig("src", "train.py", distributed_job_config=configuration)
            spec = job_spec(experiment, config, {})

            self.assertEqual((spec["distribution"], spec["compute"]["instanceCount"]), (distribution, 2))


class Models(LiveTest):
    def test_local_files_become_versions_and_are_downloaded(self):
        workspace = self.workspace()
        self.write("model.pkl", "first")
        self.write("folder/deep/weights", "second")
        with captured("stdout") as printed:
            first = Model.register(workspace, "model.pkl", "local-model", tags={"stage": "one"}, description="a file")
            second = Model.register(workspace, "folder", "local-model", properties={"size": 3})

        self.assertEqual(printed.getvalue(), "Registering model local-model\n" * 2)
        self.assertEqual((first.version, second.version, first.id), (1, 2, "local-model:1"))
        with open(first.download("one"), encoding="utf-8") as file:
            self.assertEqual((file.name, file.read()), (os.path.join("one", "model.pkl"), "first"))
        with open(os.path.join(second.download("two"), "deep", "weights"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "second")
        with self.assertRaisesRegex(UserErrorException, "exist_ok=True"):
            first.download("one")
        found = Model.list(workspace, "local-model", tags=[["stage", "one"]])
        self.assertEqual([model.version for model in found], [1])
        self.assertEqual([model.version for model in Model.list(workspace, "local-model")], [2, 1])
        self.assertEqual(Model(workspace, "local-model").version, 2)
        self.assertEqual(
            Model.get_model_path("local-model", 1), os.path.join("azureml-models", "local-model", "1", "model.pkl")
        )

    def test_what_is_not_there_is_told_with_what_is(self):
        workspace = self.workspace()
        with self.assertRaisesRegex(ModelPathNotFoundException, "no file or folder 'nothing'"):
            Model.register(workspace, "nothing", "nothing")
        with self.assertRaisesRegex(ModelNotFoundException, "no model 'never-made'"):
            Model(workspace, "never-made")
        with self.assertRaisesRegex(NotSupported, "does not deploy"):
            Model.deploy(workspace, "service", [])

    def test_what_is_said_of_a_version_changes_and_its_properties_stay(self):
        self.write("model.pkl", "said")
        with captured("stdout"):
            model = Model.register(self.workspace(), "model.pkl", "said-model", tags={"a": 1}, properties={"p": "q"})
        model.add_tags({"b": 2})
        model.remove_tags("a")
        model.update(description="better")

        again = Model(self.workspace(), id=model.id)
        self.assertEqual((again.tags, again.description, again.properties), ({"b": "2"}, "better", {"p": "q"}))
        with self.assertRaises(UserErrorException):
            model.add_properties({"p": "other"})


class InteractiveRuns(LiveTest):
    def test_a_run_of_this_process_logs_uploads_and_completes(self):
        experiment = Experiment(self.workspace(), "interactive")
        self.write("kept/deep/a.txt", "a")
        self.write("plain.txt", "plain")
        run = experiment.start_logging(outputs="kept", snapshot_directory=None)
        for value in range(1000):
            run.log("series", value)
        run.upload_file("named.txt", "plain.txt")
        self.assertEqual((run.get_status(), len(run.get_metrics()["series"])), ("Running", 1000))
        run.complete()

        self.assertEqual(run.get_metrics()["series"], list(range(1000)))
        self.assertEqual(run.get_file_names(), ["kept/deep/a.txt", "named.txt"])
        run.download_file("kept/deep/a.txt", "got.txt")
        run.download_files(prefix="kept", output_directory="all", append_prefix=False)
        for path in ("got.txt", "all/deep/a.txt"):
            with open(path, encoding="utf-8") as file:
                self.assertEqual(file.read(), "a")
        self.assertEqual(run.get_status(), "Completed")
        with self.assertRaisesRegex(UserErrorException, "Did you mean 'named.txt'"):
            run.download_file("nmaed.txt")

    def test_an_exception_in_the_block_fails_the_run(self):
        experiment = Experiment(self.workspace(), "interactive")
        with self.assertRaises(ZeroDivisionError):
            with experiment.start_logging(snapshot_directory=None) as run:
                run.log("before", 1)
                _ = 1 / 0

        self.assertEqual((run.get_status(), run.get_metrics()), ("Failed", {"before": 1}))
        self.assertIn("ZeroDivisionError", run.get_details()["error"]["error"]["message"])

    def test_what_was_logged_is_there_when_the_process_just_ends(self):
        program = (
            "from azureml.core import Workspace, Experiment\n"
            "run = Experiment(Workspace.from_config(), 'interactive').start_logging(snapshot_directory=None)\n"
            "for value in range(5000): run.log('x', value)\nprint(run.id)\n"
        )
        environ = dict(os.environ, PYTHONPATH=SOURCES)
        run_id = subprocess.run([sys.executable, "-c", program], env=environ, stdout=subprocess.PIPE, check=True).stdout

        self.assertEqual(Run.get(self.workspace(), run_id.decode().strip()).get_metrics()["x"], list(range(5000)))

    def test_children_are_made_tagged_and_listed(self):
        experiment = Experiment(self.workspace(), "interactive")
        with experiment.start_logging(snapshot_directory=None) as parent:
            children = parent.create_children(tag_key="fold", tag_values=["a", "b"])
            for child in children:
                child.log("score", 1)
                child.complete()

        self.assertEqual({child.tags["fold"] for child in parent.get_children()}, {"a", "b"})
        self.assertEqual([child.id for child in parent.get_children(tags={"fold": "b"})], [children[1].id])
        self.assertEqual(parent.get_metrics(recursive=True)["score"], [1, 1])
        self.assertEqual([run.id for run in experiment.get_runs() if run.parent], [])

    def test_an_experiment_is_archived_and_comes_back(self):
        workspace = self.workspace()
        experiment = Experiment(workspace, "to-archive")
        experiment.tag("team", "blue")
        experiment.archive()
        self.assertNotIn("to-archive", workspace.experiments)
        self.assertIsNotNone(experiment.archived_time)
        experiment.reactivate()

        self.assertEqual(workspace.experiments["to-archive"].tags, {"team": "blue"})
        with self.assertRaisesRegex(UserErrorException, "without slashes"):
            Experiment(workspace, "a/b")

    def test_objects_show_themselves_in_notebooks(self):
        run = Experiment(self.workspace(), "<b>interactive</b>".replace("/", "")).start_logging(snapshot_directory=None)
        run.complete()

        self.assertIn("&lt;b&gt;interactive", run._repr_html_())
        self.assertRegex(repr(run), r"^Run\(Experiment: .*,\nId: [0-9a-f]{32},\nType: None,\nStatus: Completed\)$")
        self.assertIn("AzureML-Minimal", Environment.list(self.workspace()))


if __name__ == "__main__":
    unittest.main()
