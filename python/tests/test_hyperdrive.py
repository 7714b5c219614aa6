"""Sweeps: what they are written as, and one from its submission to its best trial's arguments."""

import json
import unittest

from live import LiveTest

from azureml.core import Experiment, Run, ScriptRunConfig
from azureml.exceptions import UserErrorException
from azureml.train.estimator import Estimator
from azureml.train.hyperdrive import (
    BanditPolicy,
    BayesianParameterSampling,
    GridParameterSampling,
    HyperDriveConfig,
    HyperDriveRun,
    MedianStoppingPolicy,
    NoTerminationPolicy,
    PrimaryMetricGoal,
    RandomParameterSampling,
    TruncationSelectionPolicy,
    choice,
    lognormal,
    loguniform,
    normal,
    qlognormal,
    qloguniform,
    qnormal,
    quniform,
    randint,
    uniform,
)

SCRIPT = """\
import argparse
from azureml.core import Run
parser = argparse.ArgumentParser()
parser.add_argument("--rounds", type=int)
parser.add_argument("--learning-rate", type=float)
parser.add_argument("--kernel")
given = parser.parse_args()
run = Run.get_context()
for round in range(given.rounds):
    run.log("accuracy", given.learning_rate * (10 if given.kernel == "linear kernel" else 1) + round)
"""


class Sweeps(LiveTest):
    def config(self, sampling, **options) -> HyperDriveConfig:
        self.write("src/train.py", SCRIPT)
        trial = ScriptRunConfig("src", "train.py", ["--rounds", 2], environment=self.own_python())
        given = {
            "primary_metric_name": "accuracy",
            "primary_metric_goal": PrimaryMetricGoal.MAXIMIZE,
            "max_total_runs": 4,
            "max_concurrent_runs": 4,
            **options,
        }
        if "estimator" not in options:
            given["run_config"] = trial
        return HyperDriveConfig(hyperparameter_sampling=sampling, **given)

    def test_a_grid_of_four_trials_from_its_submission_to_the_best_trials_arguments(self):
        sampling = GridParameterSampling(
            {"--learning-rate": choice(0.25, 0.5), "kernel": choice(["linear kernel", "rbf"])}
        )
        config = self.config(sampling, policy=BanditPolicy(slack_factor=100.0, evaluation_interval=2))
        experiment = Experiment(self.workspace(), "grid")

        run = experiment.submit(config, tags={"asked": "by a test"})
        run.wait_for_completion()

        self.assertIsInstance(run, HyperDriveRun)
        self.assertEqual(
            (run.type, run.get_status(), run.get_tags()["asked"]), ("hyperdrive", "Completed", "by a test")
        )
        best = run.get_best_run_by_primary_metric()
        arguments = best.get_details()["runDefinition"]["arguments"]
        self.assertEqual(arguments, ["--rounds", "2", "--learning-rate", "0.5", "--kernel", "linear kernel"])
        self.assertEqual(best.get_metrics(), {"accuracy": [5, 6]})
        self.assertEqual((best.type, best.parent.id), ("azureml.scriptrun", run.id))
        self.assertEqual(json.loads(best.get_tags()["hyperparameters"])["learning-rate"], 0.5)

        self.assertRegex(run.id, r"^HD_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
        self.assertIn(best.id, [f"{run.id}_{number}" for number in range(4)])
        properties = run.get_details()["properties"]
        self.assertEqual((properties["best_child_run_id"], properties["best_metric_status"]), (best.id, "Succeeded"))
        tags = run.get_tags()
        self.assertEqual(json.loads(tags[best.id]), {"--learning-rate": 0.5, "--kernel": "linear kernel"})
        self.assertEqual(
            json.loads(tags["generator_config"]),
            {
                "name": "GRID",
                "parameter_space": {
                    "--learning-rate": ["choice", [[0.25, 0.5]]],
                    "--kernel": ["choice", [["linear kernel", "rbf"]]],
                },
            },
        )
        self.assertEqual(json.loads(tags["policy_config"])["properties"]["slack_factor"], 100.0)

        ranked = run.get_children_sorted_by_primary_metric()
        self.assertEqual([one["best_primary_metric"] for one in ranked], [6, 3.5, 1.5, 1.25])
        self.assertEqual(
            {**ranked[0], "hyperparameters": json.loads(ranked[0]["hyperparameters"])},
            {
                "run_id": best.id,
                "hyperparameters": {"--learning-rate": 0.5, "--kernel": "linear kernel"},
                "best_primary_metric": 6,
                "status": "Completed",
            },
        )
        worst = run.get_children_sorted_by_primary_metric(top=1, reverse=True)
        self.assertEqual([one["best_primary_metric"] for one in worst], [1.25])

        ids = [f"{run.id}_{number}" for number in range(4)]
        self.assertEqual(sorted(child.id for child in run.get_children()), ids)
        self.assertEqual(sorted(run.get_hyperparameters()), ids)
        self.assertEqual(run.get_metrics()[best.id], {"accuracy": [5, 6]})
        self.assertIn("4 trials: 4 completed, 0 failed", run.get_diagnostics())
        properties = run.get_details()["properties"]
        self.assertEqual(json.loads(properties["primary_metric_config"]), {"name": "accuracy", "goal": "maximize"})
        self.assertEqual((properties["runTemplate"], properties["best_child_run_id"]), ("HyperDrive", best.id))

        again = Run.get(self.workspace(), run.id)
        self.assertIsInstance(again, HyperDriveRun)
        self.assertEqual(HyperDriveRun(experiment, run.id).get_best_run_by_primary_metric().id, best.id)
        self.assertEqual([one.id for one in experiment.get_runs(type="hyperdrive")], [run.id])

    def test_an_estimator_is_swept_and_failed_trials_are_told(self):
        estimator = Estimator("src", entry_script="train.py", script_params={"--rounds": 1}, user_managed=True)
        sampling = GridParameterSampling({"learning-rate": choice(1), "kernel": choice("rbf", "other")})
        config = self.config(
            sampling,
            estimator=estimator,
            primary_metric_goal=PrimaryMetricGoal.MINIMIZE,
            max_total_runs=2,
            max_concurrent_runs=None,
        )

        self.write("src/train.py", SCRIPT.replace("range(given.rounds)", "range(int(1 / (given.kernel == 'rbf')))"))
        run = Experiment(self.workspace(), "sweeps").submit(config)
        run.wait_for_completion(raise_on_error=False)

        self.assertRegex(run.get_diagnostics(), r"(?s)1 completed, 1 failed.*_1 failed: .*ZeroDivisionError")
        with_all = run.get_children_sorted_by_primary_metric()
        without = run.get_children_sorted_by_primary_metric(discard_no_metric=True)
        self.assertEqual([one["status"] for one in with_all], ["Completed", "Failed"])
        self.assertEqual([one["run_id"] for one in without], [f"{run.id}_0"])

    def test_a_sweep_goes_on_from_an_earlier_one(self):
        experiment = Experiment(self.workspace(), "sweeps")
        better, worse = (
            RandomParameterSampling({"learning-rate": choice(rate), "kernel": choice("rbf")}) for rate in (2, 1)
        )
        first = experiment.submit(self.config(better, max_total_runs=1))
        first.wait_for_completion()

        second = experiment.submit(self.config(worse, max_total_runs=1, resume_from=first))
        second.wait_for_completion()

        self.assertEqual(second.get_properties()["resume_from"], first.id)
        self.assertEqual(second.get_best_run_by_primary_metric().id, f"{first.id}_0")
        own = second.get_best_run_by_primary_metric(include_resume_from_runs=False)
        self.assertEqual(own.id, f"{second.id}_0")

    def test_trials_are_resumed_first_with_what_they_have_kept(self):
        script = (
            "import argparse, os\nfrom azureml.core import Run\nparser = argparse.ArgumentParser()\n"
            "parser.add_argument('--lr', type=float)\nparser.add_argument('--resume-from')\n"
            "given = parser.parse_args()\nos.makedirs('outputs', exist_ok=True)\nrun = Run.get_context()\n"
            "kept = open(os.path.join(given.resume_from, 'lr')).read() if given.resume_from else 'nothing'\n"
            "run.log('went on from', kept)\nrun.log('accuracy', given.lr)\nopen('outputs/lr', 'w').write(str(given.lr))\n"
        )
        self.write("src/train.py", script)
        experiment = Experiment(self.workspace(), "resumed-trials")

        def submit(**options) -> HyperDriveRun:
            config = HyperDriveConfig(
                run_config=ScriptRunConfig("src", "train.py", environment=self.own_python()),
                hyperparameter_sampling=RandomParameterSampling({"lr": uniform(0, 1)}),
                primary_metric_name="accuracy",
                primary_metric_goal=PrimaryMetricGoal.MAXIMIZE,
                **options,
            )
            run = experiment.submit(config)
            run.wait_for_completion()
            return run

        first = submit(max_total_runs=2)
        child = first.get_best_run_by_primary_metric()
        second = submit(max_total_runs=3, resume_child_runs=[child])

        values = second.get_hyperparameters()
        self.assertEqual(values[f"{second.id}_0"], first.get_hyperparameters()[child.id])
        lr = json.loads(values[f"{second.id}_0"])["--lr"]
        metrics = second.get_metrics()
        told = [metrics[f"{second.id}_{number}"]["went on from"] for number in range(3)]
        self.assertEqual(told, [str(lr), "nothing", "nothing"])
        arguments = [one.get_details()["runDefinition"]["arguments"] for one in second.get_children()]
        self.assertEqual(["--resume-from" in one for one in arguments], [False, False, True])
        with self.assertRaisesRegex(UserErrorException, "which is no trial of a sweep"):
            submit(max_total_runs=3, resume_child_runs=first)
        with self.assertRaisesRegex(UserErrorException, "names 2 runs, and max_total_runs is 1"):
            submit(max_total_runs=1, resume_child_runs=[child, child])

    def test_a_commands_parameters_follow_it_and_data_reaches_every_trial(self):
        from azureml.core import Dataset

        self.write("data/a.txt", "7")
        self.write(
            "src/train.sh",
            "python -c 'import sys; from azureml.core import Run; "
            'Run.get_context().log("m", float(open(sys.argv[1] + "/a.txt").read()) + float(sys.argv[3]))\' "$@"\n',
        )
        store = self.workspace().get_default_datastore()
        store.upload("data", target_path="swept", show_progress=False)
        data = Dataset.File.from_files((store, "swept")).as_named_input("numbers").as_mount()
        trial = ScriptRunConfig("src", command=["bash", "train.sh", data], environment=self.own_python())
        config = HyperDriveConfig(
            GridParameterSampling({"x": choice(1, 2)}), "m", PrimaryMetricGoal.MINIMIZE, 2, run_config=trial
        )

        run = Experiment(self.workspace(), "sweeps").submit(config)
        run.wait_for_completion()

        scores = [one["best_primary_metric"] for one in run.get_children_sorted_by_primary_metric()]
        self.assertEqual(scores, [8, 9])

    def test_every_expression_and_policy_is_taken_by_the_server(self):
        space = {
            "a": choice(range(3)),
            "b": randint(5),
            "c": uniform(0, 1),
            "d": quniform(0, 10, 2),
            "e": loguniform(-3, -1),
            "f": qloguniform(1, 2, 0.5),
            "g": normal(0, 1),
            "h": qnormal(0, 3, 1),
            "i": lognormal(0, 1),
            "j": qlognormal(0, 1, 0.1),
        }
        small = {"x": quniform(0, 10, 1), "y": choice("one", 2, True)}
        policies = [
            NoTerminationPolicy(),
            MedianStoppingPolicy(evaluation_interval=2, delay_evaluation=3),
            TruncationSelectionPolicy(truncation_percentage=20, exclude_finished_jobs=True),
            BanditPolicy(slack_amount=0.2),
        ]
        samplings = [
            RandomParameterSampling(space, properties={"seed": 7}),
            RandomParameterSampling(space, properties={"rule": "sobol"}),
            BayesianParameterSampling(small),
            RandomParameterSampling(small),
        ]
        experiment = Experiment(self.workspace(), "sweeps")
        for sampling, policy in zip(samplings, policies):
            config = self.config(sampling, policy=policy, max_total_runs=1, max_duration_minutes=5)
            config._trial.run_config.target = "none-yet"
            with self.assertRaisesRegex(UserErrorException, "none-yet") as caught:
                experiment.submit(config)
            # The compute is the only fault that the server finds.
            self.assertEqual(caught.exception.message.count("\n"), 1, caught.exception.message)

    def test_expressions_are_written_down_as_azureml_does(self):
        self.assertEqual(json.dumps(uniform(0.1, 1)), '["uniform", [0.1, 1]]')
        self.assertEqual(json.dumps(choice(1, "a")), '["choice", [[1, "a"]]]')
        self.assertEqual(choice(range(2)), choice([0, 1]))

    def test_what_cannot_be_swept_is_refused_with_a_sentence(self):
        wrong = [
            (lambda: GridParameterSampling({"a": uniform(0, 1)}), r"GridParameterSampling takes choice"),
            (lambda: BayesianParameterSampling({"a": normal(0, 1)}), "RandomParameterSampling takes every expression"),
            (lambda: RandomParameterSampling({"a": 0.1}), r"parameter_space\['a'\] is 0.1"),
            (lambda: RandomParameterSampling({"a b": choice(1)}), "'a b' cannot be a parameter's name"),
            (lambda: uniform(1, 0), "min_value must be below max_value"),
            (lambda: choice(), "no options"),
            (lambda: BanditPolicy(), "exactly one"),
            (lambda: self.config(RandomParameterSampling({"a": choice(1)}), max_total_runs=1001), "1 to 1000"),
            (lambda: self.config(RandomParameterSampling({"a": choice(1)}), primary_metric_goal="up"), "MAXIMIZE"),
            (lambda: self.config(RandomParameterSampling({"a": choice(1)}), estimator=3, run_config=4), "exactly one"),
        ]
        grid = GridParameterSampling({"a": choice(1)})
        wrong.append((lambda: self.config(grid, resume_from="earlier"), "tries every combination"))
        for make, text in wrong:
            with self.subTest(text), self.assertRaisesRegex(UserErrorException, text):
                make()


if __name__ == "__main__":
    unittest.main()
