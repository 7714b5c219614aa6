"""The files behind a data source (src/core/job-spec.ts): finding them and fetching them to this machine."""

from __future__ import annotations

import os
import re

from trainyard.endpoints import api
from trainyard.errors import DatasetValidationError, UserErrorException

_CHUNK_BYTES = 1 << 20


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
        return _datastore_files(workspace, source["datastore"], source["path"])
    if kind == "uri":
        return _fetch_address(source["uri"], folder)
    if kind == "snapshot":
        return _fetch_snapshot(workspace._connection, source, folder)
    if kind == "local":
        return files_of_path(source["path"])
    raise UserErrorException(f"Data that comes from a {kind} source cannot be read from here. A job can read it.")


def files_of_path(path: str) -> dict:
    """`path inside -> local path` of a file or of a folder."""
    from trainyard.run_files import files_below

    if os.path.isfile(path):
        return {os.path.basename(path): path}
    if not os.path.isdir(path):
        raise DatasetValidationError(f"There is no file or folder {path!r}.")
    return dict(files_below(path))


def matching_files(workspace, datastore: str, pattern: str) -> dict:
    """`path below the first folder without wildcards -> local path` of a datastore's files that match."""
    base = pattern.split("*")[0].split("?")[0].rpartition("/")[0]
    expression = re.compile(_glob_expression(pattern))
    found = {
        inside: local
        for inside, local in _datastore_files(workspace, datastore, base).items()
        if expression.match(f"{base}/{inside}" if base else inside)
    }
    if not found:
        raise DatasetValidationError(f"No file in the datastore {datastore} matches {pattern!r}.")
    return found


def download_address(address: str, target: str) -> None:
    """Write what an http or https address gives to a local file; only a whole file appears."""
    import urllib.error
    import urllib.request

    os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
    part = f"{target}.{os.getpid()}.part"
    try:
        with urllib.request.urlopen(address, timeout=100) as response, open(part, "wb") as file:
            for chunk in iter(lambda: response.read(_CHUNK_BYTES), b""):
                file.write(chunk)
        os.replace(part, target)
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise DatasetValidationError(f"{address} cannot be fetched: {error}", error) from None
    finally:
        if os.path.exists(part):
            os.unlink(part)


def name_of_address(address: str) -> str:
    """The file name at the end of an address."""
    from urllib.parse import unquote, urlsplit

    return os.path.basename(unquote(urlsplit(address).path)) or "data"


def _datastore_files(workspace, name: str, path: str) -> dict:
    from trainyard.datastore import Datastore

    root = Datastore.get(workspace, name).local_root()
    place = os.path.join(root, *[part for part in path.split("/") if part])
    if not os.path.exists(place):
        raise DatasetValidationError(f"The datastore {name} has no file or folder {path!r}.")
    return files_of_path(place)


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
    from trainyard.run_files import same_bytes

    if os.path.isfile(target) and same_bytes(target, digest):
        return
    os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
    part = f"{target}.{os.getpid()}.part"
    with connection.stream(api("blobs", digest)) as response, open(part, "wb") as file:
        for chunk in iter(lambda: response.read(_CHUNK_BYTES), b""):
            file.write(chunk)
    if executable:
        os.chmod(part, 0o755)
    os.replace(part, target)


def _glob_expression(pattern: str) -> str:
    parts = pattern.strip("/").split("/")
    pieces = [r"(?:.+/)?" if part == "**" else _part_expression(part) + "/" for part in parts]
    expression = "".join(pieces)
    # A pattern that ends in ** takes every file below.
    return (expression[:-1] if expression.endswith("/") else expression + "[^/]+") + r"\Z"


def _part_expression(part: str) -> str:
    wild = {"*": "[^/]*", "?": "[^/]"}
    return "".join(wild.get(char) or re.escape(char) for char in part)
