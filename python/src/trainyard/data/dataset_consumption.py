"""How a job reads a data set, and where it puts its outputs."""

from __future__ import annotations

import re
import warnings

from trainyard.errors import UserErrorException


class DatasetConsumptionConfig:
    """
    A job's input: `name`, the data set, and `mode` ("mount", "download" or "direct").

    `path_on_compute`: below the job's folder the data are found there too. An absolute path is not made; scripts are
    given the one that there is.
    """

    def __init__(self, name: str | None, dataset, mode: str = "direct", path_on_compute: str | None = None) -> None:
        if name is not None and not re.match(r"[A-Za-z_][A-Za-z0-9_]*\Z", name):
            raise UserErrorException(
                f"{name!r} cannot be an input's name: expected letters, digits and _, not beginning with a digit."
            )
        self.name = name
        self.dataset = dataset
        self.mode = mode
        self.path_on_compute = path_on_compute

    def as_mount(self, path_on_compute: str | None = None) -> DatasetConsumptionConfig:
        """The same, read in place; as an argument it becomes the path on the node."""
        return DatasetConsumptionConfig(self.name, self.dataset, "mount", path_on_compute)

    def as_download(self, path_on_compute: str | None = None) -> DatasetConsumptionConfig:
        """The same, copied to the node."""
        return DatasetConsumptionConfig(self.name, self.dataset, "download", path_on_compute)

    def as_named_input(self, name: str) -> DatasetConsumptionConfig:
        """The same under this name: `run.input_datasets[name]` in the job, and a variable of that name."""
        return DatasetConsumptionConfig(name, self.dataset, self.mode, self.path_on_compute)

    def __repr__(self) -> str:
        return f"DatasetConsumptionConfig(name={self.name!r}, mode={self.mode!r})"


class OutputFileDatasetConfig:
    """
    A folder that a job fills; as an argument it becomes the path on the node. `destination` is (datastore, 'path'),
    where `{run-id}` and `{output-name}` are filled in; by default the run's own store.
    """

    def __init__(
        self, name: str | None = None, destination: object = None, source: object = None, **_options: object
    ) -> None:
        self.name = name
        self.destination = destination
        self.mode = "upload"
        self.registered_name: str | None = None

    def as_mount(self, disable_metadata_cache: bool = False) -> OutputFileDatasetConfig:
        """Itself: what the job writes is collected when it ends."""
        return self

    def as_upload(self, overwrite: bool = False, source_globs: object = None) -> OutputFileDatasetConfig:
        """Itself: what the job writes is collected when it ends."""
        return self

    def as_input(self, name: str | None = None):
        """For pipelines, which Trainyard does not have; raises UserErrorException."""
        raise UserErrorException("as_input() chains the steps of a pipeline, and Trainyard has none. Submit two runs.")

    def register_on_complete(
        self, name: str, description: str | None = None, tags: dict | None = None
    ) -> OutputFileDatasetConfig:
        """
        Register the files as a data set of this name when the job has completed. `description` and `tags` are not kept,
        with a warning: Dataset.get_by_name(ws, name) has `update` and `add_tags` for them then.
        """
        if description or tags:
            warnings.warn(
                f"The description and the tags of {name!r} are not kept. Set them when the run has completed: "
                f"Dataset.get_by_name(ws, {name!r}).update(description=..., tags=...).",
                stacklevel=2,
            )
        self.registered_name = name
        return self

    def _to_wire(self) -> dict:
        wire = {"type": "uri_folder", "mode": "upload"}
        if self.destination is not None:
            datastore, path = self.destination
            filled = (path or "").replace("{run-id}", "${{name}}").replace("{output-name}", "${{output_name}}")
            wire["path"] = f"azureml://datastores/{datastore.name}/paths/{filled.strip('/')}"
        if self.registered_name:
            wire["name"] = self.registered_name
        return wire
