"""What the server knows of a run: of its job when it has one, else of the bare record."""

from __future__ import annotations

import time

from trainyard.errors import ServiceException, UserErrorException
from trainyard.server.endpoints import api, is_missing, mlflow

FINAL_STATES = ("Completed", "Failed", "Canceled")


def read_run(connection, run_id: str) -> dict:
    """
    A job as the server describes it, or for a run without a job its record with the same keys as far as they apply
    (`kind` is then "tracked"). Raises UserErrorException when there is no such run.
    """
    try:
        return connection.get(api("jobs", run_id))
    except ServiceException as error:
        if not is_missing(error):
            raise
    try:
        run = connection.get(api("runs", run_id))
    except ServiceException as error:
        if is_missing(error):
            raise UserErrorException(f"There is no run {run_id!r} on {connection.url}.") from None
        raise
    tags = run["tags"]
    return {
        **run,
        "kind": "tracked",
        "name": run_id,
        "description": run["description"] or tags.get("mlflow.note.content", ""),
        "parent": tags.get("mlflow.parentRunId"),
        "startedAt": run["createdAt"],
        "spec": None,
        "error": _reported_error(run["properties"]),
        "reason": "",
        "notes": [],
        "phases": [],
        "createdBy": tags.get("mlflow.user") or run["createdBy"],
    }


def run_type(facts: dict) -> str | None:
    """azureml's word for the kind of a run; None for one without a job."""
    given = facts["properties"].get("azureml.runsource")
    return {"command": given or "azureml.scriptrun", "sweep": "hyperdrive"}.get(facts["kind"])


def create_tracked_run(connection, experiment_name: str, name: str | None, tags: dict) -> str:
    """A new run without a job, in the state Running; its id."""
    body = {
        "experiment_id": experiment_id(connection, experiment_name),
        "start_time": int(time.time() * 1000),
        "user_id": user_name(),
        "tags": [{"key": key, "value": str(value)} for key, value in tags.items()],
    }
    if name:
        body["run_name"] = name
    return connection.post(mlflow("runs/create"), body)["run"]["info"]["run_id"]


def end_tracked_run(connection, run_id: str, status: str) -> None:
    """Status is one of MLflow's: FINISHED, FAILED, KILLED, RUNNING."""
    body = {"run_id": run_id, "status": status}
    if status != "RUNNING":
        body["end_time"] = int(time.time() * 1000)
    connection.post(mlflow("runs/update"), body)


def experiment_id(connection, name: str) -> str:
    """Of the experiment, which is made if there is none."""
    try:
        return connection.get(mlflow("experiments/get-by-name"), experiment_name=name)["experiment"]["experiment_id"]
    except ServiceException as error:
        if not is_missing(error):
            raise
    try:
        return connection.post(mlflow("experiments/create"), {"name": name})["experiment_id"]
    except ServiceException as error:
        if error.code != "RESOURCE_ALREADY_EXISTS":
            raise
        # Somebody else made it in the same moment.
        return connection.get(mlflow("experiments/get-by-name"), experiment_name=name)["experiment"]["experiment_id"]


def user_name() -> str:
    """Who this process belongs to."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "user"


def list_tracked_runs(connection, experiment_ids: list) -> list:
    """Runs without a job, as dicts of `id`, `at` (ms), `tags`; newest first."""
    return [run for run in _search_runs(connection, experiment_ids) if not _is_job(run)]


def _is_job(run: dict) -> bool:
    return run["tags"].get("mlflow.source.type") == "JOB"


def _search_runs(connection, experiment_ids: list) -> list:
    found, token = [], None
    while True:
        body = {
            "experiment_ids": experiment_ids,
            "filter": "",
            "max_results": 1000,
            "order_by": ["attributes.start_time DESC"],
        }
        if token:
            body["page_token"] = token
        page = connection.post(mlflow("runs/search"), body)
        for run in page.get("runs", []):
            tags = {tag["key"]: tag["value"] for tag in run["data"].get("tags", [])}
            found.append({"id": run["info"]["run_id"], "at": run["info"]["start_time"], "tags": tags})
        token = page.get("next_page_token")
        if not token:
            return found


def list_jobs(connection, experiment_name: str, experiment_id: str) -> list:
    """An experiment's jobs as the server describes them, newest first; for a job those that its token reaches."""
    found, before = [], None
    while True:
        try:
            page = connection.get(api("jobs"), limit=1000, before=before, experiment=experiment_name)
        except ServiceException as error:
            if error.status_code != 403:
                raise
            runs = _search_runs(connection, [experiment_id])
            return [connection.get(api("jobs", run["id"])) for run in runs if _is_job(run)]
        found += page["jobs"]
        before = page["next"]
        if before is None:
            return found


def _reported_error(properties: dict) -> dict | None:
    said = properties.get("trainyard.reported_error")
    code = properties.get("trainyard.reported_error_code", "UserError")
    return {"error": {"code": code, "message": said, "details": []}} if said else None
