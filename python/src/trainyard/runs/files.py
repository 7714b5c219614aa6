"""A run's artifacts: listing, downloading, uploading."""

from __future__ import annotations

import os

from trainyard.errors import ServiceException, UserErrorException
from trainyard.local_files import files_below, write_whole
from trainyard.nearest_name import did_you_mean
from trainyard.records.staging import check_artifact_path
from trainyard.server.endpoints import api


def list_artifacts(connection, run_id: str, prefix: str = "") -> list:
    """Every artifact below the prefix, by path, as the server describes it."""
    found, after = [], ""
    while after is not None:
        page = connection.get(api("runs", run_id, "artifacts"), prefix=prefix, after=after)
        found += page["artifacts"]
        after = page["next"]
    return found


def read_text(connection, run_id: str, path: str, start: int = 0) -> str:
    """A text artifact from byte `start` on."""
    with connection.stream(api("runs", run_id, "artifacts", "content"), path=path, start=start) as response:
        return response.read().decode("utf-8", "replace")


def download_artifact(connection, run_id: str, path: str, target: str) -> None:
    """
    Write an artifact to the local file `target`; folders are made. Only a whole file appears under that name.

    Raises UserErrorException, naming the nearest artifact, when the run has none of this path.
    """
    try:
        response = connection.stream(api("runs", run_id, "artifacts", "content"), path=path)
    except ServiceException as error:
        if error.status_code != 404:
            raise
        names = [artifact["path"] for artifact in list_artifacts(connection, run_id)]
        raise UserErrorException(
            f"The run {run_id} has no file {path!r}.{did_you_mean(path, names)} Its files: {_listed(names)}"
        ) from None
    with response:
        write_whole(response, target)


def upload_artifact(connection, run_id: str, name: str, path: str) -> dict:
    """Store a local file in a run. The same name with the same bytes changes nothing; else the newer bytes win."""
    artifact = check_artifact_path(name)
    path = os.fspath(path)
    if not os.path.isfile(path):
        what = "a folder; upload_folder takes one" if os.path.isdir(path) else "not there"
        raise UserErrorException(
            f"Cannot upload {path!r} as {artifact!r}: it is {what}. The current folder is {os.getcwd()!r}."
        )

    def open_file() -> tuple:
        return open(path, "rb"), os.path.getsize(path)

    return connection.call("PUT", api("runs", run_id, "artifacts"), {"path": artifact}, open_file)


def upload_bytes(connection, run_id: str, name: str, content: bytes) -> dict:
    """Store bytes in a run."""
    return connection.call("PUT", api("runs", run_id, "artifacts"), {"path": check_artifact_path(name)}, content)


def upload_outputs(run, folder: str, since: float) -> None:
    """Store a folder's files below its name, as far as they were written at this time (seconds) or later."""
    name = os.path.basename(os.path.normpath(folder))
    for inside, local in files_below(folder):
        # Some file systems keep times in whole seconds.
        if os.path.getmtime(local) >= int(since):
            run.upload_file(f"{name}/{inside}", local)


def _listed(names: list) -> str:
    shown = ", ".join(names[:20])
    return (shown + (f" and {len(names) - 20} more" if len(names) > 20 else "")) or "none yet"
