"""RunDetails: what it prints, what HTML it makes, and that it goes on by itself in a notebook's kernel."""

import contextlib
import io
import json
import sys
import threading
import types
import unittest
import xml.etree.ElementTree as ElementTree
from unittest import mock

from live import LiveTest

from azureml.core import Experiment, ScriptRunConfig
from azureml.train.hyperdrive import GridParameterSampling, HyperDriveConfig, PrimaryMetricGoal, choice
from azureml.widgets import RunDetails

SCRIPT = """\
import sys
from azureml.core import Run
run = Run.get_context()
for step in range(1000):
    run.log("loss", 1 / (1 + step))
run.log("a < b & c", 2.5)
print("<script>alert(1)</script> the last words")
"""


class FakeKernel:
    """Stands for IPython in a notebook's kernel: keeps what is displayed."""

    def __init__(self) -> None:
        self.shown: list = []
        self.changed = threading.Event()

    def display(self, bundle: dict, raw: bool, display_id: bool):
        self.shown.append(bundle)
        return types.SimpleNamespace(update=self.update)

    def update(self, bundle: dict, raw: bool) -> None:
        self.shown.append(bundle)
        self.changed.set()

    def modules(self) -> dict:
        package = types.ModuleType("IPython")
        package.get_ipython = lambda: types.SimpleNamespace(kernel=self)
        display = types.ModuleType("IPython.display")
        display.display = self.display
        return {"IPython": package, "IPython.display": display}


class Widgets(LiveTest):
    def shown_text(self, run) -> str:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            RunDetails(run).show()
        return printed.getvalue()

    def test_outside_a_notebook_it_prints_state_metrics_and_log(self):
        run = self.submit(SCRIPT)
        run.wait_for_completion()

        text = self.shown_text(run)

        self.assertTrue(text.startswith(f"RunId: {run.id}\nWeb View: {run.get_portal_url()}\nCompleted"), text)
        self.assertIn("  loss: 0.001 (1000 points)\n", text)
        self.assertIn("the last words", text)
        self.assertEqual(repr(RunDetails(run)), "_UserRunWidget(widget_settings={})")

    def test_its_html_is_whole_and_nothing_of_the_run_can_break_out_of_it(self):
        run = self.submit(SCRIPT)
        run.wait_for_completion()

        html = RunDetails(run)._repr_html_()

        tree = ElementTree.fromstring(html)
        self.assertIsNone(tree.find(".//script"))
        self.assertIn("<script>alert(1)</script> the last words", tree.findtext(".//pre"))
        self.assertIn("a < b & c", [cell.text for cell in tree.iter("td")])
        [figure] = tree.iter("figure")
        self.assertEqual(figure.findtext("figcaption"), "loss")
        [line] = figure.iter("{http://www.w3.org/2000/svg}polyline")
        self.assertLessEqual(len(line.get("points").split()), 200)

    def test_a_failed_run_shows_its_error(self):
        run = self.submit("raise ValueError('no <luck>')")
        run.wait_for_completion(raise_on_error=False)

        self.assertIn("ValueError: no <luck>", self.shown_text(run))
        self.assertIn("no &lt;luck&gt;", RunDetails(run)._repr_html_())

    def test_a_sweep_shows_its_trials(self):
        self.write(
            "src/train.py", "import sys\nfrom azureml.core import Run\nRun.get_context().log('m', float(sys.argv[2]))"
        )
        trial = ScriptRunConfig("src", "train.py", environment=self.own_python())
        config = HyperDriveConfig(
            GridParameterSampling({"x": choice(0.5, 2)}),
            "m",
            PrimaryMetricGoal.MAXIMIZE,
            max_total_runs=2,
            run_config=trial,
        )
        run = Experiment(self.workspace(), "sweeps").submit(config)
        run.wait_for_completion()

        text, html = self.shown_text(run), RunDetails(run)._repr_html_()

        self.assertRegex(text, r"2 trials, the best first:\n +1 Completed +m 2  --x 2\n +0 Completed +m 0.5  --x 0.5\n")
        tree = ElementTree.fromstring(html)
        titles = [one.text for one in tree.iter("{http://www.w3.org/2000/svg}title")]
        self.assertIn("m of 2 trials", titles)
        self.assertIn("parameters of the trials", titles)
        self.assertEqual(repr(RunDetails(run)), "_HyperDriveWidget(widget_settings={})")

    def test_in_a_kernel_it_follows_the_run_to_its_end(self):
        run = self.submit("import os, time\nwhile not os.path.exists('go'):\n    time.sleep(0.1)\n")
        kernel = FakeKernel()
        with mock.patch.dict(sys.modules, kernel.modules()):
            RunDetails(run).show(widget_settings={"refresh_seconds": 1})
            [first] = kernel.shown
            run.cancel()
            run.wait_for_completion()
            while json.loads(kernel.shown[-1]["application/aml.mini.widget.v1"])["status"] != "Canceled":
                self.assertTrue(kernel.changed.wait(60), kernel.shown)
                kernel.changed.clear()

        self.assertEqual(first["text/plain"], "_UserRunWidget(widget_settings={'refresh_seconds': 1})")
        self.assertIn("Canceled", kernel.shown[-1]["text/html"])

    def test_a_run_that_only_prints_is_no_error(self):
        from azureml.core.run import _OfflineRun

        self.assertIn("Only runs on a server", self.shown_text(_OfflineRun()))


if __name__ == "__main__":
    unittest.main()
