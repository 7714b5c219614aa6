"""How long mlflow.log_metric of the real client takes: prints the median in milliseconds."""

import statistics
import sys
import time

import mlflow

calls = int(sys.argv[1])
mlflow.set_experiment("real client")
with mlflow.start_run():
    for step in range(20):
        mlflow.log_metric("warm", 0.5, step=step)
    times = []
    for step in range(calls):
        began = time.perf_counter()
        mlflow.log_metric("m", step / 7, step=step)
        times.append(time.perf_counter() - began)
print("median", statistics.median(times) * 1000)
