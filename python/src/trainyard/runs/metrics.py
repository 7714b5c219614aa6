"""Reading a run's metrics back, in the shapes that azureml's get_metrics has."""

from __future__ import annotations

from trainyard.server.endpoints import api

_PAGE = 100_000
_OF_THE_MACHINE = "system/"
"""What the agent measures; scripts that go through all metrics expect their own."""


def read_metrics(connection, run_id: str, name: str | None = None) -> dict:
    """
    Metric name to its value: of a series logged once the value, else the list in order; of a table a dict of column
    to list (to the value, for a single row); of an image its artifact's address; of a chart its dict. What the agent
    measured of the machine is read by its own name only.
    """
    run = connection.get(api("runs", run_id))
    wanted = [
        metric
        for metric in run["metrics"]
        if (not metric["name"].startswith(_OF_THE_MACHINE) if name is None else metric["name"] == name)
    ]
    return {metric["name"]: _read_one(connection, run_id, metric) for metric in wanted}


def merge_metrics(into: dict, more: dict) -> None:
    """Metrics of the same name become one list."""
    for name, value in more.items():
        into[name] = _as_list(into[name]) + _as_list(value) if name in into else value


def read_points(connection, run_id: str, name: str) -> list:
    """Every point of a metric in order: `(value, step or None, milliseconds since the epoch)`."""
    points, after = [], -1
    while after is not None:
        page = connection.get(api("runs", run_id, "metrics"), name=name, after=after, limit=_PAGE)
        values = map(_number, page["values"]) if page["kind"] == "scalar" else page["values"]
        points += zip(values, page["steps"], page["at"])
        after = page["next"]
    return points


def _read_one(connection, run_id: str, metric: dict) -> object:
    kind = metric["kind"]
    if kind == "scalar" and metric["count"] == 1:
        return _number(metric["last"])
    values = [value for value, _, _ in read_points(connection, run_id, metric["name"])]
    if kind == "table":
        return _columns(values)
    if kind == "image":
        values = [f"aml://artifactId/ExperimentRun/dcid.{run_id}/{path}" for path in values]
    return values[0] if len(values) == 1 else values


def _columns(rows: list) -> dict:
    names = {name: None for row in rows for name in row}
    if len(rows) == 1:
        return dict(rows[0])
    return {name: [row.get(name) for row in rows] for name in names}


def _number(value: object) -> object:
    return float(value) if isinstance(value, str) else value


def _as_list(value: object) -> list:
    return value if isinstance(value, list) else [value]
