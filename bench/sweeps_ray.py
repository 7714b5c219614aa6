"""Ray Tune over the same command: python sweeps_ray.py <trials> <at once> <program> <argument>…; prints the seconds."""

import subprocess
import sys
import time

import ray
from ray import tune

trials, at_once = int(sys.argv[1]), int(sys.argv[2])
command = sys.argv[3:]


def trial(config):
    subprocess.run([*command, str(config["x"])], check=True)
    tune.report({"loss": (config["x"] - 1) ** 2})


ray.init(num_cpus=at_once, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
tuner = tune.Tuner(
    tune.with_resources(trial, {"cpu": 1}),
    param_space={"x": tune.uniform(-3, 3)},
    tune_config=tune.TuneConfig(num_samples=trials, max_concurrent_trials=at_once, metric="loss", mode="min"),
    run_config=tune.RunConfig(verbose=0),
)
began = time.perf_counter()
tuner.fit()
print("seconds", time.perf_counter() - began)
