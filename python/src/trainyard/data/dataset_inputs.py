"""A job's data: what it is told at submit, and how its own process finds it again."""

from __future__ import annotations

import json
import os
import re

from trainyard.data.run_outputs import wire_place
from trainyard.errors import RunConfigurationException, UserErrorException

FILES = "files"
"""Marks a data set of files among those that a job was given as data sets."""


class JobData:
    """Collects the inputs and outputs of a job while its arguments are read."""

    def __init__(self, workspace) -> None:
        self._workspace = workspace
        self.inputs: dict = {}
        self.outputs: dict = {}
        self.descriptions: dict = {}
        self.links: list = []
        self._named: list = []

    def place(self, value: object) -> tuple | None:
        """`("inputs" or "outputs", name)` of an argument that stands for data; None for any other value."""
        from trainyard.data.abstract_dataset import AbstractDataset
        from trainyard.data.data_reference import DataReference
        from trainyard.data.dataset_consumption import DatasetConsumptionConfig, OutputFileDatasetConfig

        if isinstance(value, AbstractDataset):
            value = DatasetConsumptionConfig(None, value)
        if isinstance(value, DatasetConsumptionConfig):
            return "inputs", self._add_dataset(value)
        if isinstance(value, DataReference):
            return self._add_reference(value)
        if isinstance(value, OutputFileDatasetConfig):
            name = value.name or f"output_{len(self.outputs)}"
            self.outputs[name] = value._to_wire()
            return "outputs", name
        return None

    def add_run_config(self, run_config) -> None:
        """The data that a run configuration names besides its arguments."""
        from trainyard.data.data_reference import DataReference
        from trainyard.data.datastore import Datastore

        for name, reference in (run_config.data_references or {}).items():
            if not isinstance(reference, DataReference):
                store = Datastore(self._workspace, reference.data_store_name)
                mode = str(reference.mode).lower()
                reference = DataReference(
                    store,
                    name,
                    reference.path_on_data_store,
                    mode,
                    reference.path_on_compute,
                    bool(reference.overwrite),
                )
            if name not in self.inputs and name not in self.outputs:
                self._add_reference(reference, name)
        for name, value in (run_config.data or {}).items():
            if name not in self.inputs:
                self.place(value.as_named_input(name))
        for name, value in (run_config.output_data or {}).items():
            if not hasattr(value, "_to_wire"):
                raise RunConfigurationException(
                    f"output_data[{name!r}] is of type {type(value).__name__}. Expected an OutputFileDatasetConfig."
                )
            self.outputs.setdefault(value.name or name, value._to_wire())

    def variables(self) -> list:
        """`(variable, "inputs", name)` of the named inputs, which a script may read by that variable."""
        return [(name, "inputs", name) for name in self._named]

    def descriptions_text(self) -> str:
        """For the job's process: how its tables are read."""
        return json.dumps(self.descriptions, separators=(",", ":"))

    def _add_dataset(self, value) -> str:
        name = value.name or value.dataset.name or "input"
        name = re.sub(r"\W", "_", name)
        if value.name is None:
            name = next(one for one in _numbered(name) if one not in self.inputs)
        elif name not in self._named:
            self._named.append(name)
        mode = "download" if value.mode == "download" else "mount"
        self.inputs[name] = {"kind": "data", "source": value.dataset._wire_source(self._workspace), "mode": mode}
        self._add_link(value.path_on_compute, "inputs", name)
        if value.mode == "direct":
            self.descriptions[name] = getattr(value.dataset, "_reader", None) or {"format": FILES}
        elif hasattr(value.dataset, "_reader"):
            self.descriptions[name] = value.dataset._reader
        return name

    def _add_reference(self, reference, name: str | None = None) -> tuple:
        name = name or reference.data_reference_name
        path = (reference.path_on_datastore or "").strip("/")
        if reference.mode == "upload":
            address = f"azureml://datastores/{reference.datastore.name}/paths/{path}"
            self.outputs[name] = {"type": "uri_folder", "mode": "upload", "path": address}
            self._add_link(reference.path_on_compute, "outputs", name)
            return "outputs", name
        source = wire_place(reference.datastore, path)
        self.inputs[name] = {"kind": "data", "source": source, "mode": reference.mode}
        self._add_link(reference.path_on_compute, "inputs", name)
        return "inputs", name

    def _add_link(self, path: str | None, kind: str, name: str) -> None:
        # An absolute one would be shared by all jobs of the machine: those are given the path that they have.
        if not path or os.path.isabs(path):
            return
        inside = os.path.normpath(path)
        if inside.split(os.sep)[0] in (os.curdir, os.pardir):
            raise UserErrorException(f"path_on_compute {path!r} is not below the job's folder.")
        if all(inside != other for other, _, _ in self.links):
            self.links.append((inside.replace(os.sep, "/"), kind, name))


def inputs_of_process() -> dict:
    """Of the job that this process belongs to: input name to its local path, or to the table that it was given as."""
    prefix = "AZURE_ML_INPUT_"
    found: dict = {name[len(prefix) :]: path for name, path in os.environ.items() if name.startswith(prefix)}
    readers = json.loads(os.environ.get("TRAINYARD_DATASETS") or "{}")
    for name, reader in readers.items():
        if name in found:
            found[name] = _dataset_at(found[name], reader)
    return found


def dataset_of_argument(text: object):
    """Of the job that this process belongs to: the data set that stands for this argument; None for another text."""
    readers = json.loads(os.environ.get("TRAINYARD_DATASETS") or "{}")
    for name, reader in readers.items():
        if os.environ.get(f"AZURE_ML_INPUT_{name}") == text:
            return _dataset_at(text, reader)
    return None


def _dataset_at(path: str, reader: dict):
    if reader["format"] == FILES:
        from trainyard.data.file_dataset import FileDataset

        made = FileDataset()
    else:
        from trainyard.data.tabular_dataset import TabularDataset

        made = TabularDataset(reader)
    made._local = path
    return made


def outputs_of_process() -> dict:
    """Of the job that this process belongs to: output name to the local folder that is collected."""
    prefix = "AZURE_ML_OUTPUT_"
    return {name[len(prefix) :]: path for name, path in os.environ.items() if name.startswith(prefix)}


def _numbered(name: str):
    yield name
    number = 1
    while True:
        yield f"{name}_{number}"
        number += 1
