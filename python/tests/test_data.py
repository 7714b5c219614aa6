"""Datastores, data sets and what jobs see of them."""

import contextlib
import importlib.util
import io
import os
import threading
import unittest
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from live import LiveTest

from azureml.core import Dataset, Datastore, Experiment, ScriptRunConfig
from azureml.core.runconfig import RunConfiguration
from azureml.data import OutputFileDatasetConfig
from azureml.data.data_reference import DataReference
from azureml.exceptions import UserErrorException

LIST_FOLDER = """\
import os, sys
from azureml.core import Run
for folder, _, names in os.walk(sys.argv[1]):
    for name in sorted(names):
        path = os.path.join(folder, name)
        print(os.path.relpath(path, sys.argv[1]), open(path).read())
print(sorted(Run.get_context().input_datasets), os.environ.get("mydata") == sys.argv[1])
"""


class Data(LiveTest):
    def log_of(self, run) -> str:
        run.wait_for_completion()
        return run.get_details_with_logs()["logFiles"]["user_logs/std_log.txt"]

    def test_uploaded_files_are_listed_skipped_and_downloaded(self):
        self.write("local/a.csv", "a")
        self.write("local/deep/b.csv", "b")
        store = self.workspace().get_default_datastore()
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            reference = store.upload("local", target_path="upload-test")
            store.upload("local", target_path="upload-test")
            count = store.download("got", prefix="upload-test", show_progress=False)

        self.assertIn(
            f"Uploaded {os.path.join('local', 'a.csv')}, 1 files out of an estimated total of 2\n", printed.getvalue()
        )
        self.assertIn("Uploaded 2 files\n", printed.getvalue())
        self.assertIn("Target already exists. Skipping upload for upload-test/a.csv", printed.getvalue())
        self.assertEqual(count, 2)
        self.assertEqual(reference.path_on_datastore, "upload-test")
        with open("got/upload-test/deep/b.csv", encoding="utf-8") as file:
            self.assertEqual(file.read(), "b")

    def test_a_data_set_has_a_name_with_spaces(self):
        workspace = self.workspace()
        self.write("local/x.txt", "x")
        Dataset.File.from_files("local/x.txt").register(workspace, "Diabetes data set")

        self.assertEqual(Dataset.get_by_name(workspace, "Diabetes data set").to_path(), ["/x.txt"])
        script = "import os, sys; print(os.listdir(sys.argv[1]))"
        log = self.log_of(self.submit(script, [Dataset.get_by_name(workspace, "Diabetes data set").as_mount()]))
        self.assertIn("['x.txt']", log)

    def test_datastores_are_registered_and_named(self):
        workspace = self.workspace()
        Datastore.register_azure_blob_container(workspace, "cloud", "container", "account", account_key="c2VjcmV0")
        cloud = Datastore.get(workspace, "cloud")

        self.assertEqual(
            (cloud.datastore_type, cloud.account_name, cloud.container_name), ("AzureBlob", "account", "container")
        )
        self.assertIn("cloud", workspace.datastores)
        self.assertEqual(workspace.get_default_datastore().name, "workspaceblobstore")
        secret = "c2VjcmV0"
        for told in (repr(cloud), str(vars(cloud)), str(vars(workspace.datastores["cloud"]))):
            self.assertNotIn(secret, told)
        with self.assertRaisesRegex(UserErrorException, "Did you mean 'cloud'"):
            Datastore(workspace, "clod")
        cloud.unregister()
        self.assertNotIn("cloud", workspace.datastores)

    def test_a_job_reads_a_file_dataset_by_mount_by_download_and_by_name(self):
        self.write("local/x.txt", "one")
        self.write("local/deep/y.txt", "two")
        store = self.workspace().get_default_datastore()
        dataset = Dataset.File.upload_directory("local", (store, "file-dataset"), show_progress=False)
        whole = Dataset.File.from_files(path=(store, "file-dataset/**"))
        for given in (dataset.as_mount(), whole.as_download(), dataset.as_named_input("mydata").as_mount()):
            with self.subTest(repr(given)):
                log = self.log_of(self.submit(LIST_FOLDER, [given]))

                self.assertIn("x.txt one\ndeep/y.txt two\n", log)
                if given.name:
                    self.assertIn("['mydata'] True", log)
        self.assertEqual(whole.to_path(), ["/deep/y.txt", "/x.txt"])

    def test_a_pattern_chooses_files(self):
        for name in ("a.csv", "b.txt", "deep/c.csv"):
            self.write(f"local/{name}", name)
        store = self.workspace().get_default_datastore()
        store.upload("local", "patterns", show_progress=False)

        self.assertEqual(Dataset.File.from_files((store, "patterns/*.csv")).to_path(), ["/a.csv"])
        self.assertEqual(Dataset.File.from_files((store, "patterns/**/*.csv")).to_path(), ["/a.csv", "/deep/c.csv"])
        log = self.log_of(self.submit(LIST_FOLDER, [Dataset.File.from_files((store, "patterns/**/*.csv")).as_mount()]))
        self.assertIn("a.csv a.csv\ndeep/c.csv deep/c.csv\n", log)

    def test_registered_data_sets_have_versions_and_are_found_by_name(self):
        workspace = self.workspace()
        self.write("local/a.csv", "x,y\n1,2\n")
        self.write("other/a.csv", "x,y\n3,4\n")
        store = workspace.get_default_datastore()
        store.upload("local", "registered/one", show_progress=False)
        store.upload("other", "registered/two", show_progress=False)
        first = Dataset.File.from_files((store, "registered/one"))
        second = Dataset.Tabular.from_delimited_files((store, "registered/two/a.csv"), separator=",")

        self.assertEqual(first.register(workspace, "table").version, 1)
        self.assertEqual(first.register(workspace, "table").version, 1, "the same content makes nothing new")
        with self.assertRaisesRegex(UserErrorException, "create_new_version=True"):
            second.register(workspace, "table")
        registered = second.register(workspace, "table", tags={"a": "b"}, create_new_version=True)

        self.assertEqual((registered.version, registered.tags), (2, {"a": "b"}))
        self.assertEqual(type(Dataset.get_by_name(workspace, "table")).__name__, "TabularDataset")
        self.assertEqual(type(Dataset.get_by_name(workspace, "table", version=1)).__name__, "FileDataset")
        self.assertEqual(workspace.datasets["table"].id, "table:2")
        with self.assertRaisesRegex(UserErrorException, "Did you mean 'table'"):
            Dataset.get_by_name(workspace, "tabel")

    def test_files_behind_addresses_reach_a_job(self):
        self.write("web/one.txt", "1")
        self.write("web/two.txt", "2")
        handler = partial(_Quiet, directory=os.path.join(self.folder, "web"))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        base = f"http://127.0.0.1:{server.server_address[1]}"
        dataset = Dataset.File.from_files([f"{base}/one.txt", f"{base}/two.txt"])

        log = self.log_of(self.submit(LIST_FOLDER, [dataset.as_named_input("mydata").as_mount()]))

        self.assertIn("one.txt 1\ntwo.txt 2\n", log)
        self.assertEqual(sorted(os.path.basename(path) for path in dataset.download("got")), ["one.txt", "two.txt"])
        with self.assertRaisesRegex(UserErrorException, "overwrite=True"):
            dataset.download("got")

    def test_data_references_become_paths(self):
        self.write("local/x.txt", "one")
        store = self.workspace().get_default_datastore()
        store.upload("local", "reference", show_progress=False)
        reference = DataReference(store, data_reference_name="mydata", path_on_datastore="reference").as_download()
        run_config = RunConfiguration()
        run_config.environment = self.own_python()
        run_config.data_references = {"mydata": reference}
        self.write("src/train.py", LIST_FOLDER)
        experiment = Experiment(self.workspace(), "python-tests")
        for arguments in ([str(reference)], [reference]):
            config = ScriptRunConfig("src", "train.py", arguments=arguments, run_config=run_config)

            self.assertIn("x.txt one\n", self.log_of(experiment.submit(config)))

    def test_an_output_is_written_to_its_datastore(self):
        store = self.workspace().get_default_datastore()
        output = OutputFileDatasetConfig("result", destination=(store, "results/{run-id}")).as_upload()
        script = "import os, sys\nopen(os.path.join(sys.argv[1], 'made.txt'), 'w').write('made')\n"

        run = self.submit(script, [output])
        run.wait_for_completion()

        store.download("got", prefix=f"results/{run.id}", show_progress=False)
        with open(f"got/results/{run.id}/made.txt", encoding="utf-8") as file:
            self.assertEqual(file.read(), "made")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments) -> None:
        """Tests print nothing."""


try:
    import pandas
except ImportError:
    pandas = None


@unittest.skipIf(pandas is None, "pandas is not installed")
class Tables(LiveTest):
    def test_a_table_is_read_here_and_in_a_job(self):
        self.write("local/a.csv", "x,y\n1,a\n2,b\n")
        self.write("local/b.csv", "x,y\n3,c\n")
        store = self.workspace().get_default_datastore()
        store.upload("local", "table", show_progress=False)
        table = Dataset.Tabular.from_delimited_files((store, "table/*.csv"))

        self.assertEqual(table.to_pandas_dataframe()["x"].tolist(), [1, 2, 3])
        self.assertEqual(table.skip(1).keep_columns("y").to_pandas_dataframe()["y"].tolist(), ["b", "c"])
        parts = [part.to_pandas_dataframe() for part in table.random_split(0.5, seed=1)]
        self.assertEqual(sum(map(len, parts)), 3)
        script = (
            "from azureml.core import Run\nframe = Run.get_context().input_datasets['mydata'].to_pandas_dataframe()\n"
            "Run.get_context().log('rows', len(frame))\n"
        )
        run = self.submit(script, [table.take(2).as_named_input("mydata")])
        run.wait_for_completion()
        self.assertEqual(run.get_metrics(), {"rows": 2})

    def test_lines_of_json_and_files_without_a_header(self):
        self.write("rows.jsonl", '{"a": 1}\n{"a": 2}\n')
        self.write("bare.csv", "1;2\n3;4\n")

        lines = Dataset.Tabular.from_json_lines_files("rows.jsonl").to_pandas_dataframe()
        bare = Dataset.Tabular.from_delimited_files("bare.csv", separator=";", header=False).to_pandas_dataframe()

        self.assertEqual(lines["a"].tolist(), [1, 2])
        self.assertEqual((list(bare.columns), bare["Column2"].tolist()), (["Column1", "Column2"], [2, 4]))

    def test_paths_become_columns_by_their_partition_format(self):
        from datetime import datetime

        from azureml.exceptions import DatasetValidationError, UserErrorException

        for kind, day in (("Accounts", "2019/01/31"), ("Sales", "2019/02/01")):
            self.write(f"local/{kind}/{day}/data.csv", "x\n1\n")
        store = self.workspace().get_default_datastore()
        store.upload("local", "parts", show_progress=False)

        def table(text: str, pattern: str = "parts/**"):
            return Dataset.Tabular.from_delimited_files((store, pattern), partition_format=text)

        parts = table("/{kind}/{day:yyyy/MM/dd}/data.csv").register(self.workspace(), "parts of a day")
        timed = parts.with_timestamp_columns(timestamp="x", partition_timestamp="day")
        self.assertEqual(timed.timestamp_columns, ("x", "day"))
        self.assertEqual(timed.drop_columns("x").timestamp_columns, (None, "day"))
        frame = parts.with_timestamp_columns(partition_timestamp="day").time_before(datetime(2019, 12, 1))
        frame = frame.to_pandas_dataframe()
        self.assertEqual(frame["kind"].tolist(), ["Accounts", "Sales"])
        self.assertEqual([str(day) for day in frame["day"]], ["2019-01-31 00:00:00", "2019-02-01 00:00:00"])
        self.assertEqual(table("{month:yyyy/MM}/{name}/*.csv").to_pandas_dataframe()["name"].tolist(), ["31", "01"])
        with self.assertRaisesRegex(DatasetValidationError, "01/31/data.csv.*does not have the form"):
            table("/{kind}/{day:yyyy/MM/dd}/data.csv", "parts/Accounts/**").to_pandas_dataframe()
        with self.assertRaisesRegex(UserErrorException, "names no column"):
            table("/a/b.csv")
        with self.assertRaisesRegex(UserErrorException, "names no year"):
            table("/{day:MM-dd}.csv")

    def test_columns_have_the_types_that_were_set(self):
        from azureml.data import DataType
        from azureml.exceptions import DatasetValidationError, UserErrorException

        self.write("t.csv", "zip,count,share,is,at,many\n007,1,0.5,yes,01.02.2019,1\n,x,1,no,2.2.19,\n")
        types = {
            "zip": DataType.to_string(),
            "count": DataType.to_long(),
            "share": DataType.to_float(),
            "is": DataType.to_bool(),
            "at": DataType.to_datetime(["%d.%m.%Y", "%d.%m.%y"]),
        }
        table = Dataset.Tabular.from_delimited_files("t.csv", set_column_types=types)

        frame = table.to_pandas_dataframe()
        self.assertEqual(frame["zip"].dropna().tolist(), ["007"])
        self.assertEqual((frame["count"].dropna().tolist(), frame["share"].tolist()), ([1], [0.5, 1.0]))
        self.assertEqual(frame["is"].tolist(), [True, False])
        self.assertEqual([str(one)[:10] for one in frame["at"]], ["2019-02-01", "2019-02-02"])
        with self.assertRaisesRegex(DatasetValidationError, "'x' in row 1 of 'count' is no long"):
            table.to_pandas_dataframe(on_error="fail")
        with self.assertRaisesRegex(UserErrorException, "is no DataType"):
            Dataset.Tabular.from_delimited_files("t.csv", set_column_types={"zip": str})
        unknown = Dataset.Tabular.from_delimited_files("t.csv", set_column_types={"zap": DataType.to_string()})
        with self.assertRaisesRegex(DatasetValidationError, "'zap'; the table has zip, count"):
            unknown.to_pandas_dataframe()

    @unittest.skipUnless(importlib.util.find_spec("pandas"), "a table is read by pandas: pip install pandas")
    def test_a_series_in_time_is_cut_by_times_with_and_without_a_zone(self):
        from datetime import datetime, timedelta, timezone

        from azureml.exceptions import DatasetTimestampMissingError

        now = datetime.now(timezone.utc).isoformat()
        self.write("local/t.csv", f"at,value,old\n2019-01-05T00:00:00+00:00,1,x\n2019-06-12T00:00:00Z,2,x\n{now},3,x\n")
        table = Dataset.Tabular.from_delimited_files("local/t.csv").with_timestamp_columns("at")

        def values(one) -> list:
            return one.to_pandas_dataframe()["value"].tolist()

        self.assertEqual(values(table.time_before(datetime(2019, 6, 1))), [1])
        self.assertEqual(values(table.time_after(datetime(2019, 6, 12, tzinfo=timezone.utc))), [2, 3])
        self.assertEqual(values(table.time_between(datetime(2019, 1, 5), datetime(2019, 6, 12))), [1, 2])
        self.assertEqual(values(table.time_recent(timedelta(days=1))), [3])
        self.assertEqual(values(table.drop_columns(["old", "never there"]).time_recent(timedelta(days=1))), [3])
        with self.assertRaisesRegex(DatasetTimestampMissingError, "with_timestamp_columns"):
            table.keep_columns("value").time_before(datetime(2019, 6, 1))


if __name__ == "__main__":
    unittest.main()
