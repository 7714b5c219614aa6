"""Tags, properties, failures and uploaded files."""

import io
import os
import unittest

from support import JobTest

from azureml.exceptions import UserErrorException


class Facts(JobTest):
    def test_tags_are_set_and_removed_as_text(self):
        self.job_run.tag("kind", "cnn")
        self.job_run.tag("marked")
        self.job_run.set_tags({"epochs": 3})
        self.job_run.remove_tags(["kind"])
        self.job_run.remove_tags("marked")

        self.assertEqual(
            self.records(),
            [
                {"t": "g", "n": "kind", "v": "cnn"},
                {"t": "g", "n": "marked", "v": ""},
                {"t": "g", "n": "epochs", "v": "3"},
                {"t": "g", "n": "kind", "v": None},
                {"t": "g", "n": "marked", "v": None},
            ],
        )

    def test_properties_description_and_failure_are_recorded(self):
        self.job_run.add_properties({"author": "me"})
        self.job_run.description = "a try"
        self.job_run.fail()
        self.job_run.fail(ValueError("no data"), "NoData")

        self.assertEqual(
            self.records(),
            [
                {"t": "r", "n": "author", "v": "me"},
                {"t": "d", "v": "a try"},
                {"t": "e", "v": "The script called run.fail()."},
                {"t": "e", "v": "no data", "c": "NoData"},
            ],
        )

    def test_leaving_the_block_by_an_error_fails_the_run_and_passes_the_error_on(self):
        with self.assertRaises(KeyError):
            with self.job_run as run:
                run.log("loss", 1.0)
                raise KeyError("column")
        with self.assertRaises(SystemExit):
            with self.job_run:
                raise SystemExit(0)

        self.assertEqual([record["t"] for record in self.records()], ["m", "e"])
        self.assertEqual(self.records()[1]["v"], "KeyError: 'column'")

    def test_complete_and_flush_write_nothing(self):
        self.job_run.flush(timeout_seconds=5)
        self.job_run.complete()

        self.assertEqual(self.records(), [])


class Uploads(JobTest):
    def setUp(self):
        super().setUp()
        self.here = self.temporary_folder()

    def write(self, name: str, content: bytes) -> str:
        path = os.path.join(self.here, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def test_a_file_is_uploaded_as_it_was_at_the_call(self):
        content = os.urandom(3_000_000)
        path = self.write("model.pkl", content)

        self.job_run.upload_file("./outputs//model.pkl", path)
        with open(path, "r+b") as file:
            file.write(b"changed afterwards")

        self.assertEqual(self.staged(), {"outputs/model.pkl": content})

    def test_streams_of_bytes_and_of_text_are_uploaded(self):
        self.job_run.upload_file("a.bin", io.BytesIO(b"\x00\xff"))
        self.job_run.upload_file(name="b.txt", path_or_stream=io.StringIO("ü"))

        self.assertEqual(self.staged(), {"a.bin": b"\x00\xff", "b.txt": "ü".encode()})

    def test_an_empty_file_is_uploaded(self):
        self.job_run.upload_file("empty", self.write("empty", b""))

        self.assertEqual(self.staged(), {"empty": b""})

    def test_files_are_uploaded_in_pairs(self):
        paths = [self.write("a", b"1"), self.write("b", b"2")]

        self.job_run.upload_files(["x/a", "x/b"], paths)

        self.assertEqual(self.staged(), {"x/a": b"1", "x/b": b"2"})
        with self.assertRaisesRegex(UserErrorException, "1 names and 2 paths"):
            self.job_run.upload_files(["x/a"], paths)

    def test_a_folder_is_uploaded_with_its_tree(self):
        self.write("tree/a", b"1")
        self.write("tree/deep/er/b", b"2")

        self.job_run.upload_folder("copy/", os.path.join(self.here, "tree"))
        self.job_run.upload_folder("", os.path.join(self.here, "tree", "deep"))

        self.assertEqual(self.staged(), {"copy/a": b"1", "copy/deep/er/b": b"2", "er/b": b"2"})

    def test_a_name_that_is_no_relative_path_of_a_file_is_refused(self):
        path = self.write("a", b"1")
        for name in ("/etc/passwd", "../a", "x/../../a", "a\\b", "", ".", "outputs/", "a\nb", None, 5):
            refused = self.assertRaisesRegex(UserErrorException, "Expected a path relative to the run")
            with self.subTest(name=name), refused:
                self.job_run.upload_file(name, path)

        self.assertEqual(self.staged(), {})

    def test_a_missing_file_or_folder_is_named_in_the_error(self):
        with self.assertRaisesRegex(UserErrorException, "missing.pkl"):
            self.job_run.upload_file("model.pkl", "missing.pkl")
        with self.assertRaisesRegex(UserErrorException, "upload_folder"):
            self.job_run.upload_file("model", self.here)
        with self.assertRaisesRegex(UserErrorException, "no such folder"):
            self.job_run.upload_folder("x", os.path.join(self.here, "missing"))

    def test_a_stream_that_breaks_leaves_nothing_behind(self):
        class Broken:
            def read(self, size):
                raise OSError("gone")

        with self.assertRaisesRegex(OSError, "gone"):
            self.job_run.upload_file("a", Broken())

        self.assertEqual(os.listdir(os.path.join(self.folder, "files")), [])


if __name__ == "__main__":
    unittest.main()
