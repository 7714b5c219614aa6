"""Where the files of a data set are, how they are named, and what a job finds of them."""

import functools
import os
import threading
import unittest
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from live import LiveTest

from azureml.core import Dataset, Datastore, Experiment, Model
from azureml.core.resource_configuration import ResourceConfiguration
from azureml.core.runconfig import PyTorchConfiguration
from azureml.data import OutputFileDatasetConfig
from azureml.exceptions import DatasetValidationError, ModelPathNotFoundException, UserErrorException


class Places(LiveTest):
    def setUp(self):
        super().setUp()
        self.store = self.workspace().get_default_datastore()
        self.place = f"places/{os.path.basename(self.folder)}"
        for name in ("2019/data.csv", "2020/data.csv", "2020/more.csv"):
            self.write(f"local/{name}", f"a\n{name}\n")
        self.store.upload("local", self.place, show_progress=False)

    def test_files_of_one_name_in_several_places_are_all_there(self):
        cases = {
            "paths": [(self.store, f"{self.place}/2019/data.csv"), (self.store, f"{self.place}/2020/data.csv")],
            "folders": [(self.store, f"{self.place}/2019"), (self.store, f"{self.place}/2020/data*")],
            "a local pattern": "local/**/data.csv",
            "local files": ["local/2019/data.csv", "local/2020/data.csv"],
        }
        for title, path in cases.items():
            with self.subTest(title):
                paths = Dataset.File.from_files(path).to_path()
                self.assertEqual(paths, ["/2019/data.csv", "/2020/data.csv"])

        one_folder = [(self.store, f"{self.place}/2020/data.csv"), (self.store, f"{self.place}/2020/more.csv")]
        self.assertEqual(Dataset.File.from_files(one_folder).to_path(), ["/data.csv", "/more.csv"])

    def test_chosen_files_keep_their_folders(self):
        files = Dataset.File.from_files((self.store, f"{self.place}/**"))

        self.assertEqual(files.take(2).to_path(), ["/2019/data.csv", "/2020/data.csv"])
        self.assertEqual(files.skip(2).to_path(), ["/2020/more.csv"])
        first, second = files.random_split(0.5, seed=1)
        self.assertEqual(sorted(first.to_path() + second.to_path()), files.to_path())
        registered = files.take(2).register(self.workspace(), f"chosen-{os.path.basename(self.folder)}")
        self.assertEqual(registered.to_path(), ["/2019/data.csv", "/2020/data.csv"])
        self.assertEqual(registered.skip(1).take(1).to_path(), ["/2020/data.csv"])

    def test_a_place_without_files_is_told_of_when_it_is_named(self):
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=self.folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        address = f"http://127.0.0.1:{server.server_port}/local/2019"
        for path in (
            (self.store, f"{self.place}/2021/**"),
            (self.store, f"{self.place}/none.csv"),
            "local/none.csv",
            f"{address}/none.csv",
        ):
            with self.subTest(path):
                for make in (Dataset.File.from_files, Dataset.Tabular.from_delimited_files):
                    with self.assertRaises(DatasetValidationError):
                        make(path)
                    make(path, validate=False)

        self.assertEqual(Dataset.File.from_files(f"{address}/data.csv").to_path(), ["/data.csv"])

    def test_an_address_has_no_wildcards(self):
        with self.assertRaisesRegex(UserErrorException, "has a wildcard.*register the store"):
            Dataset.Tabular.from_parquet_files("https://example.com/folder/*.parquet")

    def test_a_misspelled_argument_is_an_error(self):
        for make in (Dataset.Tabular.from_delimited_files, Dataset.Tabular.from_parquet_files, Dataset.File.from_files):
            with self.assertRaisesRegex(TypeError, "seperator"):
                make("local/2019/data.csv", seperator=";")

    def test_partitions_of_files_are_told_and_kept(self):
        files = Dataset.File.from_files((self.store, f"{self.place}/**"), partition_format="/{year}/{name}.csv")
        name = f"parts-{os.path.basename(self.folder)}"
        files.register(self.workspace(), name)
        again = Dataset.get_by_name(self.workspace(), name)

        for one in (files, again):
            self.assertEqual(one.partition_keys, ["year", "name"])
            self.assertEqual(one.get_partition_key_values(["year"]), [{"year": "2019"}, {"year": "2020"}])
            self.assertEqual(len(one.get_partition_key_values()), 3)
            self.assertEqual(one.take(1).get_partition_key_values(), [{"year": "2019", "name": "data"}])
        named = Dataset.File.from_files(
            (self.store, f"{self.place}/**"), partition_format=f"{self.place}/{{year}}/{{name}}.csv"
        )
        self.assertEqual(named.get_partition_key_values(), files.get_partition_key_values())
        elsewhere = Dataset.File.from_files((self.store, f"{self.place}/**"), partition_format="/x/y{year}/{name}.csv")
        with self.assertRaisesRegex(DatasetValidationError, "does not have the form of partition_format"):
            elsewhere.get_partition_key_values()
        with self.assertRaisesRegex(UserErrorException, "no partition key 'month'"):
            files.get_partition_key_values(["month"])
        with self.assertRaisesRegex(UserErrorException, "names no column"):
            Dataset.File.from_files((self.store, self.place), partition_format="/none/*.csv")
        other = Dataset.File.from_files((self.store, f"{self.place}/**"), partition_format="/{year}/{other}.csv")
        with self.assertRaisesRegex(UserErrorException, "another content"):
            other.register(self.workspace(), name)
        table = Dataset.Tabular.from_delimited_files((self.store, f"{self.place}/**"), partition_format="/{year}/*.csv")
        self.assertEqual(table.get_partition_key_values(), [{"year": "2019"}, {"year": "2020"}])

    def test_words_of_a_registered_version_change(self):
        files = Dataset.File.from_files((self.store, self.place))
        made = files.register(self.workspace(), f"words-{os.path.basename(self.folder)}", tags={"a": "1", "b": "2"})
        made.remove_tags(["a"])
        self.assertEqual(made.tags, {"b": "2"})
        made.update(description="new", tags={"c": 3})

        again = Dataset.get_by_id(self.workspace(), made.id)
        self.assertEqual((again.description, again.tags), ("new", {"c": "3"}))

    def test_how_many_files_were_downloaded(self):
        def download(**options):
            return self.store.download("got", prefix=self.place, show_progress=False, **options)

        self.assertEqual([download(), download(), download(overwrite=True)], [3, 0, 3])

    def test_a_store_that_is_part_of_every_workspace_stays(self):
        with self.assertRaisesRegex(UserErrorException, "cannot be deleted"):
            Datastore.get(self.workspace(), "workspaceblobstore").unregister()

    def test_times_by_their_older_names(self):
        table = Dataset.Tabular.from_delimited_files((self.store, f"{self.place}/2019/data.csv"))
        timed = table.with_timestamp_columns(fine_grain_timestamp="at", coarse_grain_timestamp="day")
        self.assertEqual(timed.timestamp_columns, ("at", "day"))

    def test_a_job_is_given_data_sets_themselves(self):
        script = (
            "import os, sys\nfrom azureml.core import Dataset, Run\nrun = Run.get_context()\n"
            "files = run.input_datasets['files']\nprint(type(files).__name__, files.to_path())\n"
            "by_id = Dataset.get_by_id(run.experiment.workspace, id=sys.argv[1])\n"
            "print(type(by_id).__name__, os.environ['files'] == sys.argv[1])\n"
            "table = Dataset.get_by_id(run.experiment.workspace, sys.argv[2])\n"
            "print(type(table).__name__, sorted(table._files()))\n"
        )
        files = Dataset.File.from_files((self.store, f"{self.place}/2020"))
        table = Dataset.Tabular.from_delimited_files((self.store, f"{self.place}/2019/data.csv"))
        run = self.submit(script, [files.as_named_input("files"), table.as_named_input("table")])
        run.wait_for_completion()

        log = run.get_details_with_logs()["logFiles"]["azureml-logs/70_driver_log.txt"]
        self.assertIn("FileDataset ['/data.csv', '/more.csv']\nFileDataset True\nTabularDataset ['data.csv']", log)

    def test_data_are_found_below_the_jobs_folder_where_that_is_asked(self):
        script = (
            "import os\nprint(sorted(os.listdir('in/files')), sorted(os.listdir('ref')))\n"
            "open('results/a.txt', 'w').write('a')\n"
        )
        files = Dataset.File.from_files((self.store, f"{self.place}/2020"))
        reference = self.store.path(f"{self.place}/2019").as_download("ref")
        results = self.store.path(f"{self.place}/results").as_upload("results")
        arguments = ["--files", files.as_mount("in/files"), reference, results, "two words"]
        run = self.submit(script, arguments)
        run.wait_for_completion()

        details = run.get_details_with_logs()
        self.assertIn("['data.csv', 'more.csv'] ['data.csv']", details["logFiles"]["azureml-logs/70_driver_log.txt"])
        definition = details["runDefinition"]
        self.assertEqual((definition["script"], definition["arguments"][-1]), ("train.py", "two words"))
        self.assertEqual(len(definition["arguments"]), 5)
        self.assertEqual(Dataset.File.from_files((self.store, f"{self.place}/results")).to_path(), ["/a.txt"])
        for _ in range(3):
            together = self.submit(
                "import os\nprint(os.listdir('in'), sorted(os.listdir('in/files')))\n",
                [files.as_mount("in/files")],
                distributed_job_config=PyTorchConfiguration(process_count=4),
            )
            together.wait_for_completion()
        log = together.get_details_with_logs()["logFiles"]["azureml-logs/70_driver_log.txt"]
        self.assertEqual(log.count("['files'] ['data.csv', 'more.csv']"), 4, log)
        for path, words in (("../out", "not below the job's folder"), ("train.py", "is a file or a folder of")):
            with self.subTest(path), self.assertRaisesRegex(UserErrorException, words):
                self.submit(script, [files.as_mount(path)])

    def test_what_a_registered_output_does_not_keep_is_said(self):
        with self.assertWarnsRegex(UserWarning, "'out' are not kept"):
            OutputFileDatasetConfig("out").register_on_complete("out", description="words")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments) -> None:
        """Tests print nothing."""


class Models(LiveTest):
    def test_a_model_keeps_what_is_said_of_it(self):
        workspace = self.workspace()
        store = workspace.get_default_datastore()
        self.write("data.csv", "a\n1\n")
        store.upload_files(["data.csv"], target_path="model-data", overwrite=True, show_progress=False)
        data = Dataset.File.from_files((store, "model-data")).register(workspace, "model-data")
        for name in ("kept.txt", "sub/kept.txt", "left.txt"):
            self.write(f"model/{name}", name)
        model = Model.register(
            workspace,
            "model",
            "with-words",
            child_paths=["kept.txt", "sub"],
            datasets=[(Dataset.Scenario.TRAINING, data)],
            sample_input_dataset=data,
            resource_configuration=ResourceConfiguration(cpu=1, memory_in_gb=0.5),
        )

        again = Model(workspace, "with-words")
        self.assertEqual([one.id for one in again.datasets["training"]], [data.id])
        self.assertEqual(again.sample_input_dataset.id, data.id)
        self.assertIsNone(again.sample_output_dataset)
        self.assertEqual(again.resource_configuration.memory_in_gb, 0.5)
        path = model.download("got")
        found = [os.path.relpath(os.path.join(top, name), path) for top, _, names in os.walk(path) for name in names]
        self.assertEqual(sorted(found), ["kept.txt", "sub/kept.txt"])
        with self.assertRaisesRegex(ModelPathNotFoundException, "'none.txt', which is not in 'model'"):
            Model.register(workspace, "model", "with-words", child_paths=["none.txt"])
        with self.assertRaisesRegex(TypeError, "descripton"):
            Model.register(workspace, "model", "with-words", descripton="x")

    def test_files_of_this_machine_do_not_become_those_of_a_job(self):
        run = self.submit("import os\nos.makedirs('outputs', exist_ok=True)\nopen('outputs/m.pkl', 'w').write('m')")
        run.wait_for_completion()
        self.write("mine.pkl", "mine")
        for path in ("mine.pkl", "./"):
            with self.subTest(path), self.assertRaisesRegex(ModelPathNotFoundException, "outputs/m.pkl"):
                run.register_model("not-mine", path)

        self.assertNotIn("mine.pkl", " ".join(run.get_file_names()))
        self.assertEqual(run.register_model("theirs", "outputs").run_id, run.id)

    def test_a_run_tells_the_same_of_its_model(self):
        with Experiment(self.workspace(), "python-tests").start_logging() as run:
            self.write("m.pkl", "m")
            run.upload_file("m.pkl", "m.pkl")
            model = run.register_model("run-words", "m.pkl", model_framework=Model.Framework.PYTORCH, description="d")
            with self.assertRaisesRegex(TypeError, "descripton"):
                run.register_model("run-words", "m.pkl", descripton="x")

        self.assertEqual((model.model_framework, model.description), ("PyTorch", "d"))


if __name__ == "__main__":
    unittest.main()
