"""The Python blocks of the published tutorials that need azureml.core, run as they stand."""

import contextlib
import io
import os
import textwrap
import unittest

from live import LiveTest

PROJECT_SCRIPT = """\
import argparse, os
from azureml.core import Run
parser = argparse.ArgumentParser()
parser.add_argument("--arg1", default="none")
print("arg1 is", parser.parse_args().arg1)
run = Run.get_context()
my_metric = list(range(10))
N = 4
{log_list}
os.makedirs("outputs", exist_ok=True)
with open("outputs/my_output_file", "w") as file:
    file.write("kept")
"""

LOG_LIST = """\
run.log_list("my metric name", my_metric[:N])
run.log_list("my metric name", my_metric[N:])
"""

CREATE_EXPERIMENT = """\
from azureml.core import Experiment

experiment_name = 'my_experiment'
experiment = Experiment(workspace=ws, name=experiment_name)
"""

CURATED_ENVIRONMENT = """\
from azureml.core import Workspace, Environment

ws = Workspace.from_config()
myenv = Environment.get(workspace=ws, name="AzureML-Minimal")
"""

OWN_ENVIRONMENT = """\
from azureml.core import Environment

myenv = Environment("user-managed-env")
myenv.python.user_managed_dependencies = True

# You can choose a specific Python environment by pointing to a Python path
# myenv.python.interpreter_path = '/home/johndoe/miniconda3/envs/myenv/bin/python'
"""

SCRIPT_RUN_CONFIG = """\
from azureml.core import ScriptRunConfig

src = ScriptRunConfig(source_directory=project_folder,
                      script='train.py',
                      compute_target=my_compute_target,
                      environment=myenv)

# Set compute target
# Skip this if you are running on your local computer
script_run_config.run_config.target = my_compute_target
"""

SUBMIT = """\
run = experiment.submit(config=src)
run.wait_for_completion(show_output=True)
"""

CONTROL_SCRIPT = """\
# run-pytorch.py
from azureml.core import Workspace
from azureml.core import Experiment
from azureml.core import Environment
from azureml.core import ScriptRunConfig

if __name__ == "__main__":
    ws = Workspace.from_config()
    experiment = Experiment(workspace=ws, name='day1-experiment-train')
    config = ScriptRunConfig(source_directory='./src',
                             script='train.py',
                             compute_target='cpu-cluster')

    # use curated pytorch environment
    env = ws.environments['AzureML-PyTorch-1.6-CPU']
    config.run_config.environment = env

    run = experiment.submit(config)

    aml_url = run.get_portal_url()
    print(aml_url)
"""

LOG_IN_LOOP = """\
# ADDITIONAL CODE: get run from the current context
run = Run.get_context()

...
# ADDITIONAL CODE: log loss metric to AML
run.log('loss', loss)
"""

COMPUTE = """\
import os
import shutil

from azureml.core.workspace import Workspace
from azureml.core import Experiment

from azureml.core.compute import ComputeTarget, AmlCompute
from azureml.core.compute_target import ComputeTargetException

ws = Workspace.from_config()

cluster_name = "gpucluster"

try:
    compute_target = ComputeTarget(workspace=ws, name=cluster_name)
    print('Found existing compute target')
except ComputeTargetException:
    print('Creating a new compute target...')
    compute_config = AmlCompute.provisioning_configuration(vm_size='STANDARD_NC6',
                                                           max_nodes=4)

    compute_target = ComputeTarget.create(ws, cluster_name, compute_config)

    compute_target.wait_for_completion(show_output=True, min_node_count=None, timeout_in_minutes=20)
"""

REGISTER_AND_DOWNLOAD = """\
model = run.register_model(model_name='pt-dnn', model_path='outputs/')

# Create a model folder in the current directory
os.makedirs('./model', exist_ok=True)

for f in run.get_file_names():
    if f.startswith('outputs/model'):
        output_file_path = os.path.join('./model', f.split('/')[-1])
        print('Downloading from {} to {} ...'.format(f, output_file_path))
        run.download_file(name=f, output_file_path=output_file_path)
"""


class Seeds(LiveTest):
    def run_block(self, block: str, names: dict) -> str:
        """What a block prints; its names are kept in `names`."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block, "a tutorial's block", "exec"), names)
        return printed.getvalue()

    def test_training_with_a_script_run_config_from_the_first_block_to_the_last(self):
        names: dict = {"ws": self.workspace(), "project_folder": "project", "my_compute_target": "local"}
        self.write("project/train.py", PROJECT_SCRIPT.format(log_list=LOG_LIST))
        for block in (CREATE_EXPERIMENT, CURATED_ENVIRONMENT):
            self.run_block(block, names)
        self.assertEqual(names["myenv"].name, "AzureML-Minimal")
        self.run_block(OWN_ENVIRONMENT, names)
        # The tutorial calls the same object by two names.
        create, rename = SCRIPT_RUN_CONFIG.split("# Set compute target")
        self.run_block(create, names)
        names["script_run_config"] = names["src"]
        self.run_block(rename, names)

        printed = self.run_block(SUBMIT, names)
        run = names["run"]
        run.download_file(name="outputs/my_output_file", output_file_path="my_destination_path")

        header = f"RunId: {run.id}\nWeb View: {run.get_portal_url()}\n"
        self.assertTrue(printed.startswith(header), printed)
        title = "\nStreaming azureml-logs/70_driver_log.txt\n" + "=" * 40 + "\n\narg1 is none\n"
        self.assertIn(title, printed)
        self.assertIn(f"\nExecution Summary\n=================\n{header}", printed)
        for phase in ("Preparing", "Queued", "Running", "Finalizing", "Completed"):
            self.assertRegex(printed, rf"\[ +\d+\.\d s\] {phase}: \w")
        self.assertEqual(run.get_metrics(), {"my metric name": list(range(10))})
        with open("my_destination_path", encoding="utf-8") as file:
            self.assertEqual(file.read(), "kept")

    def test_the_first_experiment_tutorials_control_script(self):
        self.write("src/train.py", "print('never reached')\n")
        names: dict = {"__name__": "__main__"}
        self.run_block(COMPUTE.replace("gpucluster", "cpu-cluster"), names)

        printed = self.run_block(CONTROL_SCRIPT, names)
        run = names["run"]
        # Building this environment downloads PyTorch: that it was found is what counts here.
        run.cancel()
        run.wait_for_completion()

        self.assertEqual(printed, f"{run.get_portal_url()}\n")
        definition = run.get_details()["runDefinition"]
        self.assertEqual((definition["script"], definition["target"]), ("train.py", "cpu-cluster"))
        self.assertEqual(definition["environment"]["name"], "AzureML-PyTorch-1.6-CPU")
        self.assertEqual(run.get_status(), "Canceled")

    def test_logging_a_loss_in_the_training_loop(self):
        script = "from azureml.core import Run\nfor loss in (2.19, 1.82, 1.66):\n" + textwrap.indent(
            LOG_IN_LOOP, "    "
        )

        run = self.submit(script)
        run.wait_for_completion()

        self.assertEqual(run.get_metrics(), {"loss": [2.19, 1.82, 1.66]})

    def test_creating_a_cluster_if_it_is_missing(self):
        # Other tests make one of the block's own name.
        block = COMPUTE.replace("gpucluster", "not-there-yet")
        first = self.run_block(block, {})
        names: dict = {}
        second = self.run_block(block, names)

        self.assertEqual(
            first,
            "Creating a new compute target...\nCreating...\nSucceeded\nAmlCompute wait for completion finished\n\n"
            "Minimum number of nodes requested have been provisioned\n",
        )
        self.assertEqual(second, "Found existing compute target\n")
        self.assertEqual(type(names["compute_target"]).__name__, "AmlCompute")

    def test_registering_and_downloading_what_a_run_kept(self):
        run = self.submit(
            "import os\nos.makedirs('outputs', exist_ok=True)\nopen('outputs/model.pt', 'w').write('m')\n"
        )
        run.wait_for_completion()
        names = {"run": run, "os": os}

        self.run_block(REGISTER_AND_DOWNLOAD, names)

        self.assertEqual((names["model"].name, names["model"].run_id), ("pt-dnn", run.id))
        with open("model/model.pt", encoding="utf-8") as file:
            self.assertEqual(file.read(), "m")


if __name__ == "__main__":
    unittest.main()
