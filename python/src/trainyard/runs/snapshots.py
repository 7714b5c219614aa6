"""The code behind a run: reading it back, and sending it for a run that logs from here."""

from __future__ import annotations

import os

from trainyard.errors import UserErrorException


def snapshot_id(run) -> str | None:
    """Of the code that was sent with the run; None when there was none."""
    facts = run._facts()
    code = (facts["spec"] or {}).get("code") or {}
    return code.get("id") or facts["properties"].get("ContentSnapshotId")


def restore_snapshot(run, wanted: str | None, path: str | None) -> str:
    """Write the code into a new folder below `path`, named after the snapshot; its path."""
    from trainyard.data.data_files import local_files

    found = wanted or snapshot_id(run)
    if not found:
        raise UserErrorException(f"The run {run.id} has no snapshot: it was started without code.")
    target = os.path.join(path or ".", found)
    os.makedirs(target, exist_ok=True)
    local_files(run.experiment.workspace, {"kind": "snapshot", "id": found}, target)
    return target


def take_run_snapshot(run, path: str) -> str:
    """Send a file or a folder; its id, which the run keeps as the property ContentSnapshotId."""
    from trainyard.code.snapshot import take_snapshot, upload_snapshot

    made = upload_snapshot(run._connection, take_snapshot(path))
    if run.get_properties().get("ContentSnapshotId") is None:
        run.add_properties({"ContentSnapshotId": made})
    return made
