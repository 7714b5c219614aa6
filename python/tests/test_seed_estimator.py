"""The tutorial of the PyTorch estimator from its first block to its last, with small pictures and no download."""

import contextlib
import io
import os
import unittest
import warnings

from live import LiveTest

IMPORTS = """\
import os
import shutil

from azureml.core.workspace import Workspace
from azureml.core import Experiment

from azureml.core.compute import ComputeTarget, AmlCompute
from azureml.core.compute_target import ComputeTargetException
from azureml.train.dnn import PyTorch
"""

WORKSPACE = """\
ws = Workspace.from_config()
"""

EXPERIMENT = """\
project_folder = './pytorch-birds'
os.makedirs(project_folder, exist_ok=True)

experiment_name = 'pytorch-birds'
experiment = Experiment(ws, name=experiment_name)
"""

COPY = """\
shutil.copy('pytorch_train.py', project_folder)
"""

COMPUTE = """\
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

ESTIMATOR = """\
script_params = {
    '--num_epochs': 30,
    '--output_dir': './outputs'
}

estimator = PyTorch(source_directory=project_folder,
                    script_params=script_params,
                    compute_target=compute_target,
                    entry_script='pytorch_train.py',
                    use_gpu=True,
                    pip_packages=['pillow==5.4.1'])
"""

SUBMIT = """\
run = experiment.submit(estimator)
run.wait_for_completion(show_output=True)
"""

REGISTER = """\
model = run.register_model(model_name='pt-dnn', model_path='outputs/')
"""

DOWNLOAD = """\
# Create a model folder in the current directory
os.makedirs('./model', exist_ok=True)

for f in run.get_file_names():
    if f.startswith('outputs/model'):
        output_file_path = os.path.join('./model', f.split('/')[-1])
        print('Downloading from {} to {} ...'.format(f, output_file_path))
        run.download_file(name=f, output_file_path=output_file_path)
"""

HOROVOD = """\
from azureml.train.dnn import PyTorch

estimator= PyTorch(source_directory=project_folder,
                      compute_target=compute_target,
                      script_params=script_params,
                      entry_script='script.py',
                      node_count=2,
                      process_count_per_node=1,
                      distributed_training=MpiConfiguration(),
                      framework_version='1.13',
                      use_gpu=True)
"""

# Birds of two kinds are small pictures, one reddish and one bluish, and the net is a single neuron.
TRAIN = """\
import argparse, json, math, os, random
from azureml.core.run import Run

parser = argparse.ArgumentParser()
parser.add_argument('--num_epochs', type=int, default=25)
parser.add_argument('--output_dir', type=str)
args = parser.parse_args()
run = Run.get_context()
run.log('lr', 0.5)

random.seed(1)

def picture(kind):
    red, blue = (180, 60) if kind else (60, 180)
    pixels = bytes(min(255, max(0, int(random.gauss(middle, 40)))) for _ in range(64) for middle in (red, 100, blue))
    return b'P6 8 8 255\\n' + pixels

os.makedirs('birds', exist_ok=True)
for number in range(40):
    with open(f'birds/{number % 2}-{number}.ppm', 'wb') as file:
        file.write(picture(number % 2))

def read(name):
    with open(os.path.join('birds', name), 'rb') as file:
        pixels = file.read().split(b'\\n', 1)[1]
    return [sum(pixels[channel::3]) / 64 / 255 for channel in range(3)], int(name[0])

data = [read(name) for name in sorted(os.listdir('birds'))]
weights, bias = [0.0, 0.0, 0.0], 0.0
best = 0.0
for epoch in range(args.num_epochs):
    right = 0
    for inputs, label in data:
        guess = 1 / (1 + math.exp(-(sum(w * x for w, x in zip(weights, inputs)) + bias)))
        right += (guess > 0.5) == bool(label)
        weights = [w + 0.5 * (label - guess) * x for w, x in zip(weights, inputs)]
        bias += 0.5 * (label - guess)
    best = max(best, right / len(data))
    run.log('best_val_acc', best)
os.makedirs(args.output_dir, exist_ok=True)
with open(os.path.join(args.output_dir, 'model.pt'), 'w') as file:
    json.dump({'weights': weights, 'bias': bias}, file)
print('Best val Acc: {:4f}'.format(best))
"""


class EstimatorTutorial(LiveTest):
    def run_block(self, block: str, names: dict) -> str:
        """What a block prints; its names are kept in `names`."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block, "a tutorial's block", "exec"), names)
        return printed.getvalue()

    def test_from_the_first_block_to_the_last(self):
        self.write("pytorch_train.py", TRAIN)
        names: dict = {"__name__": "__main__"}
        for block in (IMPORTS, WORKSPACE, EXPERIMENT, COPY, COMPUTE):
            self.run_block(block, names)
        # As it stands, which needs downloads of gigabytes; what it asks for is looked at, and not submitted.
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            self.run_block(ESTIMATOR, names)
        [warning] = [one for one in warned if issubclass(one.category, DeprecationWarning)]
        self.assertIn("ScriptRunConfig", str(warning.message))
        self.assertEqual(warning.filename, "a tutorial's block")
        estimator = names["estimator"]
        self.assertEqual(list(estimator.conda_dependencies.pip_packages)[-1], "pillow==5.4.1")
        self.assertIn("torch", list(estimator.conda_dependencies.pip_packages))
        self.assertEqual(estimator.run_config.target, "gpucluster")

        # The same without packages, which the script with its small pictures does not need.
        managed = ESTIMATOR.replace("pip_packages=['pillow==5.4.1']", "user_managed=True")
        self.run_block(managed, names)
        printed = self.run_block(SUBMIT, names)
        run = names["run"]

        self.assertIn("Best val Acc: 1.000000\n", printed)
        self.assertEqual(run.get_metrics("best_val_acc")["best_val_acc"][-1], 1)
        self.assertEqual(run.get_properties()["azureml.estimator"], "PyTorch")
        arguments = run.get_details()["runDefinition"]["arguments"]
        self.assertEqual(arguments, ["--num_epochs", "30", "--output_dir", "./outputs"])
        self.run_block(REGISTER, names)
        self.assertEqual((names["model"].name, names["model"].run_id), ("pt-dnn", run.id))
        downloaded = self.run_block(DOWNLOAD, names)
        self.assertEqual(downloaded, "Downloading from outputs/model.pt to ./model/model.pt ...\n")
        self.assertTrue(os.path.isfile("model/model.pt"))

    def test_horovod_is_one_mpi_job_of_two_nodes(self):
        from azureml.core.runconfig import MpiConfiguration

        # The tutorial's block uses this name without importing it.
        names: dict = {"MpiConfiguration": MpiConfiguration, "script_params": {"--a": ""}}
        names.update(project_folder="p", compute_target="gpucluster")
        self.run_block(HOROVOD, names)

        run_config = names["estimator"].run_config
        self.assertEqual(run_config.distribution()._to_wire(2), {"type": "mpi", "processCountPerInstance": 1})
        self.assertEqual((run_config.node_count, run_config.arguments), (2, ["--a"]))
        self.assertIn("torch==1.13", list(names["estimator"].conda_dependencies.pip_packages))


class Estimators(LiveTest):
    def test_what_contradicts_itself_is_refused_with_a_sentence(self):
        from azureml.exceptions import AzureMLException
        from azureml.train.dnn import TensorFlow
        from azureml.train.estimator import Estimator

        wrong = [
            (lambda: Estimator("src"), "no entry_script"),
            (lambda: Estimator("src", entry_script="a.py", node_count=2), "distributed_training"),
            (lambda: Estimator("src", entry_script="a.py", distributed_backend="grpc"), "'mpi', 'ps'"),
            (lambda: Estimator("src", entry_script="a.py", script_params=["--a"]), "Expected a dict"),
            (lambda: Estimator("src", entry_script="a.py", vm_size="STANDARD_NC6"), "Give compute_target"),
            (lambda: TensorFlow("src", entry_script="a.py", pip_requirements_file="no.txt"), "no file 'no.txt'"),
            (lambda: TensorFlow("src", entry_script="a.py", pip_package=["x"]), "pip_package"),
        ]
        for make, text in wrong:
            with self.subTest(text), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with self.assertRaisesRegex(AzureMLException, text):
                    make()

    def test_packages_come_from_files_and_arguments_together(self):
        from azureml.train.sklearn import SKLearn

        self.write("src/train.py", "")
        self.write(
            "src/requirements.txt", "# what it needs\n--extra-index-url https://example.org/simple\nnumpy==1.20\n"
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            estimator = SKLearn(
                "src",
                entry_script="train.py",
                framework_version="0.24",
                pip_requirements_file="requirements.txt",
                pip_packages=["numpy==1.21"],
                conda_packages=["graphviz"],
            )
        packages = estimator.conda_dependencies

        pip = list(packages.pip_packages)
        self.assertEqual([one for one in pip if "numpy" in one], ["numpy==1.21"])
        self.assertIn("scikit-learn==0.24", pip)
        self.assertEqual(list(packages.pip_options), ["--extra-index-url https://example.org/simple"])
        self.assertIn("graphviz", list(packages.conda_packages))

    def test_inputs_and_older_backends(self):
        from azureml.core import Dataset
        from azureml.train.dnn import Gloo, TensorFlow
        from azureml.train.estimator import Estimator

        self.write("data/a.txt", "from the store")
        self.write(
            "src/train.py",
            "import sys\nfrom azureml.core import Run\nrun = Run.get_context()\n"
            "print(open(run.input_datasets['texts'] + '/a.txt').read(), sys.argv[1:])\n",
        )
        store = self.workspace().get_default_datastore()
        store.upload("data", target_path="texts")
        named = Dataset.File.from_files((store, "texts")).as_named_input("texts").as_mount()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            estimator = Estimator(
                "src", entry_script="train.py", inputs=[named], script_params={"--on": ""}, user_managed=True
            )
            servers = TensorFlow("src", entry_script="train.py", node_count=1, distributed_backend="ps")
            spread = Estimator("src", entry_script="train.py", node_count=2, distributed_training=Gloo())
        from azureml.core import Experiment

        run = Experiment(self.workspace(), "estimators").submit(estimator)
        run.wait_for_completion()

        self.assertIn("from the store ['--on']", run.get_details_with_logs()["logFiles"]["user_logs/std_log.txt"])
        self.assertEqual(servers.run_config.distribution()._to_wire(1)["type"], "tensorflow")
        self.assertEqual(spread.run_config.distribution()._to_wire(2), {"type": "pytorch", "processCount": 2})


if __name__ == "__main__":
    unittest.main()
