"""A place in a datastore, as a job's input or output."""

from __future__ import annotations

import copy
import os
import re

from trainyard.errors import UserErrorException

_MODES = ("mount", "download", "upload")


class DataReference:
    """
    `str()` of it is `$AZUREML_DATAREFERENCE_<name>`, which becomes the path on the node.

    `path_on_compute`: below the job's folder the place is found there too. An absolute path is not made; scripts are
    given the one that there is.
    """

    def __init__(
        self,
        datastore,
        data_reference_name: str | None = None,
        path_on_datastore: str | None = None,
        mode: str = "mount",
        path_on_compute: str | None = None,
        overwrite: bool = False,
    ) -> None:
        if mode not in _MODES:
            raise UserErrorException(f"mode is {mode!r}; expected one of {', '.join(_MODES)}.")
        self.datastore = datastore
        self.path_on_datastore = path_on_datastore
        self.data_reference_name = data_reference_name or _name_for(datastore.name, path_on_datastore)
        self.mode = mode
        self.path_on_compute = path_on_compute
        self.overwrite = overwrite

    def as_mount(self) -> DataReference:
        """The same, to be read in place."""
        return self._with("mount")

    def as_download(self, path_on_compute: str | None = None, overwrite: bool = False) -> DataReference:
        """The same, to be copied to the node; the job may change its copy."""
        return self._with("download", path_on_compute)

    def as_upload(self, path_on_compute: str | None = None, overwrite: bool = False) -> DataReference:
        """A folder on the node whose files go there when the job ends."""
        return self._with("upload", path_on_compute)

    def path(self, path: str | None = None, data_reference_name: str | None = None) -> DataReference:
        """A place below it."""
        below = os.path.join(self.path_on_datastore or "", path or "")
        return DataReference(self.datastore, data_reference_name, below, self.mode, self.path_on_compute)

    def to_config(self) -> DataReference:
        """Itself: run configurations take it as it is."""
        return self

    def _with(self, mode: str, path_on_compute: str | None = None) -> DataReference:
        made = copy.copy(self)
        made.mode, made.path_on_compute = mode, path_on_compute or self.path_on_compute
        return made

    def __str__(self) -> str:
        return f"$AZUREML_DATAREFERENCE_{self.data_reference_name}"

    def __repr__(self) -> str:
        return str(self)


class DataPath:
    """A file or a folder of a datastore, for Dataset.File and Dataset.Tabular."""

    def __init__(self, datastore=None, path_on_datastore: str | None = None, name: str | None = None) -> None:
        self.datastore = datastore
        self.path_on_datastore = path_on_datastore
        self.name = name

    def create_data_reference(
        self, data_reference_name: str | None = None, datapath_compute_binding: DataPathComputeBinding | None = None
    ) -> DataReference:
        """The same as a job's input, read as the binding says; by default in place."""
        how = datapath_compute_binding or DataPathComputeBinding()
        return DataReference(
            self.datastore, data_reference_name, self.path_on_datastore, how.mode, how.path_on_compute, how.overwrite
        )


class DataPathComputeBinding:
    """How a job reads a DataPath: `mode` is mount, download or upload."""

    def __init__(self, mode: str = "mount", path_on_compute: str | None = None, overwrite: bool = False) -> None:
        self.mode = mode
        self.path_on_compute = path_on_compute
        self.overwrite = overwrite


def _name_for(datastore: str, path: str | None) -> str:
    # The same place has the same name, and two places of one job have two.
    if not path:
        return datastore.replace("-", "_")
    return re.sub(r"\W", "_", f"{datastore}_{path}".strip("/"))[:100]
