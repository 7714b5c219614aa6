"""The same folder is the same snapshot for every client; what is too large is refused with the way out."""

import json
import os
import tempfile
import unittest
from unittest import mock

from support import SOURCES

from trainyard.errors import SnapshotException
from trainyard.code.snapshot import take_snapshot

with open(os.path.join(SOURCES, "..", "..", "test", "vectors", "snapshot.json"), encoding="utf-8") as _file:
    VECTORS = json.load(_file)


class Snapshots(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def put(self, root, path, text):
        target = os.path.join(root, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w", encoding="utf-8") as file:
            file.write(text)
        return target

    def test_the_text_and_the_id_are_those_that_every_client_makes(self):
        for number, vector in enumerate(VECTORS["manifests"]):
            with self.subTest(vector["name"]):
                root = os.path.join(self.root, f"manifest-{number}")
                os.makedirs(root)
                for file in vector["files"]:
                    os.chmod(self.put(root, file["path"], file["text"]), 0o755 if file["executable"] else 0o644)
                for path in vector["emptyDirectories"]:
                    os.makedirs(os.path.join(root, path), exist_ok=True)

                snapshot = take_snapshot(root)

                self.assertEqual((snapshot.canonical, snapshot.id), (vector["canonical"], vector["id"]))

    def test_the_ignore_rules_are_those_of_every_client(self):
        for number, vector in enumerate(VECTORS["ignoreRules"]):
            with self.subTest(vector["name"]):
                root = os.path.join(self.root, f"rules-{number}")
                for path in vector["tree"]:
                    self.put(root, path, path)
                for path, text in vector["ignoreFiles"].items():
                    self.put(root, path, text)

                self.assertEqual([file["path"] for file in take_snapshot(root).files], vector["kept"])

    def test_a_folder_that_is_too_large_names_its_largest_parts_and_the_lines_that_leave_them_out(self):
        self.put(self.root, "train.py", "print()")
        self.put(self.root, "data/big.bin", "x" * 5000)

        with mock.patch.dict(os.environ, TRAINYARD_SNAPSHOT_MAX_BYTES="4000"):
            with self.assertRaisesRegex(SnapshotException, r"(?s)total snapshot size exceeds the limit.*/data/"):
                take_snapshot(self.root)

    def test_a_link_that_leads_nowhere_is_refused_by_name(self):
        os.symlink("nowhere", os.path.join(self.root, "link"))

        with self.assertRaisesRegex(SnapshotException, "link is a link that leads nowhere"):
            take_snapshot(self.root)

    def test_a_link_back_to_its_own_folder_is_left_out(self):
        self.put(self.root, "a.py", "")
        os.symlink(self.root, os.path.join(self.root, "again"))

        with mock.patch("sys.stderr"):
            self.assertEqual([file["path"] for file in take_snapshot(self.root).files], ["a.py"])


if __name__ == "__main__":
    unittest.main()
