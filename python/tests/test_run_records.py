"""What a run without a job, and an experiment, keep of what they are told."""

import unittest

from live import LiveTest

from azureml.core import Experiment, Run
from azureml.core.run import get_run
from azureml.exceptions import ActivityFailedException, UserErrorException


class RunRecords(LiveTest):
    def setUp(self):
        super().setUp()
        self.experiment = Experiment(self.workspace(), f"records-{self.id().rpartition('.')[2][:60]}")

    def test_an_interactive_run_has_a_number_a_name_and_a_description(self):
        first = self.experiment.start_logging(name="first words")
        second = self.experiment.start_logging(display_name="second")
        second.description = "what it is"
        second.display_name = "renamed"

        self.assertEqual((first.number, second.number), (1, 2))
        self.assertEqual((first.name, second.name, second.display_name), ("first words", "renamed", "renamed"))
        self.assertEqual(second.description, "what it is")
        self.assertNotEqual(second.get_details()["submittedBy"], "")
        self.assertEqual(get_run(self.experiment, second.id).name, "renamed")
        first.complete()
        second.complete()

    def test_a_property_does_not_change(self):
        run = self.experiment.start_logging()
        run.add_properties({"origin": "here"})
        run.add_properties({"origin": "here", "other": 1})
        with self.assertRaisesRegex(UserErrorException, "has the property 'origin' already, as 'here'"):
            run.add_properties({"origin": "there"})

        self.assertEqual(run.get_properties(), {"origin": "here", "other": "1"})
        found = [one.id for one in self.experiment.get_runs(properties={"origin": "here"})]
        self.assertEqual(found, [run.id])
        self.assertEqual(list(Run.list(self.experiment, properties={"origin": "there"})), [])
        run.complete()

    def test_a_property_does_not_change_inside_a_job(self):
        script = (
            "from azureml.core import Run\nfrom azureml.exceptions import UserErrorException\n"
            "run = Run.get_context()\nrun.add_properties({'origin': 'here'})\n"
            "try:\n    run.add_properties({'origin': 'there'})\nexcept UserErrorException as error:\n"
            "    print(error.message)\nrun.display_name = 'named inside'\nprint(run.display_name, run.name)\n"
        )
        run = self.submit(script, experiment=self.experiment.name)
        run.wait_for_completion()

        log = run.get_details_with_logs()["logFiles"]["azureml-logs/70_driver_log.txt"]
        self.assertIn("The run has the property 'origin' already", log)
        self.assertIn("named inside named inside", log)
        self.assertEqual(run.properties["origin"], "here")

    def test_a_job_whose_script_says_that_it_failed_has_failed(self):
        run = self.submit("from azureml.core import Run\nRun.get_context().fail('no data', error_code='NoData')")
        with self.assertRaisesRegex(ActivityFailedException, "no data"):
            run.wait_for_completion()
        by_hand = self.experiment.start_logging()
        by_hand.fail("no more", "Empty")

        self.assertEqual(run.status, "Failed")
        for one, words in ((run, ("NoData", "no data")), (by_hand, ("Empty", "no more"))):
            error = one.get_details()["error"]["error"]
            self.assertEqual((error["code"], error["message"]), words)

    def test_uploaded_files_are_told_where_that_is_asked(self):
        self.write("a.txt", "a")
        with self.experiment.start_logging() as run:
            told = run.upload_files(["x/a.txt"], ["a.txt"], return_artifacts=True)
            self.assertIsNone(run.upload_files(["b.txt"], ["a.txt"]))

        self.assertEqual(told, [{"path": "x/a.txt"}])
        self.assertEqual(run.get_file_names(), ["b.txt", "x/a.txt"])

    def test_what_mlflow_logs_as_params_is_read(self):
        run = self.experiment.start_logging()
        body = {"run_id": run.id, "key": "depth", "value": "3"}
        run.experiment.workspace._connection.post("/api/2.0/mlflow/runs/log-parameter", body)

        self.assertEqual(run.get_details()["parameters"], {"depth": "3"})
        run.complete()

    def test_metrics_of_children_of_a_type(self):
        run = self.experiment.start_logging()
        with run.child_run() as child:
            child.log("loss", 1)

        self.assertEqual(run.get_metrics(recursive=True), {"loss": 1})
        self.assertEqual(run.get_metrics(recursive=True, run_type="hyperdrive"), {})
        run.complete()

    def test_an_archived_experiment_gets_no_runs_until_it_is_shown_again(self):
        self.experiment.start_logging().complete()
        self.experiment.archive()
        with self.assertRaisesRegex(UserErrorException, "is archived.*reactivate"):
            self.experiment.start_logging()
        with self.assertRaisesRegex(UserErrorException, "is archived.*reactivate"):
            self.submit("print('never')", experiment=self.experiment.name)
        self.experiment.reactivate()
        self.experiment.reactivate()

        self.experiment.start_logging().complete()
        self.assertEqual(len(list(self.experiment.get_runs())), 2)

    def test_an_experiment_is_deleted_only_while_it_has_no_runs(self):
        workspace = self.workspace()
        empty = Experiment(workspace, "records-empty")
        self.experiment.start_logging().complete()

        Experiment.delete(workspace, empty.id)
        with self.assertRaisesRegex(UserErrorException, "has runs"):
            Experiment.delete(workspace, self.experiment.id)

        names = [one.name for one in Experiment.list(workspace)]
        self.assertNotIn(empty.name, names)
        self.assertIn(self.experiment.name, names)


if __name__ == "__main__":
    unittest.main()
