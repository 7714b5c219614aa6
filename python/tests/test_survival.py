"""No acknowledged call is lost, and no call ends the training."""

import os
import signal
import subprocess
import sys
import threading
import unittest
from unittest import mock

from support import JobTest, captured

from trainyard.records import record_file


@unittest.skipUnless(hasattr(os, "fork"), "needs a POSIX system")
class Endings(JobTest):
    def test_os_exit_right_after_the_call_keeps_it(self):
        self.script("import os\nfor i in range(1000): run.log('i', i)\nos._exit(3)").wait()

        self.assertEqual([record["v"] for record in self.records()], list(range(1000)))

    def test_an_exception_keeps_what_was_logged_before_it(self):
        self.script("run.log('i', 1)\nraise SystemError", stderr=subprocess.DEVNULL).wait()

        self.assertEqual([record["v"] for record in self.records()], [1])

    def test_being_killed_in_the_loop_keeps_every_acknowledged_call(self):
        for number in (signal.SIGKILL, signal.SIGTERM):
            with self.subTest(number):
                series = f"until_{int(number)}"
                process = self.script(
                    "import os, itertools\n"
                    "for i in itertools.count():\n"
                    f"    run.log('{series}', i)\n"
                    "    os.write(1, b'%d\\n' % i)\n",
                    stdout=subprocess.PIPE,
                )
                acknowledged = [int(process.stdout.readline()) for _ in range(500)]
                process.send_signal(number)
                acknowledged += [int(line) for line in process.stdout]
                process.wait()
                process.stdout.close()

                logged = [record["v"] for record in self.records() if record["n"] == series]
                self.assertEqual(logged[: len(acknowledged)], acknowledged)
                self.assertLessEqual(len(logged), len(acknowledged) + 1)

    def test_a_forked_child_writes_its_own_file_and_both_keep_everything(self):
        self.script(
            "import os\n"
            "run.log('before', 1)\n"
            "children = []\n"
            "for child in range(4):\n"
            "    pid = os.fork()\n"
            "    if pid == 0:\n"
            "        for i in range(200): run.log(f'child_{child}', i)\n"
            "        os._exit(0)\n"
            "    children.append(pid)\n"
            "for i in range(200): run.log('parent', i)\n"
            "for pid in children: os.waitpid(pid, 0)\n"
        ).wait()

        names = sorted({tuple(sorted({r["n"] for r in records})) for records in self.record_files().values()})
        self.assertEqual(names, [("before", "parent"), ("child_0",), ("child_1",), ("child_2",), ("child_3",)])
        for name in ("parent", "child_0", "child_3"):
            self.assertEqual([r["v"] for r in self.records() if r["n"] == name], list(range(200)))

    def test_a_fork_while_another_thread_logs_does_not_hang_the_child(self):
        process = self.script(
            "import os, threading\n"
            "stop = threading.Event()\n"
            "def loop():\n"
            "    while not stop.is_set(): run.log('thread', 1)\n"
            "thread = threading.Thread(target=loop); thread.start()\n"
            "statuses = []\n"
            "for _ in range(50):\n"
            "    pid = os.fork()\n"
            "    if pid == 0:\n"
            "        run.log('child', 1)\n"
            "        os._exit(0)\n"
            "    statuses.append(os.waitpid(pid, 0)[1])\n"
            "stop.set(); thread.join()\n"
            "assert statuses == [0] * 50\n",
            stderr=subprocess.PIPE,  # newer Pythons warn about forking beside threads
        )
        process.communicate(timeout=60)

        self.assertEqual(process.returncode, 0)
        self.assertEqual(len([r for r in self.records() if r["n"] == "child"]), 50)

    def test_a_spawned_worker_that_was_given_the_run_logs_to_it(self):
        script = os.path.join(self.temporary_folder(), "spawn.py")
        with open(script, "w", encoding="utf-8") as file:
            file.write(
                "import multiprocessing\n"
                "from azureml.core import Run\n"
                "def work(run): run.log('worker', 1)\n"
                "if __name__ == '__main__':\n"
                "    worker = multiprocessing.get_context('spawn').Process(target=work, args=(Run.get_context(),))\n"
                "    worker.start(); worker.join(); assert worker.exitcode == 0\n"
            )
        self.script(f"import subprocess, sys\nsubprocess.run([sys.executable, {script!r}], check=True)").wait()

        self.assertEqual([record["n"] for record in self.records()], ["worker"])

    def test_a_signal_handler_may_log(self):
        self.script(
            "import os, signal\n"
            "signal.signal(signal.SIGALRM, lambda *_: run.log('alarm', 1))\n"
            "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\n"
            "for i in range(20000): run.log('i', i)\n"
            "signal.setitimer(signal.ITIMER_REAL, 0)\n"
        ).wait(timeout=60)

        self.assertEqual([r["v"] for r in self.records() if r["n"] == "i"], list(range(20000)))
        self.assertTrue([r for r in self.records() if r["n"] == "alarm"])


class Threads(JobTest):
    def test_threads_share_one_file_without_tearing_a_line(self):
        def work(number: int) -> None:
            for index in range(500):
                self.job_run.log(f"thread_{number}", index)
                self.job_run.log_list(f"list_{number}", [index] * 3)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        self.assertEqual(len(self.record_files()), 1)
        records = self.records()
        for number in range(8):
            self.assertEqual([r["v"] for r in records if r["n"] == f"thread_{number}"], list(range(500)))
        self.assertEqual(len(records), 8 * 500 * 4)


class NeverIntoTheTraining(JobTest):
    def test_a_wrong_argument_warns_once_for_its_kind_and_is_skipped(self):
        calls = [
            lambda: self.job_run.log(5, 1.0),
            lambda: self.job_run.log("", 1.0),
            lambda: self.job_run.log(["loss"], 1.0),
            lambda: self.job_run.log("n" * 1001, 1.0),
            lambda: self.job_run.log("note", "n" * 8_000_000),
            lambda: self.job_run.log("loss", None),
            lambda: self.job_run.log("loss", [1, 2]),
            lambda: self.job_run.log("loss", 1j),
            lambda: self.job_run.log_list("loss", 5),
            lambda: self.job_run.log_list("loss", "text"),
            lambda: self.job_run.log_table("table", [1]),
            lambda: self.job_run.log_row(5, a=1),
            lambda: self.job_run.set_tags(None),
            lambda: self.job_run.remove_tags(5),
            lambda: self.job_run.tag(None),
        ]
        with captured("stderr") as stderr:
            for call in calls * 2:
                call()

        warnings = stderr.getvalue().splitlines()
        self.assertEqual(len(warnings), len(set(warnings)))
        self.assertTrue(all(line.startswith("trainyard: warning: run.") for line in warnings))
        self.assertIn("log_list takes a list of numbers", stderr.getvalue())
        self.assertIn("one record can hold 8000000", stderr.getvalue())
        self.assertEqual(self.records(), [])

    def test_a_value_whose_conversion_breaks_is_skipped(self):
        class Many:
            def item(self):
                raise ValueError("only one element tensors can be converted")

            def __repr__(self):
                return "Many()"

        with captured("stderr") as stderr:
            self.job_run.log("loss", Many())
            self.job_run.log("loss", 1.0)

        self.assertIn("only one element", stderr.getvalue())
        self.assertEqual([record["v"] for record in self.records()], [1.0])

    def test_a_table_that_contains_itself_is_skipped(self):
        loop: list = []
        loop.append(loop)

        with captured("stderr") as stderr:
            self.job_run.log_row("table", cell=loop)

        self.assertIn("RecursionError", stderr.getvalue())

    def test_a_folder_that_cannot_be_written_warns_once_and_recovers(self):
        records = os.path.join(self.folder, "records")
        with open(records, "w", encoding="utf-8"):
            pass  # a file where the folder should be

        with captured("stderr") as stderr:
            for _ in range(3):
                self.job_run.log("loss", 1.0)
        os.unlink(records)
        self.job_run.log("loss", 2.0)

        self.assertEqual(len(stderr.getvalue().splitlines()), 1)
        self.assertIn(records, stderr.getvalue())
        self.assertEqual([record["v"] for record in self.records()], [2.0])

    def test_a_missing_or_closed_stderr_is_no_reason_to_raise(self):
        closed = open(os.devnull, "w", encoding="utf-8")
        closed.close()

        with captured("stdout") as stdout:
            for stderr, value in ((None, None), (closed, 1j)):
                with mock.patch.object(sys, "stderr", stderr):
                    self.job_run.log("loss", value)

        self.assertEqual(stdout.getvalue(), "")


class ShortWrites(JobTest):
    def test_a_short_write_is_continued(self):
        def write_three(fd: int, data) -> int:
            return os_write(fd, bytes(data)[:3])

        os_write = os.write
        with mock.patch.object(record_file.os, "write", write_three):
            self.job_run.log("loss", 0.5, step=1)

        self.assertEqual(self.records(), [{"t": "m", "n": "loss", "v": 0.5, "s": 1}])

    def test_after_a_disk_that_fills_up_in_a_line_the_next_line_goes_to_a_new_file(self):
        def fill_up(fd: int, data) -> int:
            if not torn:
                torn.append(fd)
                return os_write(fd, bytes(data)[:10])
            raise OSError(28, "No space left on device")

        os_write, torn = os.write, []
        with captured("stderr") as stderr, mock.patch.object(record_file.os, "write", fill_up):
            self.job_run.log("loss", 1.0)
            self.job_run.log("loss", 2.0)
        self.job_run.log("loss", 3.0)

        folder = os.path.join(self.folder, "records")
        contents = []
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                contents.append(file.read())
        self.assertEqual(len(stderr.getvalue().splitlines()), 1)
        self.assertEqual(sorted(len(content) for content in contents)[0], 10)
        self.assertEqual([content.count("\n") for content in contents if '"v":3.0' in content], [1])
        self.assertEqual(len(contents), 2)


if __name__ == "__main__":
    unittest.main()
