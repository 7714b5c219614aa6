"""From what people pass as `path` to a data source of a job spec (src/core/job-spec.ts)."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from trainyard.data.data_files import (
    check_address,
    check_datastore,
    download_address,
    fetched,
    files_of_path,
    folder_before_pattern,
    is_pattern,
    name_of_address,
    paths_in_datastore,
)
from trainyard.data.data_reference import DataPath, DataReference
from trainyard.data.datastore import Datastore
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
    elif isinstance(path, (DataPath, DataReference)) and isinstance(path.datastore, Datastore):
        return [(path.datastore, path.path_on_datastore or "")]
    elif isinstance(path, Datastore):
        return [(path, "")]
    elif isinstance(path, (str, os.PathLike)):
        if _is_address(os.fspath(path)) and "*" in path:
            raise UserErrorException(
                f"{path!r} has a wildcard, and no list of what lies behind an address can be had. Name each file, or "
                "register the store as a datastore and give (datastore, 'path/*')."
            )
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

    with tempfile.TemporaryDirectory() as folder:
        return snapshot_source(files_of_places(places, folder), workspace)


def snapshot_source(files: dict, workspace) -> dict:
    """The source of files by `path inside -> local path`, once they are sent."""
    from trainyard.code.snapshot import snapshot_of_files, upload_snapshot

    return {"kind": "snapshot", "id": upload_snapshot(workspace._connection, snapshot_of_files(files))}


def files_of_places(places: list, folder: str) -> dict:
    """
    `path inside -> local path` of every file. What is not on this machine is fetched below `folder`. Files of several
    places are named by their paths below the deepest folder that the places of one store have in common.

    Raises DatasetValidationError for a place without files, UserErrorException where two files have one name.
    """
    if len(places) == 1:
        base, files = _files_of(*places[0], folder)
        return {_below(name, base): local for name, local in files.items()}
    by_store: dict = {}
    addresses: dict = {}
    for at, (datastore, path) in enumerate(places):
        if datastore is None and _is_address(path):
            bare = path.partition("?")[0]
            if addresses.setdefault(bare, path) != path:
                raise UserErrorException(f"Two of the addresses differ only behind {bare}. Make two data sets.")
        store = datastore.name if datastore is not None else "http" if _is_address(path) else ""
        by_store.setdefault(store, {}).update(_files_of(datastore, path, os.path.join(folder, str(at)))[1])
    found: dict = {}
    for files in by_store.values():
        base = os.path.commonpath([os.path.dirname(name) for name in files]) if files else ""
        for name, local in files.items():
            if found.setdefault(_below(name, base), local) != local:
                raise UserErrorException(
                    f"Two of the files are both named {_below(name, base)!r}. Rename one, or make two data sets."
                )
    return found


def check_places(places: list) -> None:
    """Raises DatasetValidationError for a place that has no file, or that cannot be reached."""
    for datastore, path in places:
        if datastore is not None:
            check_datastore(datastore, path)
        elif _is_address(path):
            check_address(path)
        elif _single_source(None, path) is None and (is_pattern(path) or not os.path.exists(path)):
            local_files_of(path)


def workspace_of_places(places: list):
    """The workspace that the first datastore among them is in; None when there is no datastore."""
    return next((datastore.workspace for datastore, _ in places if datastore is not None), None)


def folder_of_pattern(path: str) -> str | None:
    """The folder that `folder/**` and the like mean; None for a pattern that chooses among its files."""
    bare = re.sub(r"(/\*\*)?/\*{1,2}\Z|\A\*\*(/\*)?\Z|\A\*\Z", "", path)
    return None if is_pattern(bare) else bare


def _single_source(datastore, path: str) -> dict | None:
    if datastore is not None:
        folder = folder_of_pattern(path)
        name = {"kind": "datastore", "datastore": datastore.name}
        return None if folder is None else {**name, "path": folder.strip("/")}
    uri = _DATASTORE_URI.match(path)
    if uri:
        return {"kind": "datastore", "datastore": uri.group(1), "path": uri.group(2).strip("/")}
    if _is_address(path):
        return {"kind": "uri", "uri": path}
    if re.match(r"[a-z][a-z0-9+.-]+://", path):
        raise UserErrorException(
            f"{path!r} cannot be fetched: only http and https addresses are. Register its store as a datastore and "
            "give (datastore, 'path')."
        )
    return None


def _files_of(datastore, path: str, folder: str) -> tuple:
    """`(base, path of the whole -> local path)` of one place."""
    if datastore is not None:
        base, names = paths_in_datastore(datastore, path)
        return base, fetched(datastore, names, folder)
    if not _is_address(path):
        return local_files_of(path)
    parts = urlsplit(path)
    name = f"{parts.netloc}{parts.path.rpartition('/')[0]}/{name_of_address(path)}"
    target = os.path.join(folder, name_of_address(path))
    download_address(path, target)
    return os.path.dirname(name), {name: target}


def local_files_of(path: str) -> tuple:
    """
    `(base, absolute path -> the same)` of a local file, of those below a folder, or of those that match a pattern.
    """
    if not is_pattern(path):
        files = {os.path.abspath(local): local for local in files_of_path(path).values()}
        return os.path.abspath(path if os.path.isdir(path) else os.path.dirname(path) or "."), files
    import glob

    found = {os.path.abspath(one): one for one in glob.glob(path, recursive=True) if os.path.isfile(one)}
    if not found:
        raise DatasetValidationError(f"No file matches {path!r}. The current folder is {os.getcwd()!r}.")
    return os.path.abspath(folder_before_pattern(path.replace(os.sep, "/")) or "."), found


def _below(name: str, base: str) -> str:
    return name[len(base) :].replace(os.sep, "/").lstrip("/")


def _is_address(path: str) -> bool:
    return re.match(r"https?://", path) is not None
