"""The files behind a data source (src/core/job-spec.ts): finding them and fetching them to this machine."""

from __future__ import annotations

import os
import re

from trainyard.errors import DatasetValidationError, UserErrorException
from trainyard.server.endpoints import api


class TemporaryFolder:
    """A folder of its own, `name`, that goes when nobody has it any more."""

    def __init__(self) -> None:
        import shutil
        import tempfile
        import weakref

        self.name = tempfile.mkdtemp(prefix="trainyard-data-")
        weakref.finalize(self, shutil.rmtree, self.name, ignore_errors=True)


def local_files(workspace, source: dict, folder: str) -> dict:
    """
    `path inside -> local path` of every file of a source. What is not on this machine already is fetched below
    `folder`. Raises DatasetValidationError for what is not there.
    """
    kind = source["kind"]
    if kind == "datastore":
        from trainyard.data.datastore import Datastore

        return files_in_datastore(Datastore.get(workspace, source["datastore"]), source["path"], folder)
    if kind == "uri":
        return _fetch_address(source["uri"], folder)
    if kind == "snapshot":
        return _fetch_snapshot(workspace._connection, source, folder)
    if kind == "local":
        return files_of_path(source["path"])
    raise UserErrorException(f"Data that comes from a {kind} source cannot be read from here. A job can read it.")


def files_of_path(path: str) -> dict:
    """`path inside -> local path` of a file or of a folder."""
    from trainyard.local_files import files_below

    if os.path.isfile(path):
        return {os.path.basename(path): path}
    if not os.path.isdir(path):
        raise DatasetValidationError(f"There is no file or folder {path!r}.")
    return dict(files_below(path))


def files_in_datastore(datastore, path: str, folder: str) -> dict:
    """
    `path inside -> local path` of a datastore's file, of the files below its folder, or of those that match a pattern.
    """
    base, names = paths_in_datastore(datastore, path)
    return {name[len(base) + 1 :] if base else name: local for name, local in fetched(datastore, names, folder).items()}


def paths_in_datastore(datastore, path: str) -> tuple:
    """
    `(base, paths)`: the paths of a datastore's file, of those below its folder, or of those that match a pattern, and
    the folder in which that is looked for. Raises DatasetValidationError when there is none.
    """
    path = path.strip("/")
    names = sorted(_found_in(datastore, path))
    if not names:
        raise _nothing_in(datastore, path)
    if is_pattern(path):
        return folder_before_pattern(path), names
    return path.rpartition("/")[0] if names == [path] else path, names


def check_datastore(datastore, path: str) -> None:
    """Raises DatasetValidationError when there is no such file; the first that is found is enough."""
    path = path.strip("/")
    if next(_found_in(datastore, path), None) is None:
        raise _nothing_in(datastore, path)


def _found_in(datastore, path: str):
    from trainyard.data.datastore_files import find_paths

    if not is_pattern(path):
        return iter(find_paths(datastore, path))
    expression = re.compile(_glob_expression(path))
    return (name for name in find_paths(datastore, folder_before_pattern(path)) if expression.match(name))


def _nothing_in(datastore, path: str) -> DatasetValidationError:
    if is_pattern(path):
        return DatasetValidationError(f"No file in the datastore {datastore.name} matches {path!r}.")
    return DatasetValidationError(f"The datastore {datastore.name} has no file or folder {path!r}.")


def fetched(datastore, names: list, folder: str) -> dict:
    """`path in the datastore -> local path`; below `folder` for those that are not on this machine."""
    from trainyard.data.datastore_files import fetch, local_root

    root = local_root(datastore)
    if root is not None:
        return {name: os.path.join(root, *name.split("/")) for name in names}
    found = {name: os.path.join(folder, *name.split("/")) for name in names}
    for name, local in found.items():
        fetch(datastore, name, local)
    return found


def is_pattern(path: str) -> bool:
    """Whether it may mean several files by their names."""
    return "*" in path or "?" in path


def folder_before_pattern(path: str) -> str:
    """The folder above the first wildcard."""
    return re.split(r"[*?]", path, maxsplit=1)[0].rpartition("/")[0]


def download_address(address: str, target: str) -> None:
    """Write what an http or https address gives to a local file; only a whole file appears."""
    import urllib.error
    import urllib.request

    from trainyard.local_files import write_whole

    try:
        with urllib.request.urlopen(address, timeout=100) as response:
            write_whole(response, target)
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise DatasetValidationError(f"{address} cannot be fetched: {error}", error) from None


def check_address(address: str) -> None:
    """Raises DatasetValidationError when nothing can be had there."""
    import urllib.error
    import urllib.request

    try:
        urllib.request.urlopen(address, timeout=30).close()
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise DatasetValidationError(
            f"{address} cannot be fetched: {error}. validate=False makes the data set all the same.", error
        ) from None


def name_of_address(address: str) -> str:
    """The file name at the end of an address."""
    from urllib.parse import unquote, urlsplit

    return os.path.basename(unquote(urlsplit(address).path)) or "data"


def _fetch_address(address: str, folder: str) -> dict:
    name = name_of_address(address)
    target = os.path.join(folder, name)
    if not os.path.exists(target):
        download_address(address, target)
    return {name: target}


def _fetch_snapshot(connection, source: dict, folder: str) -> dict:
    manifest = connection.get(api("snapshots", source["id"]))
    found = {}
    for file in manifest["files"]:
        if source.get("file") not in (None, file["path"]):
            continue
        target = os.path.join(folder, *file["path"].split("/"))
        found[file["path"]] = target
        write_blob(connection, file["hash"], target, file["executable"])
    return found


def write_blob(connection, digest: str, target: str, executable: bool = False) -> None:
    """Write a stored blob to a local file; nothing is done where that has the bytes already."""
    from trainyard.local_files import same_bytes, write_whole

    if os.path.isfile(target) and same_bytes(target, digest):
        return
    with connection.stream(api("blobs", digest)) as response:
        write_whole(response, target)
    if executable:
        os.chmod(target, 0o755)


def _glob_expression(pattern: str) -> str:
    parts = pattern.strip("/").split("/")
    pieces = [r"(?:.+/)?" if part == "**" else _part_expression(part) + "/" for part in parts]
    expression = "".join(pieces)
    # A pattern that ends in ** takes every file below.
    return (expression[:-1] if expression.endswith("/") else expression + "[^/]+") + r"\Z"


def _part_expression(part: str) -> str:
    wild = {"*": "[^/]*", "?": "[^/]"}
    return "".join(wild.get(char) or re.escape(char) for char in part)
