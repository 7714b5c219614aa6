"""The files of a datastore: on this machine where its folder is here, else through the server, which has the secrets."""

from __future__ import annotations

import json
import os

from trainyard.errors import ServiceException, UserErrorException
from trainyard.local_files import copy_whole, walk_files, write_whole
from trainyard.server.endpoints import api


def local_root(datastore) -> str | None:
    """The folder of its files on this machine; None for a datastore that is elsewhere."""
    path = datastore._facts["settings"].get("path")
    return path if datastore._facts["type"] == "local_folder" and path and os.path.isdir(path) else None


def list_paths(datastore, folder: str = "") -> list:
    """The paths of the files below a folder, or of the file of that path, sorted."""
    return sorted(find_paths(datastore, folder))


def find_paths(datastore, folder: str = ""):
    """The same as they are found, one by one: who has seen enough need not wait for the rest."""
    folder = folder.strip("/")
    root = local_root(datastore)
    if root is not None:
        place = os.path.join(root, *folder.split("/")) if folder else root
        if os.path.isfile(place):
            yield folder
        for inside, _ in walk_files(place):
            yield f"{folder}/{inside}" if folder else inside
        return
    found = False
    with _told(), datastore.workspace._connection.stream(_path_of(datastore, "files"), folder=folder) as response:
        for line in response:
            found = True
            yield json.loads(line)["path"]
    # A store lists what lies below a folder; a file has nothing below it.
    if not found and folder and _is_file(datastore, folder):
        yield folder


def fetch(datastore, path: str, target: str) -> None:
    """Write a file of it to the local file `target`; only a whole file appears under that name."""
    root = local_root(datastore)
    if root is not None:
        return copy_whole(os.path.join(root, *path.split("/")), target)
    with _told(), datastore.workspace._connection.stream(_path_of(datastore, "content"), path=path) as response:
        write_whole(response, target)


def put(datastore, path: str, local: str, overwrite: bool) -> bool:
    """Write a local file into it; False where one was there and `overwrite` is not wanted."""
    root = local_root(datastore)
    if root is not None:
        place = os.path.join(root, *path.split("/"))
        if os.path.exists(place) and not overwrite:
            return False
        copy_whole(local, place)
        return True

    def open_file() -> tuple:
        return open(local, "rb"), os.path.getsize(local)

    query = {"path": path, "overwrite": overwrite}
    try:
        with _told():
            datastore.workspace._connection.call("PUT", _path_of(datastore, "content"), query, open_file)
    except UserErrorException as error:
        if getattr(error.inner_exception, "code", "") == "conflict":
            return False
        raise
    return True


def _is_file(datastore, path: str) -> bool:
    try:
        datastore.workspace._connection.stream(_path_of(datastore, "content"), path=path).close()
    except ServiceException as error:
        if error.status_code == 404:
            return False
        raise
    return True


def _path_of(datastore, what: str) -> str:
    return api("datastores", datastore.name, what)


class _told:
    """What the server refuses is the caller's to mend: a wrong path, a key that the store does not take."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        if isinstance(error, ServiceException) and error.status_code not in (0, 500):
            raise UserErrorException(error.message, error) from None
