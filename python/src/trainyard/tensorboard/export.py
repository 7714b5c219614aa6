"""Writes what runs logged as event files, so that TensorBoard shows it."""

from __future__ import annotations

import os

from trainyard.errors import UserErrorException
from trainyard.runs.metrics import read_points
from trainyard.server.endpoints import api
from trainyard.tensorboard.events import EventFile

_LARGEST_FLOAT = 3.4028234663852886e38


def export_to_tensorboard(run_data, logsdir: str, logger=None, recursive: bool = True) -> None:
    """
    Write one folder of events for each run below `logsdir`: every series of numbers, by its steps, or by its index
    where none were logged. Other kinds of metrics are left out.

    `run_data` is a Run, an Experiment or a list of them; `recursive` adds the children of runs, in folders below.
    """
    for one in run_data if isinstance(run_data, (list, tuple)) else [run_data]:
        if hasattr(one, "get_runs"):
            for run in one.get_runs():
                _export(run, logsdir, logger, recursive)
        elif hasattr(one, "get_children"):
            _export(one, logsdir, logger, recursive)
        else:
            raise UserErrorException(
                f"export_to_tensorboard got a {type(one).__name__}; expected a Run, an Experiment or a list of them."
            )


def _export(run, logsdir: str, logger, recursive: bool) -> None:
    folder = os.path.join(logsdir, run.id)
    os.makedirs(folder, exist_ok=True)
    count = _write_series(run, folder)
    if logger is not None:
        logger.info("%s: %d points written to %s", run.id, count, folder)
    for child in run.get_children() if recursive else []:
        _export(child, folder, logger, recursive)


def _write_series(run, folder: str) -> int:
    connection = run.experiment.workspace._connection
    record = connection.get(api("runs", run.id))
    began = record["createdAt"] / 1000
    count = 0
    # The name is the same each time, so that exporting again replaces what was exported.
    with EventFile(os.path.join(folder, f"events.out.tfevents.{int(began)}.trainyard"), began) as events:
        for metric in record["metrics"]:
            if metric["kind"] != "scalar":
                continue
            for index, (value, step, at) in enumerate(read_points(connection, run.id, metric["name"])):
                if isinstance(value, str) or value is None:
                    continue
                events.scalar(metric["name"], _as_float(value), int(index if step is None else step), at / 1000)
                count += 1
    return count


def _as_float(value: float) -> float:
    """Within what 32 bits hold; what is larger becomes infinite, as NumPy makes it."""
    number = float(value)
    if abs(number) > _LARGEST_FLOAT:
        return float("inf") if number > 0 else float("-inf")
    return number
