"""The outputs of a run as a place that another run reads, under the name and the path that azureml gives it."""

from __future__ import annotations

import re

from trainyard.errors import UserErrorException

_PLACE = re.compile(r"ExperimentRun/dcid\.([^/]+)/(.+)\Z")


class ArtifactStore:
    """What runs have kept, as the datastore of a DataPath or a DataReference; jobs read it."""

    name = "workspaceartifactstore"

    def __init__(self, workspace) -> None:
        self.workspace = workspace

    def __repr__(self) -> str:
        return f"Datastore(name={self.name!r})"


def outputs_path(run):
    """The DataPath of what a run has written to ./outputs."""
    from trainyard.data.data_reference import DataPath

    return DataPath(ArtifactStore(run.experiment.workspace), f"ExperimentRun/dcid.{run.id}/outputs")


def wire_place(datastore, path: str) -> dict:
    """A place in a datastore, or in what a run has kept, as a job spec has it."""
    if not isinstance(datastore, ArtifactStore):
        return {"kind": "datastore", "datastore": datastore.name, "path": path}
    found = _PLACE.match(path)
    if found is None:
        raise UserErrorException(
            f"{path!r} is no place in {datastore.name}: expected ExperimentRun/dcid.<run id>/<path of a file or folder>."
        )
    return {"kind": "run", "run": found.group(1), "path": found.group(2)}
