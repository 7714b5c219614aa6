"""Environments and run configurations as azureml's files hold them, and configurations that share one."""

import json
import os
import tempfile
import unittest
import warnings

from live import LiveTest

from azureml.core import Environment, Experiment, ScriptRunConfig
from azureml.core.environment import ContainerRegistry
from azureml.core.runconfig import DockerConfiguration, RunConfiguration
from azureml.data import OutputFileDatasetConfig
from azureml.data.data_reference import DataReference
from azureml.data.datapath import DataPathComputeBinding
from azureml.exceptions import RunConfigurationException, UserErrorException
from azureml.train.dnn import TensorFlow
from azureml.train.estimator import Estimator
from trainyard.environments.wire import to_wire

SAVED_BY_AZUREML = {
    "name": "theirs",
    "version": "7",
    "environmentVariables": {"A": "1"},
    "docker": {
        "baseImage": "python:3.8",
        "baseImageRegistry": {"address": None, "username": None, "password": None},
        "shmSize": "2g",
        "arguments": [],
    },
    "python": {
        "condaDependencies": {"channels": ["conda-forge"], "dependencies": ["python=3.8", {"pip": ["six"]}]},
        "interpreterPath": "python",
        "userManagedDependencies": False,
    },
    "spark": {"packages": [], "precachePackages": True, "repositories": []},
    "r": None,
}

RUNCONFIG_OF_AZUREML = """\
script: train.py
arguments: [--lr, 0.1]
target: local
framework: Python
communicator: None
autoPrepareEnvironment: true
maxRunDurationSeconds:
nodeCount: 1
environment:
  name: project
  python:
    userManagedDependencies: false
    condaDependenciesFile: .azureml/conda.yml
  docker:
    baseImage: python:3.8
    enabled: true
docker:
  useDocker: true
  shmSize: 1g
dataReferences:
  raw:
    dataStoreName: workspaceblobstore
    mode: download
    pathOnDataStore: raw/files
"""


class Environments(unittest.TestCase):
    def test_a_folder_that_azureml_wrote_is_loaded(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "azureml_environment.json"), "w", encoding="utf-8") as file:
                json.dump(SAVED_BY_AZUREML, file)
            loaded = Environment.load_from_directory(folder)

        self.assertEqual((loaded.name, loaded.version, loaded.docker.shm_size), ("theirs", "7", "2g"))
        self.assertEqual(
            to_wire(loaded, is_local=False),
            {
                "name": "theirs",
                "image": "python:3.8",
                "conda": SAVED_BY_AZUREML["python"]["condaDependencies"],
                "environmentVariables": {"A": "1"},
            },
        )

    def test_a_saved_folder_has_the_same_keys_and_the_dockerfile(self):
        environment = Environment.from_dockerfile("mine", "FROM python:3.8\n")
        environment.docker.base_image_registry.password = "secret"
        with tempfile.TemporaryDirectory() as folder:
            environment.save_to_directory(folder)
            with open(os.path.join(folder, "azureml_environment.json"), encoding="utf-8") as file:
                text = file.read()
            with open(os.path.join(folder, "Dockerfile"), encoding="utf-8") as file:
                self.assertEqual(file.read(), "FROM python:3.8\n")

        self.assertEqual(json.loads(text)["docker"]["baseDockerfile"], "FROM python:3.8\n")
        self.assertNotIn("secret", text)

    def test_an_image_of_a_registry_is_asked_for_there(self):
        registry = ContainerRegistry()
        registry.address, registry.password = "images.example.com", "secret"
        environment = Environment.from_docker_image("mine", "team/trainer:1", container_registry=registry)
        with self.assertWarnsRegex(UserWarning, "password for the registry images.example.com is not sent"):
            wire = to_wire(environment, is_local=False)

        self.assertEqual(wire["image"], "images.example.com/team/trainer:1")

    def test_an_environment_to_build_upon_is_no_silent_wish(self):
        environment = Environment("mine")
        environment.python.base_conda_environment = "py38"
        with self.assertWarnsRegex(UserWarning, "'py38' is not built upon"):
            to_wire(environment, is_local=False)


class RunConfigurations(LiveTest):
    def test_everything_that_a_file_can_hold_is_saved_and_loaded(self):
        store = self.workspace().get_default_datastore()
        given = RunConfiguration(framework="PyTorch", communicator="Nccl")
        given.environment.docker.base_image = "python:3.8"
        given.environment.docker.shm_size = "2g"
        given.environment.python.user_managed_dependencies = True
        given.docker = DockerConfiguration(True, shm_size="1g", arguments=["--ulimit", "nofile=9"])
        given.amlcompute.vm_size = "STANDARD_NC6"
        given.pytorch.process_count = 4
        given.data_references["raw"] = DataReference(store, "raw", "files", "download").to_config()
        given.save(self.folder, "mine")
        loaded = RunConfiguration.load(self.folder, "mine")

        self.assertEqual(to_wire(loaded.environment, False), to_wire(given.environment, False))
        self.assertEqual(loaded.environment.docker.shm_size, "2g")
        self.assertEqual(vars(loaded.docker), vars(given.docker))
        self.assertEqual(vars(loaded.amlcompute), vars(given.amlcompute))
        self.assertEqual(loaded.distribution().process_count, 4)
        reference = loaded.data_references["raw"]
        self.assertEqual(
            (reference.data_store_name, reference.path_on_data_store, reference.mode),
            ("workspaceblobstore", "files", "download"),
        )
        given.output_data["out"] = OutputFileDatasetConfig("out")
        with self.assertRaisesRegex(RunConfigurationException, "does not keep data sets and outputs: out"):
            given.save(self.folder, "mine")

    def test_a_file_that_azureml_wrote_is_loaded_with_its_packages(self):
        self.write(".azureml/train.runconfig", RUNCONFIG_OF_AZUREML)
        self.write(".azureml/conda.yml", "dependencies:\n- pip:\n  - six\n")
        loaded = RunConfiguration.load(self.folder, "train")

        wire = to_wire(loaded.environment, is_local=True)
        self.assertEqual((wire["image"], wire["conda"]), ("python:3.8", {"dependencies": [{"pip": ["six"]}]}))
        self.assertEqual((loaded.docker.use_docker, loaded.docker.shm_size), (True, "1g"))
        self.assertEqual(loaded.data_references["raw"].mode, "download")
        self.assertEqual((loaded.script, loaded.arguments, loaded.distribution()), ("train.py", ["--lr", 0.1], None))

    def test_a_framework_and_a_communicator_that_there_are_not(self):
        for options, words in (
            ({"framework": "PySpark"}, "no Spark"),
            ({"communicator": "Smoke"}, "'Smoke'; expected"),
        ):
            with self.subTest(words), self.assertRaisesRegex(RunConfigurationException, words):
                RunConfiguration(**options).distribution()

    def test_one_run_configuration_serves_several_scripts(self):
        shared = RunConfiguration()
        first = ScriptRunConfig("src", "a.py", ["--first"], run_config=shared)
        second = ScriptRunConfig("src", "b.py", run_config=shared)
        third = ScriptRunConfig("src", "c.py", run_config=shared, compute_target="gpus")

        self.assertEqual((first.arguments, second.arguments), (["--first"], []))
        self.assertEqual((shared.script, shared.target, third.run_config.target), (None, "local", "gpus"))
        self.assertIs(first.run_config, shared)

    def test_names_of_curated_environments_are_not_taken(self):
        environment = Environment("AzureML-mine")
        with self.assertRaisesRegex(UserErrorException, "'AzureML-mine' is reserved"):
            environment.register(self.workspace())

    def test_shared_memory_that_an_older_script_asks_for_in_the_environment(self):
        environment = self.own_python()
        environment.docker.shm_size = "2g"
        environment.docker.arguments = ["--ulimit", "nofile=9"]
        self.write("src/train.py", "print('done')")
        config = ScriptRunConfig("src", "train.py", environment=environment)
        run = Experiment(self.workspace(), "python-tests").submit(config)

        definition = run.get_details()["runDefinition"]
        self.assertEqual(
            (definition["docker"]["shmSize"], definition["docker"]["arguments"]), ("2g", ["--ulimit", "nofile=9"])
        )
        self.assertRegex(definition["environment"]["version"], r"^Autosave_\d{4}-.*_[0-9a-f]{8}$")
        self.assertEqual(run.properties["_azureml.ComputeTargetType"], "local")
        run.cancel()


RESUMING = """\
import argparse, os
parser = argparse.ArgumentParser()
parser.add_argument("--resume-from")
given = parser.parse_args()
if given.resume_from:
    print("went on from", sorted(os.listdir(given.resume_from)))
    print(os.environ["AZUREML_DATAREFERENCE_MODEL_LOCATION"] == given.resume_from)
else:
    os.makedirs("outputs", exist_ok=True)
    open("outputs/checkpoint", "w").write("weights")
"""


class Resuming(LiveTest):
    def log_of(self, run) -> str:
        run.wait_for_completion()
        return run.get_details_with_logs()["logFiles"]["azureml-logs/70_driver_log.txt"]

    def test_a_training_goes_on_from_what_another_run_kept(self):
        first = self.submit(RESUMING)
        first.wait_for_completion()
        place = first._get_outputs_datapath()

        self.assertIn("went on from ['checkpoint']\nTrue", self.log_of(self.submit(RESUMING, resume_from=place)))

        reference = place.create_data_reference(
            data_reference_name="MODEL_LOCATION", datapath_compute_binding=DataPathComputeBinding(mode="mount")
        )
        config = ScriptRunConfig("src", "train.py", ["--resume-from", str(reference)], environment=self.own_python())
        config.run_config.data_references = {reference.data_reference_name: reference.to_config()}
        run = Experiment(self.workspace(), "python-tests").submit(config)
        self.assertIn("went on from ['checkpoint']\nTrue", self.log_of(run))

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            estimator = TensorFlow(
                "src", entry_script="train.py", resume_from=place, environment_definition=self.own_python()
            )
        run = Experiment(self.workspace(), "python-tests").submit(estimator)
        self.assertIn("went on from ['checkpoint']\nTrue", self.log_of(run))

    def test_what_is_no_place_is_refused(self):
        with self.assertRaisesRegex(UserErrorException, "resume_from is of type str"):
            ScriptRunConfig("src", "train.py", resume_from="outputs")
        with self.assertRaisesRegex(UserErrorException, "A command names the place itself"):
            ScriptRunConfig("src", command="python train.py", resume_from=object())

    def test_an_estimators_environment_is_taken_as_it_is_with_a_warning(self):
        for kind, options in ((TensorFlow, {}), (Estimator, {"pip_packages": ["six"]})):
            with self.subTest(kind.__name__), warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                kind("src", entry_script="a.py", environment_definition=self.own_python(), **options)
            told = [(one.category, os.path.basename(one.filename)) for one in caught]
            here = os.path.basename(__file__)
            self.assertEqual(told, [(DeprecationWarning, here), (UserWarning, here)])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            Estimator("src", entry_script="a.py", environment_definition=self.own_python())
        self.assertEqual([one.category for one in caught], [DeprecationWarning])

    def test_workers_and_parameter_servers_of_the_estimator(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            estimator = TensorFlow(
                "src", entry_script="a.py", distributed_backend="ps", worker_count=3, parameter_server_count=2
            )

        configuration = estimator.run_config.distribution()
        self.assertEqual((configuration.worker_count, configuration.parameter_server_count), (3, 2))
        self.assertEqual(estimator.run_config.node_count, 3)

    def test_outputs_of_a_run_configuration_are_told_by_name(self):
        self.write(
            "src/train.py",
            "from azureml.core import Run\nimport os\n"
            "folder = Run.get_context().output_datasets['kept']\nopen(os.path.join(folder, 'a'), 'w').write('a')\n",
        )
        config = ScriptRunConfig("src", "train.py", environment=self.own_python())
        config.run_config.output_data = {"kept": OutputFileDatasetConfig()}
        run = Experiment(self.workspace(), "python-tests").submit(config)
        run.wait_for_completion()

        self.assertIn("named-outputs/kept/a", run.get_file_names())


if __name__ == "__main__":
    unittest.main()
