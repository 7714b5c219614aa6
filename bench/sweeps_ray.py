"""Ray Tune over the same command: python sweeps_ray.py <trials> <at once> <low> <high> <program> <argument>…

Each trial draws a number and runs the command with it as the last argument. Prints the seconds that all took together.
"""

import subprocess
import sys
import time

import ray
from ray import tune

trials, at_once = int(sys.argv[1]), int(sys.argv[2])
low, high = float(sys.argv[3]), float(sys.argv[4])
command = sys.argv[5:]


def trial(config):
    subprocess.run([*command, str(config["x"])], check=True)
    tune.report({"loss": config["x"]})


ray.init(num_cpus=at_once, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
tuner = tune.Tuner(
    tune.with_resources(trial, {"cpu": 1}),
    param_space={"x": tune.uniform(low, high)},
    tune_config=tune.TuneConfig(num_samples=trials, max_concurrent_trials=at_once, metric="loss", mode="min"),
    run_config=tune.RunConfig(verbose=0),
)
began = time.perf_counter()
tuner.fit()
print("seconds", time.perf_counter() - began)
