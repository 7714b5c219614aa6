"""
Nanoseconds of one run.log call over a million calls, against the plainest way to keep
the same line: an f-string, write and flush.

Usage: python3 python/bench/log_calls.py [calls]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time

CALLS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src"))


def main() -> None:
    values = [1.0 / (1 + index) for index in range(CALLS)]
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(TRAINYARD_RUN_FOLDER=folder, AZUREML_RUN_ID="bench")
        from azureml.core import Run

        run = Run.get_context()
        # Taken in turns, so that both see the same machine.
        ours, plain = [], []
        for _ in range(3):
            plain.append(_time_plain(os.path.join(folder, "plain.ndjson"), values))
            ours.append(_time_log(run, values))
        print(f"calls           {CALLS} (the best of 3 rounds)")
        print(f"run.log         {min(ours):8.0f} ns a call")
        print(f"write + flush   {min(plain):8.0f} ns a call")
        print(f"ratio           {min(ours) / min(plain):8.2f}")


def _time_log(run, values: list) -> float:
    began = time.perf_counter_ns()
    for value in values:
        run.log("loss", value)
    return (time.perf_counter_ns() - began) / len(values)


def _time_plain(path: str, values: list) -> float:
    with open(path, "a", encoding="utf-8") as file:
        began = time.perf_counter_ns()
        for value in values:
            file.write(f'{{"t":"m","n":"loss","v":{value!r},"at":{time.time_ns() // 1000000}}}\n')
            file.flush()
        return (time.perf_counter_ns() - began) / len(values)


if __name__ == "__main__":
    main()
