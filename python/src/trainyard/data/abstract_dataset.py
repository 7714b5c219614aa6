"""What data sets of files and tables have in common: their places, their registered name and version."""

from __future__ import annotations

import os

from trainyard.data.data_source import files_of_places, snapshot_source, source_of, workspace_of_places
from trainyard.data.dataset_consumption import DatasetConsumptionConfig
from trainyard.errors import ServiceException, UserErrorException


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
        # Of one that was chosen from another: path inside -> local path.
        self._picked: dict | None = None
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
        from trainyard.server.endpoints import api, is_missing

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
            if latest["content"] == content and latest["properties"] == properties:
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
        from trainyard.server.endpoints import api

        connection = self._workspace._connection
        for asset in connection.get(api("assets", "data"), name=self.name)["assets"]:
            connection.patch(api("assets", "data", asset["name"], asset["version"]), {"archived": True})

    def add_tags(self, tags: dict) -> None:
        """Set tags of the registered version."""
        self._change({"tags": _texts(tags)})

    def remove_tags(self, tags: list) -> None:
        """Remove tags of the registered version by their keys."""
        self._change({"tags": dict.fromkeys(tags)})

    def update(self, description: str | None = None, tags: dict | None = None) -> None:
        """These are the description and the tags of the registered version from now on; what is None stays."""
        changes: dict = {} if description is None else {"description": description}
        if tags is not None:
            changes["tags"] = {**dict.fromkeys(self.tags), **_texts(tags)}
        self._change(changes)

    def _change(self, changes: dict) -> None:
        from trainyard.server.endpoints import api

        path = api("assets", "data", self._asset["name"], self._asset["version"])
        self._asset = self._workspace._connection.patch(path, changes)

    @property
    def partition_keys(self) -> list:
        """The columns of its partition_format, in their order; none without one."""
        from trainyard.data.partition_format import partition_keys

        return partition_keys(self._partition_format) if self._partition_format else []

    def get_partition_key_values(self, partition_keys: list | None = None) -> list:
        """
        What the files' paths say, each combination once, as dicts; of these keys, by default of all.

        Raises UserErrorException for a key that it does not have, DatasetValidationError for a path of another form.
        """
        from trainyard.data.partition_format import partition_values

        wanted = self.partition_keys if partition_keys is None else list(partition_keys)
        for name in wanted:
            if name not in self.partition_keys:
                raise UserErrorException(f"There is no partition key {name!r}; it has {self.partition_keys}.")
        found: dict = {}
        for inside in sorted(self._files()) if wanted else []:
            values = partition_values(self._partition_format, inside)
            found[tuple(values[name] for name in wanted)] = None
        return [dict(zip(wanted, row)) for row in found]

    @property
    def _partition_format(self) -> str | None:
        raise NotImplementedError

    def as_named_input(self, name: str) -> DatasetConsumptionConfig:
        """The same as a job's input of this name: `run.input_datasets[name]` in the job."""
        return DatasetConsumptionConfig(name, self)

    def _wire_source(self, workspace) -> dict:
        if self._asset is not None:
            return {"kind": "asset", "name": self._asset["name"], "version": self._asset["version"]}
        if self._source is None:
            picked = self._picked
            self._source = source_of(self._places, workspace) if picked is None else snapshot_source(picked, workspace)
        return self._source

    def _asset_type(self, workspace) -> str:
        source = self._wire_source(workspace)
        is_file = source["kind"] == "uri" or (source["kind"] == "datastore" and os.path.splitext(source["path"])[1])
        return "uri_file" if is_file or source.get("file") else "uri_folder"

    def _properties(self) -> dict:
        return {}

    def _files(self) -> dict:
        """`path inside -> local path` of every file, fetched where that is needed."""
        from trainyard.data.data_files import TemporaryFolder, files_of_path, local_files

        if self._picked is not None:
            return self._picked
        if self._local is not None:
            return files_of_path(self._local)
        folder = TemporaryFolder()
        self._kept.append(folder)
        if self._asset is not None:
            return local_files(self._workspace, self._asset["content"]["source"], folder.name)
        if self._source is not None and not self._places:
            return local_files(self._workspace, self._source, folder.name)
        return files_of_places(self._places, folder.name)

    @classmethod
    def _of_asset(cls, workspace, asset: dict):
        raise NotImplementedError


def _texts(tags: dict | None) -> dict:
    return {str(key): "" if value is None else str(value) for key, value in (tags or {}).items()}
