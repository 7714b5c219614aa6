"""Conda files, environments and run configurations, as they are read, changed, written and sent."""

import os
import sys
import tempfile
import unittest
from unittest import mock

import support  # noqa: F401 - puts the sources on the path

from azureml.core import Environment, RunConfiguration
from azureml.core.conda_dependencies import CondaDependencies
from azureml.core.runconfig import MpiConfiguration, PyTorchConfiguration, TensorflowConfiguration
from azureml.exceptions import UserErrorException
from trainyard.environments.wire import to_wire
from trainyard.small_yaml import _Reader, read_yaml, write_yaml

CONDA_FILE = """\
# what the script needs
name: pytorch-env
channels:
- conda-forge   # first
- pytorch
dependencies:
  - python=3.6.2
  - "numpy>=1.18"
  - pip:
    - azureml-defaults
    - torch==1.6.0
    - 'pandas[excel]>=1'
    - --extra-index-url https://example.org/whl#frag
variables: {A: "1", B: two}
"""


class SmallYaml(unittest.TestCase):
    def test_a_conda_file_is_read_as_yaml_reads_it(self):
        expected = {
            "name": "pytorch-env",
            "channels": ["conda-forge", "pytorch"],
            "dependencies": [
                "python=3.6.2",
                "numpy>=1.18",
                {
                    "pip": [
                        "azureml-defaults",
                        "torch==1.6.0",
                        "pandas[excel]>=1",
                        "--extra-index-url https://example.org/whl#frag",
                    ]
                },
            ],
            "variables": {"A": "1", "B": "two"},
        }
        self.assertEqual(_Reader(CONDA_FILE, "env.yml").document(), expected)
        self.assertEqual(read_yaml(CONDA_FILE, "env.yml"), expected)

    def test_scalars_lists_and_nested_blocks(self):
        text = "a: 1\nb: [x, 2, 'y z']\nc:\n  - d: 1.5\n    e: true\n  - - f\n    - null\ng:\nh: |\n  one\n  two\n"

        self.assertEqual(
            _Reader(text, "x").document(),
            {
                "a": 1,
                "b": ["x", 2, "y z"],
                "c": [{"d": 1.5, "e": True}, ["f", None]],
                "g": None,
                "h": "one\ntwo\n",
            },
        )

    def test_a_fault_is_told_with_its_line(self):
        with self.assertRaisesRegex(UserErrorException, "env.yml, line 3"):
            _Reader("a: 1\nb: 2\na: 3\n", "env.yml").document()
        with self.assertRaisesRegex(UserErrorException, "line 2.*tab"):
            _Reader("a:\n\t- b\n", "env.yml").document()

    def test_what_is_written_is_read_back(self):
        value = {"a": [1, {"b": ["x: y", "", "1", None, True]}, []], "c": {}, "d e": "#no comment", "f": 0.5}

        self.assertEqual(_Reader(write_yaml(value), "x").document(), value)


class Conda(unittest.TestCase):
    def test_packages_replace_other_versions_of_themselves(self):
        conda = CondaDependencies.create(
            pip_packages=["numpy"], conda_packages=["scikit-learn=0.20"], python_version="3.9"
        )
        conda.add_pip_package("NumPy==1.20")
        conda.add_conda_package("scikit-learn")
        conda.add_channel("pytorch")

        self.assertEqual(list(conda.pip_packages), ["NumPy==1.20"])
        self.assertEqual(list(conda.conda_packages), ["python=3.9", "scikit-learn"])
        self.assertEqual(conda.python_version, "3.9")
        self.assertIn("- pytorch", conda.serialize_to_string())

    def test_a_default_object_has_what_azureml_begins_with(self):
        conda = CondaDependencies()

        self.assertEqual(list(conda.pip_packages), ["azureml-defaults"])
        self.assertIsNotNone(conda.python_version)

    def test_saving_and_loading_keep_everything(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "env.yml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(CONDA_FILE)
            conda = CondaDependencies(path)
            conda.save_to_file(folder, "again.yml")

            self.assertEqual(CondaDependencies(os.path.join(folder, "again.yml")), conda)
        self.assertEqual(list(conda.pip_options), ["--extra-index-url https://example.org/whl#frag"])

    def test_a_missing_file_is_named(self):
        with self.assertRaisesRegex(UserErrorException, "no conda file 'nowhere.yml'"):
            CondaDependencies("nowhere.yml")


class OnTheWire(unittest.TestCase):
    def test_the_default_environment_asks_for_nothing(self):
        self.assertEqual(to_wire(Environment("mine"), is_local=True), {"name": "mine"})

    def test_packages_become_a_conda_file_without_the_defaults_python(self):
        environment = Environment("mine")
        environment.python.conda_dependencies = CondaDependencies.create(pip_packages=["scikit-learn"])
        environment.environment_variables["A"] = 1

        wire = to_wire(environment, is_local=True)

        self.assertEqual(wire["conda"]["dependencies"], [{"pip": ["scikit-learn"]}])
        self.assertEqual(wire["environmentVariables"], {"A": "1"})

    def test_an_environment_that_manages_itself_is_the_submitting_python_on_this_machine_only(self):
        environment = Environment("mine")
        environment.python.user_managed_dependencies = True

        self.assertEqual(to_wire(environment, is_local=True)["userManaged"], {"interpreter": sys.executable})
        self.assertEqual(to_wire(environment, is_local=False)["userManaged"], {"interpreter": "python"})
        environment.python.interpreter_path = "/opt/python"
        self.assertEqual(to_wire(environment, is_local=True)["userManaged"], {"interpreter": "/opt/python"})

    def test_images_and_dockerfiles(self):
        image = Environment.from_docker_image("mine", "python:3.8")
        dockerfile = Environment.from_dockerfile("mine", "FROM python:3.8\nRUN true\n")

        self.assertEqual(to_wire(image, is_local=False)["image"], "python:3.8")
        self.assertEqual(to_wire(dockerfile, is_local=False)["build"], {"dockerfile": "FROM python:3.8\nRUN true\n"})

    def test_an_environment_is_saved_to_a_folder_and_loaded(self):
        environment = Environment.from_docker_image("mine", "python:3.8")
        with tempfile.TemporaryDirectory() as folder:
            environment.save_to_directory(folder, overwrite=True)
            with self.assertRaisesRegex(UserErrorException, "overwrite=True"):
                environment.save_to_directory(folder)

            self.assertEqual(repr(Environment.load_from_directory(folder)), repr(environment))


class RunConfigurations(unittest.TestCase):
    def test_distributions_become_the_jobs(self):
        cases = [
            (PyTorchConfiguration("Nccl", process_count=4, node_count=2), 2, {"type": "pytorch", "processCount": 4}),
            (PyTorchConfiguration(node_count=3), 3, {"type": "pytorch"}),
            (
                MpiConfiguration(process_count_per_node=2, node_count=2),
                2,
                {"type": "mpi", "processCountPerInstance": 2},
            ),
            (
                TensorflowConfiguration(worker_count=2, parameter_server_count=0),
                2,
                {"type": "tensorflow", "workerCount": 2, "parameterServerCount": 0},
            ),
        ]
        for configuration, nodes, wire in cases:
            with self.subTest(repr(configuration)):
                run_config = RunConfiguration()
                run_config.set_distribution(configuration)

                self.assertEqual(run_config.node_count, nodes)
                self.assertEqual(run_config.distribution()._to_wire(nodes), wire)

    def test_processes_that_the_nodes_cannot_share_are_refused(self):
        with self.assertRaisesRegex(UserErrorException, "process_count is 3.*2 nodes"):
            PyTorchConfiguration(process_count=3, node_count=2)._to_wire(2)

    def test_a_run_configuration_is_saved_and_loaded(self):
        run_config = RunConfiguration(
            script="train.py", arguments=["--lr", 0.1], conda_dependencies=CondaDependencies()
        )
        run_config.target = "cpu-cluster"
        run_config.environment_variables["A"] = "b"
        run_config.set_distribution(MpiConfiguration(2, 2))
        with tempfile.TemporaryDirectory() as folder:
            run_config.save(folder, "mine")
            loaded = RunConfiguration.load(folder, "mine")

        for name in ("script", "target", "node_count", "communicator", "environment_variables", "framework"):
            self.assertEqual(getattr(loaded, name), getattr(run_config, name), name)
        self.assertEqual(loaded.mpi.process_count_per_node, 2)


class WithoutPyYaml(unittest.TestCase):
    def test_files_are_read_by_the_clients_own_reader(self):
        with mock.patch.dict(sys.modules, {"yaml": None}):
            self.assertEqual(read_yaml("a: [1, b]", "x"), {"a": [1, "b"]})


if __name__ == "__main__":
    unittest.main()
