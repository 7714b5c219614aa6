"""Which run a process gets, and what that run says about itself."""

import copy
import importlib
import inspect
import os
import pickle
import subprocess
import sys
import unittest
from unittest import mock

from support import SOURCES, JobTest, captured

import azureml.core
from azureml.core import Run
from azureml.core.run import _OfflineRun, _SubmittedRun
from azureml.exceptions import RunEnvironmentException


class InAJob(JobTest):
    def test_the_context_is_the_jobs_run_and_the_same_at_every_call(self):
        run = Run.get_context(allow_offline=False)

        self.assertIs(run, self.job_run)
        self.assertIsInstance(run, _SubmittedRun)
        self.assertIsInstance(run, Run)
        self.assertEqual((run.id, run.experiment.name), ("run_1", "demo"))
        self.assertEqual(repr(run), "Run(Experiment: demo,\nId: run_1,\nType: azureml.scriptrun,\nStatus: Running)")

    def test_a_copy_or_a_pickle_is_the_same_run(self):
        self.assertIs(pickle.loads(pickle.dumps(self.job_run)), self.job_run)
        self.assertIs(copy.deepcopy({"run": self.job_run})["run"], self.job_run)

    def test_a_run_knows_its_surroundings_without_asking_the_server(self):
        with mock.patch.dict(os.environ, {"AZURE_ML_INPUT_table": "/data/table.csv"}):
            self.assertEqual(self.job_run.input_datasets["table"], "/data/table.csv")

    def test_a_misspelled_name_is_an_attribute_error(self):
        with self.assertRaisesRegex(AttributeError, "'_SubmittedRun' object has no attribute 'lgo'"):
            self.job_run.lgo("loss", 1)
        with self.assertRaises(AttributeError):
            _ = azureml.core.Worksapce


class OutsideAJob(unittest.TestCase):
    def setUp(self):
        patch = mock.patch.dict(os.environ)
        patch.start()
        self.addCleanup(patch.stop)
        for name in ("TRAINYARD_RUN_FOLDER", "AZUREML_RUN_ID"):
            os.environ.pop(name, None)

    def test_the_context_is_an_offline_run_that_prints(self):
        run = Run.get_context()

        with captured("stdout") as stdout:
            run.log("loss", 0.5, step=1)
            run.upload_file("outputs/model.pkl", "model.pkl")

        self.assertIsInstance(run, _OfflineRun)
        self.assertRegex(run.id, r"^OfflineRun_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
        self.assertEqual(
            stdout.getvalue(),
            "Attempted to log scalar metric loss:\n0.5\nAttempted to track file model.pkl at outputs/model.pkl\n",
        )

    def test_without_leave_to_be_offline_it_is_an_error_that_says_what_is_missing(self):
        with self.assertRaises(RunEnvironmentException) as caught:
            Run.get_context(allow_offline=False)

        self.assertIn("TRAINYARD_RUN_FOLDER", caught.exception.message)
        self.assertRegex(
            str(caught.exception), r"^RunEnvironmentException:\n\tMessage: .*\n\tInnerException None\n\tErr"
        )

    def test_the_offline_run_takes_every_recording_call_with_the_same_arguments(self):
        for name, method in vars(_SubmittedRun).items():
            if not name.startswith("_") and inspect.isfunction(method):
                with self.subTest(name):
                    offline = inspect.signature(getattr(_OfflineRun, name))
                    self.assertEqual(offline.parameters, inspect.signature(method).parameters)


class Imports(unittest.TestCase):
    def test_the_versions_are_texts(self):
        import trainyard

        self.assertEqual(azureml.core.VERSION, azureml.core.__version__)
        self.assertRegex(azureml.core.VERSION, r"^\d+\.\d+\.\d+$")
        self.assertRegex(trainyard.__version__, r"^\d+\.\d+\.\d+$")

    def test_a_part_that_is_absent_says_so_and_what_to_use(self):
        for name, sentence in {
            "azureml.pipeline.core": "no pipelines",
            "azureml.train.automl": "no automated machine learning|No module named 'azureml.train'",
            "azureml.core.webservice": "does not deploy",
            "azureml.opendatasets": "Dataset.File.from_files",
        }.items():
            with self.subTest(name), self.assertRaisesRegex(ModuleNotFoundError, sentence):
                importlib.import_module(name)
        with self.assertRaisesRegex(ImportError, "does not deploy"):
            from azureml.core import Webservice  # noqa: F401

    def test_importing_brings_in_no_heavy_module(self):
        heavy = {"urllib.request", "http.client", "ssl", "socket", "uuid", "logging", "shutil", "subprocess", "numpy"}
        program = "import sys; before = set(sys.modules); import azureml.core.run; print(*set(sys.modules) - before)"
        loaded = subprocess.run(
            [sys.executable, "-c", program],
            env=dict(os.environ, PYTHONPATH=SOURCES),
            stdout=subprocess.PIPE,
            check=True,
        ).stdout.decode()

        self.assertIn("trainyard.runs.run", loaded.split())
        self.assertEqual(heavy & set(loaded.split()), set())


if __name__ == "__main__":
    unittest.main()
