"""Data sets of files."""

from __future__ import annotations

import os

from trainyard.data.abstract_dataset import AbstractDataset
from trainyard.data.data_source import check_places, places_of
from trainyard.data.dataset_consumption import DatasetConsumptionConfig
from trainyard.data.partition_format import partition_keys
from trainyard.errors import DatasetValidationError, UserErrorException

_PARTITION_PROPERTY = "trainyard.partition_format"


class FileDataset(AbstractDataset):
    """Files and folders as they are."""

    _format: str | None = None

    @property
    def _partition_format(self) -> str | None:
        return self._format

    def _properties(self) -> dict:
        return {_PARTITION_PROPERTY: self._format} if self._format else {}

    @classmethod
    def _of_asset(cls, workspace, asset: dict) -> FileDataset:
        made = cls(workspace=workspace, asset=asset)
        made._format = asset["properties"].get(_PARTITION_PROPERTY)
        return made

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

    def download(self, target_path: str | None = None, overwrite: bool = False, ignore_not_found: bool = False) -> list:
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
        made = FileDataset(workspace=self._workspace)
        made._picked, made._kept, made._format = dict(items), self._kept, self._format
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
        path: object, validate: bool = True, partition_format: str | None = None, is_file: bool = False
    ) -> FileDataset:
        """
        Of (datastore, 'path or pattern'), http(s) addresses, local paths, or a list of these. `partition_format` is
        kept for partition_keys and get_partition_key_values: '/{kind}/{day:yyyy/MM/dd}/*.jpg'.

        With `validate` a place that has no file raises DatasetValidationError.
        """
        if partition_format:
            partition_keys(partition_format)
        places = places_of(path)
        if validate:
            check_places(places)
        made = FileDataset(places)
        made._format = partition_format
        return made

    @staticmethod
    def upload_directory(
        src_dir: str, target: object, pattern: str | None = None, overwrite: bool = False, show_progress: bool = True
    ) -> FileDataset:
        """Copy a folder into (datastore, 'path') and make a data set of it. `pattern` chooses files by name."""
        import fnmatch

        [(datastore, path)] = places_of(target)
        if datastore is None:
            raise UserErrorException("target must name a datastore: (datastore, 'path').")
        from trainyard.local_files import files_below

        if not os.path.isdir(src_dir):
            raise UserErrorException(f"There is no folder {src_dir!r}. The current folder is {os.getcwd()!r}.")
        files = [local for inside, local in files_below(src_dir) if not pattern or fnmatch.fnmatch(inside, pattern)]
        datastore.upload_files(files, src_dir, path, overwrite, show_progress)
        return FileDataset([(datastore, path)])
