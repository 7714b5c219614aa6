"""A real kernel runs a notebook as nbclient does: RunDetails lives on, and tables show as HTML."""

import importlib.util
import os
import sys
import unittest

from live import LiveTest
from support import SOURCES

CELLS = [
    """\
from azureml.core import Environment, Experiment, ScriptRunConfig, Workspace
from azureml.widgets import RunDetails
ws = Workspace.from_config()
experiment = Experiment(ws, "notebook")
experiment""",
    """\
own = Environment("own-python")
own.python.user_managed_dependencies = True
run = experiment.submit(ScriptRunConfig("src", "train.py", environment=own))
RunDetails(run).show(widget_settings={"refresh_seconds": 1})""",
    "run.wait_for_completion(show_output=False)['status']",
    "import time; time.sleep(3)",
    "run",
]
SCRIPT = "from azureml.core import Run\nfor step in range(50):\n    Run.get_context().log('loss', 1 / (1 + step))\n"


@unittest.skipUnless(
    importlib.util.find_spec("nbclient") and importlib.util.find_spec("ipykernel"),
    "a notebook needs nbclient and ipykernel: pip install nbclient ipykernel",
)
class Notebook(LiveTest):
    def test_it_runs_in_a_kernel_and_the_widget_follows_the_run(self):
        import nbformat
        from jupyter_client import KernelManager
        from nbclient import NotebookClient

        self.write("src/train.py", SCRIPT)
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS])
        kernel = KernelManager()
        kernel.kernel_spec.argv[0] = sys.executable
        client = NotebookClient(notebook, km=kernel, timeout=120, resources={"metadata": {"path": self.folder}})
        # The kernel is a process of its own: it finds the package where this one did.
        client.execute(env=dict(os.environ, PYTHONPATH=SOURCES))

        outputs = [cell["outputs"] for cell in client.nb.cells]
        self.assertIn("<table", outputs[0][0]["data"]["text/html"])
        [widget] = [one for one in outputs[1] if "application/aml.mini.widget.v1" in one.get("data", {})]
        # What was displayed while the run began has been brought up to date in its place.
        self.assertIn("Completed", widget["data"]["text/html"])
        self.assertIn("<svg", widget["data"]["text/html"])
        self.assertEqual(outputs[2][0]["data"]["text/plain"], "'Completed'")
        self.assertIn("Link to Trainyard Studio", outputs[4][0]["data"]["text/html"])


if __name__ == "__main__":
    unittest.main()
