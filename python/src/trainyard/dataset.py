"""Data sets: files by their place, registered under a name and a version when somebody wants that."""

from __future__ import annotations

import json
import os

from trainyard.data_source import places_of, source_of, workspace_of_places
from trainyard.dataset_consumption import DatasetConsumptionConfig
from trainyard.errors import DatasetValidationError, ServiceException, UserErrorException
from trainyard.nearest_name import did_you_mean

READER_PROPERTY = "trainyard.tabular"


class AbstractDataset:
    """What files and tables have in common. Nothing is read before somebody asks for the content."""

    def __init__(
        self, places: list | None = None, source: dict | None = None, workspace=None, asset: dict | None = None
    ) -> None:
        self._places = places or []
        self._source = source
        self._workspace = workspace or workspace_of_places(self._places)
        self._asset = asset
        self._local: str | None = None
        self._kept: list = []

    @property
    def name(self) -> str | None:
        """The registered name; None for one that is not registered."""
        return self._asset["name"] if self._asset else None

    @property
    def version(self) -> object:
        """The registered version, a number where it is one."""
        version = self._asset["version"] if self._asset else None
        return int(version) if version and version.isdigit() else version

    @property
    def id(self) -> str | None:
        """`name:version` of a registered one."""
        return f"{self._asset['name']}:{self._asset['version']}" if self._asset else None

    @property
    def description(self) -> str:
        """Of the registered version."""
        return self._asset["description"] if self._asset else ""

    @property
    def tags(self) -> dict:
        """Of the registered version."""
        return self._asset["tags"] if self._asset else {}

    def register(
        self,
        workspace,
        name: str,
        description: str | None = None,
        tags: dict | None = None,
        create_new_version: bool = False,
    ):
        """
        Register it; the registered data set. The same content under the same name makes nothing new.

        Raises UserErrorException when the name holds another content and `create_new_version` is False.
        """
        from trainyard.endpoints import api, is_missing

        connection = workspace._connection
        content = {"kind": "data", "type": self._asset_type(workspace), "source": self._wire_source(workspace)}
        properties = self._properties()
        try:
            latest = connection.get(api("assets", "data", name))
        except ServiceException as error:
            if not is_missing(error):
                raise
            latest = None
        if latest is not None:
            if latest["content"] == content and latest["properties"].get(READER_PROPERTY) == properties.get(
                READER_PROPERTY
            ):
                return type(self)._of_asset(workspace, latest)
            if not create_new_version:
                raise UserErrorException(
                    f"There is already a data set {name!r} with another content, version {latest['version']}. Pass "
                    "create_new_version=True to register the next version."
                )
        body = {
            "name": name,
            "content": content,
            "description": description or "",
            "tags": _texts(tags),
            "properties": properties,
        }
        return type(self)._of_asset(workspace, connection.post(api("assets", "data"), body))

    def unregister_all_versions(self) -> None:
        """Archive every version of its name; runs that used them keep what they used."""
        from trainyard.endpoints import api

        connection = self._workspace._connection
        for asset in connection.get(api("assets", "data"), name=self.name)["assets"]:
            connection.patch(api("assets", "data", asset["name"], asset["version"]), {"archived": True})

    def add_tags(self, tags: dict) -> None:
        """Set tags of the registered version."""
        from trainyard.endpoints import api

        path = api("assets", "data", self._asset["name"], self._asset["version"])
        self._asset = self._workspace._connection.patch(path, {"tags": _texts(tags)})

    def as_named_input(self, name: str) -> DatasetConsumptionConfig:
        """The same as a job's input of this name: `run.input_datasets[name]` in the job."""
        return DatasetConsumptionConfig(name, self)

    def _wire_source(self, workspace) -> dict:
        if self._asset is not None:
            return {"kind": "asset", "name": self._asset["name"], "version": self._asset["version"]}
        if self._source is None:
            self._source = source_of(self._places, workspace)
        return self._source

    def _asset_type(self, workspace) -> str:
        source = self._wire_source(workspace)
        is_file = source["kind"] == "uri" or (source["kind"] == "datastore" and os.path.splitext(source["path"])[1])
        return "uri_file" if is_file or source.get("file") else "uri_folder"

    def _properties(self) -> dict:
        return {}

    def _files(self) -> dict:
        """`path inside -> local path` of every file, fetched where that is needed."""
        from trainyard.data_files import TemporaryFolder, files_of_path, local_files
        from trainyard.data_source import _files_of

        if self._local is not None:
            return files_of_path(self._local)
        folder = TemporaryFolder()
        self._kept.append(folder)
        if self._asset is not None:
            return local_files(self._workspace, self._asset["content"]["source"], folder.name)
        if self._source is not None and not self._places:
            return local_files(self._workspace, self._source, folder.name)
        found: dict = {}
        for datastore, path in self._places:
            found.update(_files_of(datastore, path, folder.name, self._workspace))
        return found

    @classmethod
    def _of_asset(cls, workspace, asset: dict):
        reader = asset["properties"].get(READER_PROPERTY)
        if reader is not None:
            from trainyard.tabular_dataset import TabularDataset

            return TabularDataset(json.loads(reader), workspace=workspace, asset=asset)
        return FileDataset(workspace=workspace, asset=asset)


class FileDataset(AbstractDataset):
    """Files and folders as they are."""

    def as_mount(self, path_on_compute: str | None = None) -> DatasetConsumptionConfig:
        """As a job's input, read in place; as an argument it becomes the path on the node."""
        return DatasetConsumptionConfig(None, self, "mount", path_on_compute)

    def as_download(self, path_on_compute: str | None = None) -> DatasetConsumptionConfig:
        """As a job's input, copied to the node."""
        return DatasetConsumptionConfig(None, self, "download", path_on_compute)

    def as_hdfs(self) -> DatasetConsumptionConfig:
        """As as_mount(): there is no Spark."""
        return self.as_mount()

    def to_path(self) -> list:
        """The path of each file inside the data set, with a slash in front."""
        return ["/" + inside for inside in sorted(self._files())]

    def download(self, target_path: str | None = None, overwrite: bool = False, **_options: object) -> list:
        """
        Copy the files below `target_path`, by default a new temporary folder; their local paths.

        Raises UserErrorException for a file that is there, unless `overwrite`.
        """
        import shutil
        import tempfile

        target = target_path or tempfile.mkdtemp(prefix="trainyard-data-")
        paths = []
        for inside, local in sorted(self._files().items()):
            place = os.path.abspath(os.path.join(target, *inside.split("/")))
            if os.path.exists(place) and not overwrite:
                raise UserErrorException(f"{place} exists. Pass overwrite=True to replace it.")
            os.makedirs(os.path.dirname(place), exist_ok=True)
            shutil.copyfile(local, place)
            paths.append(place)
        return paths

    def mount(self, mount_point: str | None = None, **_options: object):
        """A context whose `mount_point` is a folder with the files."""
        return MountContext(self, mount_point)

    def skip(self, count: int) -> FileDataset:
        """Without the first files, by path."""
        return self._chosen(sorted(self._files().items())[count:])

    def take(self, count: int) -> FileDataset:
        """The first files only, by path."""
        return self._chosen(sorted(self._files().items())[:count])

    def random_split(self, percentage: float, seed: int | None = None) -> tuple:
        """Two data sets; a file is in the first with this probability (0 to 1)."""
        import random

        chooser = random.Random(seed)
        parts: tuple = ([], [])
        for item in sorted(self._files().items()):
            parts[0 if chooser.random() < percentage else 1].append(item)
        return tuple(self._chosen(part) for part in parts)

    def _chosen(self, items: list) -> FileDataset:
        if not items:
            raise DatasetValidationError("No file is left in the data set.")
        made = FileDataset([(None, local) for _, local in items], workspace=self._workspace)
        made._kept = self._kept
        return made

    def __repr__(self) -> str:
        return f"FileDataset(name={self.name!r}, version={self.version!r}, places={self._places!r})"


class MountContext:
    """`with dataset.mount() as context:` has the files below `context.mount_point`; they are copies, not a mount."""

    def __init__(self, dataset: FileDataset, mount_point: str | None) -> None:
        import tempfile

        self._dataset = dataset
        self._temporary = None if mount_point else tempfile.TemporaryDirectory(prefix="trainyard-mount-")
        self.mount_point = mount_point or self._temporary.name

    def start(self) -> None:
        """Put the files there."""
        self._dataset.download(self.mount_point, overwrite=True)

    def stop(self) -> None:
        """Remove a temporary mount point; a named one keeps its files."""
        if self._temporary is not None:
            self._temporary.cleanup()

    def __enter__(self) -> MountContext:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()


class FileDatasetFactory:
    """`Dataset.File`."""

    @staticmethod
    def from_files(
        path: object, validate: bool = True, partition_format: str | None = None, **_options: object
    ) -> FileDataset:
        """Of (datastore, 'path or pattern'), http(s) addresses, local paths, or a list of these."""
        return FileDataset(places_of(path))

    @staticmethod
    def upload_directory(
        src_dir: str, target: object, pattern: str | None = None, overwrite: bool = False, show_progress: bool = True
    ) -> FileDataset:
        """Copy a folder into (datastore, 'path') and make a data set of it. `pattern` chooses files by name."""
        import fnmatch

        [(datastore, path)] = places_of(target)
        if datastore is None:
            raise UserErrorException("target must name a datastore: (datastore, 'path').")
        from trainyard.run_files import files_below

        if not os.path.isdir(src_dir):
            raise UserErrorException(f"There is no folder {src_dir!r}. The current folder is {os.getcwd()!r}.")
        files = [local for inside, local in files_below(src_dir) if not pattern or fnmatch.fnmatch(inside, pattern)]
        datastore.upload_files(files, src_dir, path, overwrite, show_progress)
        return FileDataset([(datastore, path)])


class _DatasetType(type):
    """`Dataset.Tabular` loads its module when it is first asked for."""

    @property
    def Tabular(cls):
        from trainyard.tabular_dataset import TabularDatasetFactory

        return TabularDatasetFactory


class Dataset(metaclass=_DatasetType):
    """Finds registered data sets, and makes new ones by `Dataset.File` and `Dataset.Tabular`."""

    File = FileDatasetFactory

    @staticmethod
    def get_by_name(workspace, name: str, version: object = "latest"):
        """A registered data set, by default its latest version. Raises UserErrorException when there is none."""
        from trainyard.endpoints import api, is_missing

        try:
            asked = None if version in (None, "latest") else str(version)
            asset = workspace._connection.get(api("assets", "data", name), version=asked)
        except ServiceException as error:
            if not is_missing(error):
                raise
            known = list(Dataset.get_all(workspace))
            raise UserErrorException(
                f"There is no data set {name!r}{'' if asked is None else f' of version {asked}'}."
                f"{did_you_mean(name, known)}",
                error,
            ) from None
        return AbstractDataset._of_asset(workspace, asset)

    get = get_by_name

    @staticmethod
    def get_by_id(workspace, id: str):
        """The registered data set `name:version`, which is what `dataset.id` gives."""
        name, _, version = id.rpartition(":")
        return Dataset.get_by_name(workspace, name or version, version if name else "latest")

    @staticmethod
    def get_all(workspace) -> dict:
        """Name to the latest version of each registered data set."""
        assets = workspace._connection.get("/api/v1/assets/data")["assets"]
        return {asset["name"]: AbstractDataset._of_asset(workspace, asset) for asset in assets}

    list = get_all


def _texts(tags: dict | None) -> dict:
    return {str(key): "" if value is None else str(value) for key, value in (tags or {}).items()}
