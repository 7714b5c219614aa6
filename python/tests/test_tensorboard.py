"""Event files, copying logs while a run writes them, and the process that shows them."""

import glob
import io
import os
import struct
import sys
import unittest
import urllib.request
from contextlib import redirect_stdout
from unittest import mock

from live import LiveTest

from azureml.exceptions import UserErrorException
from azureml.tensorboard import Tensorboard
from azureml.tensorboard.export import export_to_tensorboard
from trainyard.tensorboard.events import crc32c

FAKE = """\
import argparse, http.server, os
parser = argparse.ArgumentParser()
for name in ("logdir", "host", "reload_interval"):
    parser.add_argument("--" + name)
parser.add_argument("--port", type=int)
given = parser.parse_args()
os.chdir(given.logdir)
http.server.HTTPServer((given.host, given.port), http.server.SimpleHTTPRequestHandler).serve_forever()
"""

WRITES = """\
import os, time
from azureml.core import Run
os.makedirs("logs/train", exist_ok=True)
with open("logs/train/events.1", "w") as file:
    file.write("first ")
    file.flush()
    Run.get_context().log("written", 1)
    while "go" not in Run.get_context().get_tags():
        time.sleep(0.2)
    file.write("second")
"""


def read_events(path: str) -> list:
    """The protocol buffers of an event file, once their checksums are found right."""
    with open(path, "rb") as file:
        data = file.read()
    events = []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        for part, given in ((data[:8], data[8:12]), (data[12 : 12 + length], data[12 + length : 16 + length])):
            crc = crc32c(part)
            turned = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
            assert struct.unpack("<I", given) == (turned,), path
        events.append(data[12 : 12 + length])
        data = data[16 + length :]
    return events


class Tensorboards(LiveTest):
    def test_the_checksum_is_castagnolis(self):
        self.assertEqual(crc32c(b"123456789"), 0xE3069283)

    def test_logs_are_shown_while_the_run_writes_them(self):
        self.write("packages/tensorboard/__init__.py", "")
        self.write("packages/tensorboard/main.py", FAKE)
        packages = os.path.join(self.folder, "packages")
        run = self.submit(WRITES)
        while not run.get_metrics() or not any(name.startswith("logs/") for name in run.get_file_names()):
            self.assertNotIn(run.get_status(), ("Failed", "Canceled"), run.get_details())
        found = mock.patch.object(sys, "path", [packages, *sys.path])
        with mock.patch.dict(os.environ, {"PYTHONPATH": packages}), found:
            board = Tensorboard([run], port=0)
            printed = io.StringIO()
            with redirect_stdout(printed):
                url = board.start()
        self.addCleanup(board.stop)
        address = f"{url}/{run.id}/train/events.1"

        self.assertEqual(printed.getvalue(), f"{url}\n")
        self.assertEqual(urllib.request.urlopen(address).read(), b"first ")
        run.tag("go", "on")
        run.wait_for_completion()
        board.sync()
        self.assertEqual(urllib.request.urlopen(address).read(), b"first second")
        board.stop()
        with self.assertRaises(OSError):
            urllib.request.urlopen(address)

    def test_without_the_package_it_says_what_to_install(self):
        absent = mock.patch("importlib.util.find_spec", lambda _: None)
        with mock.patch.dict(sys.modules, {"tensorboard": None}), absent:
            with self.assertRaisesRegex(UserErrorException, "pip install tensorboard"):
                Tensorboard([]).start()
        with self.assertRaisesRegex(UserErrorException, "got a str"):
            Tensorboard(["run"])

    def test_series_are_exported_by_their_steps(self):
        run = self.submit(
            "from azureml.core import Run\nrun = Run.get_context()\n"
            "for step in (10, 20):\n    run.log('loss', 0.5, step=step)\nrun.log('acc', 1)\nrun.log('acc', float('nan'))\n"
            "run.log_list('big', [1e300])\nrun.log_table('left out', {'a': [1]})\n"
        )
        run.wait_for_completion()

        export_to_tensorboard(run, "exported")
        [path] = glob.glob(f"exported/{run.id}/events.out.tfevents.*")
        version, *points = read_events(path)

        self.assertIn(b"brain.Event:2", version)
        found = {}
        for point in points:
            step, end = 0, 10  # behind the time, a double, and its tag, and behind the step's tag
            while True:
                step |= (point[end] & 0x7F) << 7 * (end - 10)
                end += 1
                if point[end - 1] < 0x80:
                    break
            name = point[end + 6 : -5].decode()
            found.setdefault(name, []).append((step, *struct.unpack("<f", point[-4:])))
        self.assertEqual(found["loss"], [(10, 0.5), (20, 0.5)])
        self.assertEqual((found["acc"][0], found["acc"][1][0]), ((0, 1.0), 1))
        self.assertNotEqual(found["acc"][1][1], found["acc"][1][1], "NaN stays NaN")
        self.assertEqual(found["big"], [(0, float("inf"))])
        self.assertNotIn("left out", found)


class MlflowNames(LiveTest):
    def test_a_page_and_a_model_of_an_mlflow_run(self):
        import azureml.mlflow

        run = self.submit("import os\nos.makedirs('outputs', exist_ok=True)\nopen('outputs/m.txt', 'w').write('m')\n")
        run.wait_for_completion()
        as_mlflow = mock.Mock(info=mock.Mock(run_id=run.id))

        self.assertEqual(azureml.mlflow.get_portal_url(as_mlflow), run.get_portal_url())
        model = azureml.mlflow.register_model(as_mlflow, "from-mlflow", "outputs/m.txt", tags={"a": "b"})
        self.assertEqual((model.name, model.run_id, model.tags), ("from-mlflow", run.id, {"a": "b"}))


if __name__ == "__main__":
    unittest.main()
