"""Freezes a folder, or one file, as it is now, and gives it to the server; only what the server lacks travels."""

from __future__ import annotations

import hashlib
import json
import os
import sys

from trainyard.code.ignore_rules import ignore_line_for, load_ignore_rules
from trainyard.errors import SnapshotException

DEFAULT_MAX_BYTES = 2 * 1024**3
DEFAULT_MAX_FILES = 100_000


class Snapshot:
    """A frozen tree: its `files` by path, its `id`, and where the bytes of each hash lie (`paths`)."""

    def __init__(self, files: list, empty_folders: list, paths: dict) -> None:
        self.files = sorted(files, key=lambda file: _utf16(file["path"]))
        self.empty_folders = sorted(empty_folders, key=_utf16)
        self.paths = paths
        self.canonical = canonical_manifest(self.files, self.empty_folders)
        self.id = hashlib.sha256(self.canonical.encode()).hexdigest()

    def manifest(self) -> dict:
        """As the server takes it."""
        return {"version": 1, "files": self.files, "emptyDirectories": self.empty_folders}


def canonical_manifest(files: list, empty_folders: list) -> str:
    """The text whose SHA-256 is the snapshot's id; the same bytes as src/core/snapshot.ts makes."""
    rows = [[file["path"], file["hash"], file["sizeBytes"], 1 if file["executable"] else 0] for file in files]
    manifest = {"version": 1, "files": rows, "emptyDirectories": empty_folders}
    return json.dumps(manifest, separators=(",", ":"), ensure_ascii=False)


def take_snapshot(path: str, limited: bool = True) -> Snapshot:
    """
    Of a folder, or of one file. `limited` holds it to the size that code may have: TRAINYARD_SNAPSHOT_MAX_BYTES
    (default 2 GiB) and TRAINYARD_SNAPSHOT_MAX_FILES (default 100,000).

    Raises SnapshotException for what is missing, unreadable or too large, naming it.
    """
    root = os.path.abspath(path)
    if os.path.isfile(root):
        found, ignore_file = _Found(), None
        found.add(os.path.basename(root), root, os.stat(root))
    elif os.path.isdir(root):
        rules = load_ignore_rules(root)
        found, ignore_file = _Found(), rules.source
        _walk(root, "", [root], rules, found)
    else:
        raise SnapshotException(f"There is no folder {root}. The current folder is {os.getcwd()}.")
    if found.problems:
        listed = "\n".join(f"  {problem}" for problem in found.problems[:10])
        raise SnapshotException(
            f"The folder {root} cannot be copied as it is:\n{listed}\nRename or remove these, or leave them out by a "
            "line in .amlignore (the syntax of .gitignore)."
        )
    if limited:
        _check_limits(root, found.files, ignore_file)
    for warning in found.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    return _hash_all(found)


def snapshot_of_files(files: dict) -> Snapshot:
    """Of single files: path in the snapshot to local path."""
    found = _Found()
    for path, local in files.items():
        found.add(path, os.path.abspath(local), os.stat(local))
    return _hash_all(found)


def upload_snapshot(connection, snapshot: Snapshot) -> str:
    """Store it on the server; its id. Files that changed since they were read raise SnapshotException."""
    from trainyard.code.blob_upload import upload_blobs

    path = "/api/v1/snapshots"
    sizes = {file["hash"]: file["sizeBytes"] for file in snapshot.files}
    for _ in range(3):
        answer = connection.post(path, snapshot.manifest())
        if answer["stored"]:
            return answer["id"]
        upload_blobs(connection, [(name, sizes[name], snapshot.paths[name]) for name in answer["missing"]])
    raise SnapshotException("The server still lacks files of the snapshot after they were sent. Submit again.")


class _Found:
    def __init__(self) -> None:
        self.files: list = []
        self.empty_folders: list = []
        self.problems: list = []
        self.warnings: list = []

    def add(self, path: str, absolute: str, stats: os.stat_result) -> None:
        self.files.append((path, absolute, stats.st_size, bool(stats.st_mode & 0o100)))


def _walk(root: str, path: str, enclosing: list, rules, found: _Found) -> bool:
    """Whether the folder holds something of the snapshot."""
    folder = enclosing[-1]
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        found.problems.append(f"{path or folder} cannot be read ({error.strerror})")
        return False
    if path and any(entry.name == ".gitignore" for entry in entries):
        rules = rules.within(path)
    kept = [
        _visit(root, entry, f"{path}/{entry.name}" if path else entry.name, enclosing, rules, found)
        for entry in entries
        if entry.name != ".git"
    ]
    return any(kept)


def _visit(root: str, entry: os.DirEntry, path: str, enclosing: list, rules, found: _Found) -> bool:
    is_link = entry.is_symlink()
    if not is_link and rules.ignores(path, entry.is_dir()):
        return False
    absolute = os.path.join(root, *path.split("/"))
    try:
        stats = os.stat(absolute)
    except OSError:
        stats = None
    is_folder = stats is not None and os.path.isdir(absolute)
    if is_link and rules.ignores(path, is_folder):
        return False
    problem = _name_problem(path, entry.name)
    if problem:
        found.problems.append(problem)
    elif is_folder:
        if is_link and any(os.path.samefile(absolute, folder) for folder in enclosing):
            found.warnings.append(f"{path} was left out: it is a link to a folder that encloses it.")
            return False
        if not _walk(root, path, [*enclosing, absolute], rules, found):
            found.empty_folders.append(path)
        return True
    elif stats is not None and os.path.isfile(absolute):
        found.add(path, absolute, stats)
        return True
    elif stats is None:
        if is_link:
            found.problems.append(f"{path} is a link that leads nowhere")
    else:
        found.warnings.append(f"{path} was left out: it is a socket, a pipe or a device.")
    return False


def _name_problem(path: str, name: str) -> str | None:
    if len(path) > 4096:
        return f"{path[:80]}… has a path of more than 4096 characters"
    if "\n" in name or "\r" in name:
        return f"{json.dumps(path)} has a line break in its name"
    if "\\" in name:
        return f"{path} has a backslash in its name"
    try:
        name.encode()
    except UnicodeEncodeError:
        return f"{os.fsencode(path)!r} has a name that is not UTF-8"
    return None


def _hash_all(found: _Found) -> Snapshot:
    files, paths = [], {}
    for path, absolute, _size, executable in found.files:
        try:
            digest, size = _hash_file(absolute)
        except FileNotFoundError:
            continue  # deleted since it was listed
        except OSError as error:
            raise SnapshotException(f"{absolute} cannot be read: {error.strerror}") from None
        files.append({"path": path, "hash": digest, "sizeBytes": size, "executable": executable})
        paths[digest] = absolute
    return Snapshot(files, found.empty_folders, paths)


def _hash_file(path: str) -> tuple:
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while True:
            chunk = file.read(1 << 20)
            if not chunk:
                return digest.hexdigest(), size
            digest.update(chunk)
            size += len(chunk)


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-be")


def _check_limits(root: str, files: list, ignore_file: str | None) -> None:
    most_bytes = _limit("TRAINYARD_SNAPSHOT_MAX_BYTES", _settable_limit())
    most_files = _limit("TRAINYARD_SNAPSHOT_MAX_FILES", DEFAULT_MAX_FILES)
    total = sum(size for _, _, size, _ in files)
    if total <= most_bytes and len(files) <= most_files:
        return
    parts: dict = {}
    for path, _, size, _ in files:
        top = path.split("/")[0] + ("/" if "/" in path else "")
        count, weight = parts.get(top, (0, 0))
        parts[top] = (count + 1, weight + size)
    heaviest = sorted(parts.items(), key=lambda part: part[1][1 if total > most_bytes else 0], reverse=True)[:5]
    lines = "\n".join(
        f"  {path}  {_size_text(count, size)}  {ignore_line_for(path)}" for path, (count, size) in heaviest
    )
    where = "Add the lines of what the job does not need to .amlignore in that folder."
    if ignore_file == ".gitignore":
        where = (
            "Copy .gitignore to .amlignore, which then counts instead of it, and add the lines of what is not needed."
        )
    raise SnapshotException(
        f"Your total snapshot size exceeds the limit: the folder {root} is {_size_text(len(files), total)}; a snapshot "
        f"may be {_size_text(most_files, most_bytes)}. The largest parts, each with the .amlignore line that leaves it "
        f"out:\n{lines}\n{where} Give big data to the job as an input. Or raise the limits: "
        "TRAINYARD_SNAPSHOT_MAX_BYTES and TRAINYARD_SNAPSHOT_MAX_FILES."
    )


def _settable_limit() -> int:
    # Scripts of the time raise it through this constant of the SDK.
    client = sys.modules.get("azureml._restclient.snapshots_client")
    return max(DEFAULT_MAX_BYTES, int(getattr(client, "SNAPSHOT_MAX_SIZE_BYTES", 0)))


def _limit(variable: str, default: int) -> int:
    text = os.environ.get(variable)
    if not text:
        return default
    try:
        return int(float(text))
    except ValueError:
        raise SnapshotException(
            f"{variable} is {text!r}, which is not a number. Give a plain one, or unset it."
        ) from None


def _size_text(files: int, size: float) -> str:
    units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
    unit = 0
    while size >= 1024 and unit < len(units) - 1:
        size, unit = size / 1024, unit + 1
    shown = f"{size:.0f} bytes" if unit == 0 else f"{size:.1f} {units[unit]}"
    return f"{files:,} {'file' if files == 1 else 'files'} and {shown}"
