"""What is shown of a run, read from the server in a few calls, whatever the length of its series."""

from __future__ import annotations

import time

from trainyard.runs.details import page_of
from trainyard.runs.facts import FINAL_STATES
from trainyard.runs.files import list_artifacts, read_text
from trainyard.runs.following import log_slot
from trainyard.server.endpoints import api

_MOST_POINTS = 200
_MOST_PLOTS = 24
_LOG_BYTES = 16_384
_LOG_LINES = 20
_USER_SLOT = 70


def read_view(run) -> dict:
    """
    `status`, `reason`, `phases` (with seconds), `metrics` (summaries), `plots`, `log`, and of a sweep `objective`,
    `counts` and `trials`. Times are milliseconds since the epoch.
    """
    connection = run.experiment.workspace._connection
    facts = run._facts(fresh=True)
    record = connection.get(api("runs", run.id))
    # What the machine did is Studio's to show: here it would hide what the code logged.
    metrics = [one for one in record["metrics"] if not one["name"].startswith("system/")]
    view = {
        "run_id": run.id,
        "experiment_name": run.experiment.name,
        "display_name": facts["displayName"] or run.id,
        "status": facts["state"],
        "ended": facts["state"] in FINAL_STATES,
        "reason": facts["reason"],
        "portal_url": page_of(connection, run.id),
        "seconds": _seconds(facts),
        "phases": [_phase(one) for one in facts["phases"]],
        "error": facts["error"]["error"].get("message", "") if facts["error"] else "",
        "warnings": [note["message"] for note in facts["notes"] if note["level"] == "warning"],
        "metrics": metrics,
        "plots": _plots(connection, run.id, metrics),
        "log": _log(connection, run.id),
    }
    sweep = (facts["spec"] or {}).get("sweep")
    if sweep:
        view.update(objective=sweep["objective"], counts=facts["trials"], trials=_trials(run, sweep))
    return view


def _seconds(facts: dict) -> float:
    began = facts["createdAt"]
    ended = facts["endedAt"]
    return max(0.0, (time.time() * 1000 if ended is None else ended) - began) / 1000


def _phase(phase: dict) -> dict:
    ended = time.time() * 1000 if phase["endedAt"] is None else phase["endedAt"]
    return {
        "state": phase["state"],
        "reason": phase["reason"],
        "seconds": max(0.0, ended - phase["startedAt"]) / 1000,
        "ended": phase["endedAt"] is not None,
    }


def _plots(connection, run_id: str, metrics: list) -> list:
    names = [one["name"] for one in metrics if one["kind"] == "scalar" and one["count"] > 1][:_MOST_PLOTS]
    if not names:
        return []
    body = {"most": _MOST_POINTS, "series": [{"run": run_id, "name": name} for name in names]}
    return connection.post(api("runs", "plots"), body)["plots"]


def _log(connection, run_id: str) -> dict | None:
    """The last lines of what the user's own code printed."""
    for prefix in ("azureml-logs/", "user_logs/"):
        for artifact in list_artifacts(connection, run_id, prefix):
            if (log_slot(artifact["path"]) or (0,))[0] != _USER_SLOT:
                continue
            text = read_text(connection, run_id, artifact["path"], max(0, artifact["sizeBytes"] - _LOG_BYTES))
            lines = text.rstrip("\n").split("\n")[-_LOG_LINES:]
            return {"name": artifact["path"], "text": "\n".join(line.split("\r")[-1] for line in lines)}
    return None


def _trials(run, sweep: dict) -> list:
    sign = -1 if sweep["objective"]["goal"] == "maximize" else 1
    trials = [
        {name: one[name] for name in ("number", "run", "parameters", "state", "outcome", "score")}
        for one in run._trials()
    ]
    return sorted(trials, key=lambda one: (one["score"] is None, sign * (one["score"] or 0), one["number"]))
