"""From what people pass as `path` to a data source of a job spec (src/core/job-spec.ts)."""

from __future__ import annotations

import os
import re

from trainyard.data_files import download_address, files_in_datastore, matching_files, name_of_address
from trainyard.data_reference import DataPath, DataReference
from trainyard.datastore import Datastore
from trainyard.errors import DatasetValidationError, UserErrorException

_DATASTORE_URI = re.compile(r"azureml:.*?datastores/([^/]+)/paths/?(.*)\Z")


def places_of(path: object) -> list:
    """
    `(datastore or None, path or address)` of one place or of a list of them: (datastore, 'path'), a DataPath, a
    DataReference, an address, a local path.
    """
    if isinstance(path, list):
        places = [place for one in path for place in places_of(one)]
        if not places:
            raise UserErrorException("The list of paths is empty.")
        return places
    if isinstance(path, tuple):
        if len(path) == 2 and isinstance(path[1], list):
            return [place for one in path[1] for place in places_of((path[0], one))]
        if len(path) == 2 and isinstance(path[0], Datastore) and isinstance(path[1], str):
            return [(path[0], path[1])]
    elif isinstance(path, (DataPath, DataReference)):
        return [(path.datastore, path.path_on_datastore or "")]
    elif isinstance(path, Datastore):
        return [(path, "")]
    elif isinstance(path, (str, os.PathLike)):
        return [(None, os.fspath(path))]
    raise UserErrorException(
        f"A path of type {type(path).__name__} is none that a data set can have. Expected (datastore, 'path'), an http "
        "or https address, a local path, or a list of these."
    )


def source_of(places: list, workspace) -> dict:
    """The one source that holds all the places; several become a snapshot, for which local files are sent."""
    if len(places) == 1:
        datastore, path = places[0]
        single = _single_source(datastore, path)
        if single is not None:
            return single
    import tempfile

    from trainyard.snapshot import snapshot_of_files, upload_snapshot

    with tempfile.TemporaryDirectory() as folder:
        files: dict = {}
        for datastore, path in places:
            for inside, local in _files_of(datastore, path, folder, workspace).items():
                if files.setdefault(inside, local) != local:
                    raise UserErrorException(
                        f"Two of the files are both named {inside!r}. Rename one, or make two data sets."
                    )
        return {"kind": "snapshot", "id": upload_snapshot(workspace._connection, snapshot_of_files(files))}


def workspace_of_places(places: list):
    """The workspace that the first datastore among them is in; None when there is no datastore."""
    return next((datastore.workspace for datastore, _ in places if datastore is not None), None)


def folder_of_pattern(path: str) -> str | None:
    """The folder that `folder/**` and the like mean; None for a pattern that chooses among its files."""
    bare = re.sub(r"(/\*\*)?/\*{1,2}\Z|\A\*\*(/\*)?\Z|\A\*\Z", "", path)
    return None if _is_pattern(bare) else bare


def _single_source(datastore, path: str) -> dict | None:
    if datastore is not None:
        folder = folder_of_pattern(path)
        name = {"kind": "datastore", "datastore": datastore.name}
        return None if folder is None else {**name, "path": folder.strip("/")}
    uri = _DATASTORE_URI.match(path)
    if uri:
        return {"kind": "datastore", "datastore": uri.group(1), "path": uri.group(2).strip("/")}
    if re.match(r"https?://", path):
        return {"kind": "uri", "uri": path}
    if re.match(r"[a-z][a-z0-9+.-]+://", path):
        raise UserErrorException(
            f"{path!r} cannot be fetched: only http and https addresses are. Register its store as a datastore and "
            "give (datastore, 'path')."
        )
    return None


def _files_of(datastore, path: str, folder: str, workspace) -> dict:
    if datastore is not None:
        if _is_pattern(path):
            return matching_files(datastore, path, folder)
        return files_in_datastore(datastore, path, folder)
    if re.match(r"https?://", path):
        target = os.path.join(folder, name_of_address(path))
        if os.path.exists(target):
            raise UserErrorException(f"Two of the addresses end in {name_of_address(path)!r}. Make two data sets.")
        download_address(path, target)
        return {name_of_address(path): target}
    return local_matches(path)


def local_matches(path: str) -> dict:
    """`path inside -> local path` of a local file, folder or pattern."""
    from trainyard.data_files import files_of_path

    if not _is_pattern(path):
        return files_of_path(path)
    import glob

    found = {os.path.basename(one): one for one in glob.glob(path, recursive=True) if os.path.isfile(one)}
    if not found:
        raise DatasetValidationError(f"No file matches {path!r}. The current folder is {os.getcwd()!r}.")
    return found


def _is_pattern(path: str) -> bool:
    return "*" in path or "?" in path
