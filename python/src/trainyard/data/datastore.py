"""A datastore: a named place for files, on a disk or in somebody's cloud."""

from __future__ import annotations

import os

from trainyard.data.data_reference import DataReference
from trainyard.errors import ServiceException, UserErrorException
from trainyard.nearest_name import did_you_mean

_TYPES = {
    "azure_blob": "AzureBlob",
    "azure_file": "AzureFile",
    "azure_data_lake_gen1": "AzureDataLake",
    "azure_data_lake_gen2": "AzureDataLakeGen2",
    "local_folder": "LocalFolder",
    "s3": "S3",
}


class Datastore:
    """
    `Datastore(workspace, name)` is the registered one; without a name the default.

    Its files are read and written directly where its folder is on this machine, else through the server, which alone
    has the secrets.
    """

    def __init__(self, workspace, name: str | None = None, _facts: dict | None = None) -> None:
        self.workspace = workspace
        self._facts = _facts or _find(workspace, name)
        self.name = self._facts["name"]
        self.description = self._facts["description"]
        self.tags = self._facts["tags"]
        settings = self._facts["settings"]
        self.account_name = settings.get("account_name")
        self.container_name = settings.get("container_name") or settings.get("bucket") or self.name

    @staticmethod
    def get(workspace, datastore_name: str) -> Datastore:
        """The datastore of this name. Raises UserErrorException, naming the nearest, when there is none."""
        return Datastore(workspace, datastore_name)

    @staticmethod
    def get_default(workspace) -> Datastore:
        """The one that is used where none is named."""
        return Datastore(workspace)

    @staticmethod
    def _list(workspace) -> list:
        stores = workspace._connection.get("/api/v1/datastores")["datastores"]
        return [Datastore(workspace, _facts=facts) for facts in stores]

    @staticmethod
    def register_azure_blob_container(
        workspace,
        datastore_name: str,
        container_name: str,
        account_name: str,
        sas_token: str | None = None,
        account_key: str | None = None,
        protocol: str | None = None,
        endpoint: str | None = None,
        overwrite: bool = False,
        create_if_not_exists: bool = False,
        skip_validation: bool = False,
        blob_cache_timeout: int | None = None,
        grant_workspace_access: bool = False,
        subscription_id: str | None = None,
        resource_group: str | None = None,
    ) -> Datastore:
        """
        Register a container of Azure's blob storage, with an account key or a SAS token, which the server seals. The
        same name again changes it; what is not given stays.
        """
        settings = {
            "account_name": account_name,
            "container_name": container_name,
            "endpoint": endpoint,
            "protocol": protocol,
        }
        return _save(
            workspace, datastore_name, "azure_blob", settings, {"account_key": account_key, "sas_token": sas_token}
        )

    @staticmethod
    def register_azure_file_share(
        workspace,
        datastore_name: str,
        file_share_name: str,
        account_name: str,
        sas_token=None,
        account_key=None,
        protocol=None,
        endpoint=None,
        overwrite: bool = False,
        create_if_not_exists: bool = False,
        skip_validation: bool = False,
    ) -> Datastore:
        """Register a file share of Azure. Jobs of this version cannot read it; mount it and register its folder."""
        settings = {
            "account_name": account_name,
            "file_share_name": file_share_name,
            "endpoint": endpoint,
            "protocol": protocol,
        }
        return _save(
            workspace, datastore_name, "azure_file", settings, {"account_key": account_key, "sas_token": sas_token}
        )

    @staticmethod
    def register_s3_bucket(
        workspace,
        datastore_name: str,
        bucket: str,
        region: str | None = None,
        endpoint: str | None = None,
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
    ) -> Datastore:
        """Register a bucket of S3, or of a store that speaks its protocol at `endpoint`. (Not in azureml.)"""
        settings = {"bucket": bucket, "region": region, "endpoint": endpoint}
        secrets = {"access_key_id": access_key_id, "secret_access_key": secret_access_key}
        return _save(workspace, datastore_name, "s3", settings, secrets)

    @staticmethod
    def register_local_folder(workspace, datastore_name: str, path: str) -> Datastore:
        """Register a folder of the server's machine, or a share that is mounted there. (Not in azureml.)"""
        return _save(workspace, datastore_name, "local_folder", {"path": os.path.abspath(path)}, {})

    @property
    def datastore_type(self) -> str:
        """Such as AzureBlob or LocalFolder."""
        return _TYPES.get(self._facts["type"], self._facts["type"])

    @property
    def is_default(self) -> bool:
        """Whether it is the one that is used where none is named."""
        return self._facts["isDefault"]

    def set_as_default(self) -> None:
        """Use it where none is named."""
        facts = self._facts
        body = {
            "type": facts["type"],
            "settings": facts["settings"],
            "isDefault": True,
            "description": facts["description"],
            "tags": facts["tags"],
        }
        self._facts = self.workspace._connection.put(f"/api/v1/datastores/{self.name}", body)

    def unregister(self) -> None:
        """Forget it; its files stay where they are."""
        try:
            self.workspace._connection.delete(f"/api/v1/datastores/{self.name}")
        except ServiceException as error:
            if error.status_code in (0, 500):
                raise
            raise UserErrorException(error.message, error) from None

    def path(self, path: str | None = None, data_reference_name: str | None = None) -> DataReference:
        """A file or a folder in it, for a job: `.as_mount()` or `.as_download()`."""
        return DataReference(self, data_reference_name, path)

    def as_mount(self) -> DataReference:
        """All of it, for a job to read."""
        return self.path().as_mount()

    def as_download(self, path_on_compute: str | None = None) -> DataReference:
        """All of it, copied to the compute."""
        return self.path().as_download(path_on_compute)

    def as_upload(self, path_on_compute: str | None = None) -> DataReference:
        """A place for a job's output."""
        return self.path().as_upload(path_on_compute)

    def upload(
        self, src_dir: str, target_path: str | None = None, overwrite: bool = False, show_progress: bool = True
    ) -> DataReference:
        """
        Copy every file below `src_dir` to `target_path` in it; a file that is there stays, unless `overwrite`.

        Raises UserErrorException for a missing folder, and with the store's own words when it refuses.
        """
        from trainyard.local_files import files_below

        if not os.path.isdir(src_dir):
            raise UserErrorException(f"There is no folder {src_dir!r}. The current folder is {os.getcwd()!r}.")
        return self._copy_in(files_below(src_dir), target_path, overwrite, show_progress)

    def upload_files(
        self,
        files: list,
        relative_root: str | None = None,
        target_path: str | None = None,
        overwrite: bool = False,
        show_progress: bool = True,
    ) -> DataReference:
        """As upload, for single files; below `relative_root` their folders are kept, by default only their names."""
        missing = [path for path in files if not os.path.isfile(path)]
        if missing:
            raise UserErrorException(f"There is no file {missing[0]!r}. The current folder is {os.getcwd()!r}.")
        pairs = []
        for path in files:
            inside = os.path.relpath(path, relative_root) if relative_root else os.path.basename(path)
            if inside.split(os.sep)[0] == os.pardir:
                raise UserErrorException(f"{path!r} does not lie below relative_root {relative_root!r}.")
            pairs.append((inside.replace(os.sep, "/"), path))
        return self._copy_in(pairs, target_path, overwrite, show_progress)

    def download(
        self, target_path: str, prefix: str | None = None, overwrite: bool = False, show_progress: bool = True
    ) -> int:
        """
        Copy the files below `prefix` into the folder `target_path`; how many were copied. One that is there stays, unless
        `overwrite`.
        """
        from trainyard.data.datastore_files import fetch, list_paths

        found = [path for path in list_paths(self, prefix or "") if _is_below(path, prefix)]
        done = 0
        for inside in found:
            target = os.path.join(target_path, *inside.split("/"))
            if overwrite or not os.path.exists(target):
                _say(show_progress, f"Downloading {inside}")
                fetch(self, inside, target)
                done += 1
                _say(show_progress, f"Downloaded {inside}, {done} files out of an estimated total of {len(found)}")
        return done

    def _copy_in(self, pairs: list, target_path: str | None, overwrite: bool, show_progress: bool) -> DataReference:
        from trainyard.data.datastore_files import put

        target = (target_path or "").strip("/")
        if ".." in target.split("/"):
            raise UserErrorException(f"target_path {target_path!r} leads out of the datastore.")
        _say(show_progress, f"Uploading an estimated of {len(pairs)} files")
        done = 0
        for inside, local in pairs:
            name = f"{target}/{inside}" if target else inside
            _say(show_progress, f"Uploading {local}")
            if not put(self, name, local, overwrite):
                _say(show_progress, f"Target already exists. Skipping upload for {name}")
                continue
            done += 1
            _say(show_progress, f"Uploaded {local}, {done} files out of an estimated total of {len(pairs)}")
        _say(show_progress, f"Uploaded {done} files")
        return self.path(target or None)

    def __repr__(self) -> str:
        kind = f"datastore_type={self.datastore_type!r}, container_name={self.container_name!r}"
        return f"Datastore(name={self.name!r}, {kind})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Datastore) and other.name == self.name and other.workspace == self.workspace

    def __hash__(self) -> int:
        return hash(self.name)


def _find(workspace, name: str | None) -> dict:
    stores = workspace._connection.get("/api/v1/datastores")["datastores"]
    found = next((one for one in stores if (one["isDefault"] if name is None else one["name"] == name)), None)
    if found is None:
        names = [one["name"] for one in stores]
        meant = did_you_mean(name or "", names)
        raise UserErrorException(f"There is no datastore {name!r} in the workspace.{meant} It has {', '.join(names)}.")
    return found


def _save(workspace, name: str, kind: str, settings: dict, secrets: dict) -> Datastore:
    body = {
        "type": kind,
        "settings": {key: str(value) for key, value in settings.items() if value is not None},
        "secrets": {key: value for key, value in secrets.items() if value},
    }
    try:
        return Datastore(workspace, _facts=workspace._connection.put(f"/api/v1/datastores/{name}", body))
    except ServiceException as error:
        if error.status_code in (0, 500):
            raise
        raise UserErrorException(error.message, error) from None


def _is_below(path: str, prefix: str | None) -> bool:
    prefix = (prefix or "").strip("/")
    return not prefix or path == prefix or path.startswith(prefix + "/")


def _say(show: bool, text: str) -> None:
    if show:
        print(text)
