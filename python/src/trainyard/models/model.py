"""Registered models: files under a name and a version."""

from __future__ import annotations

import json
import os

from trainyard.errors import (
    ModelNotFoundException,
    ModelPathNotFoundException,
    NotSupported,
    ServiceException,
    UserErrorException,
)
from trainyard.late import late
from trainyard.models.registration import (
    DATASET,
    FRAMEWORK,
    FRAMEWORK_VERSION,
    RESOURCES,
    SAMPLE_INPUT,
    SAMPLE_OUTPUT,
    Framework,
    ResourceConfiguration,
    chosen_below,
    registration_words,
)
from trainyard.nearest_name import did_you_mean
from trainyard.server.endpoints import api, is_missing


class Model:
    """
    `Model(workspace, name)` is the latest version, `version` or `id` ("name:version") another.

    Raises ModelNotFoundException, naming the nearest name, when there is none.
    """

    Framework = Framework

    def __init__(
        self,
        workspace,
        name: str | None = None,
        id: str | None = None,
        tags: object = None,
        properties: object = None,
        version: object = None,
        run_id: str | None = None,
        model_framework: str | None = None,
        expand: bool = True,
        _asset: dict | None = None,
        **_options: object,
    ) -> None:
        self.workspace = workspace
        if _asset is None:
            if id is not None:
                name, _, version = id.rpartition(":")
            _asset = _find(workspace, name, version, tags, properties, run_id)
        self._asset = _asset

    @staticmethod
    def register(
        workspace,
        model_path: str,
        model_name: str,
        tags: object = None,
        properties: dict | None = None,
        description: str | None = None,
        datasets: list | None = None,
        model_framework: str | None = None,
        model_framework_version: str | None = None,
        child_paths: list | None = None,
        sample_input_dataset: object = None,
        sample_output_dataset: object = None,
        resource_configuration: ResourceConfiguration | None = None,
    ) -> Model:
        """
        Register a local file or folder as the next version of `model_name`; inside a job as made by it. Of a folder
        `child_paths` chooses files and folders by their paths in it.

        Raises ModelPathNotFoundException when there is no such file or folder.
        """
        if not os.path.exists(model_path):
            raise ModelPathNotFoundException(
                f"There is no file or folder {model_path!r}. The current folder is {os.getcwd()!r}. Files of a run are "
                "registered by run.register_model."
            )
        run = workspace._run_of_process()
        options = {
            "description": description,
            "model_framework": model_framework,
            "model_framework_version": model_framework_version,
            "datasets": datasets,
            "sample_input_dataset": sample_input_dataset,
            "sample_output_dataset": sample_output_dataset,
            "resource_configuration": resource_configuration,
        }
        if child_paths:
            with chosen_below(model_path, child_paths) as chosen:
                return Model.register(workspace, chosen, model_name, tags, properties, **options)
        if run is not None:
            # A job's token registers what is among the job's own files.
            return run.register_model(model_name, model_path, tags, properties, **options)
        print(f"Registering model {model_name}")
        from trainyard.code.snapshot import take_snapshot, upload_snapshot

        snapshot = take_snapshot(model_path, limited=False)
        source = {"kind": "snapshot", "id": upload_snapshot(workspace._connection, snapshot)}
        if os.path.isfile(model_path):
            source["file"] = os.path.basename(model_path)
        is_mlflow = any(file["path"] == "MLmodel" for file in snapshot.files)
        content = {"kind": "model", "type": "mlflow_model" if is_mlflow else "custom_model", "source": source}
        body = {"name": model_name, "content": content, **registration_words(tags, properties, **options)}
        return Model(workspace, _asset=workspace._connection.post(api("assets", "model"), body))

    @staticmethod
    def list(
        workspace,
        name: str | None = None,
        tags: object = None,
        properties: object = None,
        run_id: str | None = None,
        latest: bool = False,
        **_options,
    ) -> list:
        """
        Versions of models, newest first, by default of all names. `tags` and `properties` are such as ["key", ["other",
        "value"]]; `run_id` those that the run made; `latest` one a name.
        """
        connection = workspace._connection
        path = api("assets", "model")
        newest = connection.get(path, name=name)["assets"]
        if name is None and not latest:
            names = [asset["name"] for asset in newest]
            newest = [asset for one in names for asset in connection.get(path, name=one)["assets"]]
            newest.sort(key=lambda asset: asset["createdAt"], reverse=True)
        elif latest:
            newest = newest[:1] if name is not None else newest
        return [Model(workspace, _asset=asset) for asset in newest if _wanted(asset, tags, properties, run_id)]

    @staticmethod
    def get_model_path(model_name: str, version: object = None, _workspace=None) -> str:
        """Download it below `azureml-models/<name>/<version>` of the current folder; the path of its file or folder."""
        model = Model(_workspace or late("workspace", "Workspace").from_config(), model_name, version=version)
        return model.download(os.path.join("azureml-models", model.name, str(model.version)), exist_ok=True)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._asset["name"]

    @property
    def version(self) -> object:
        """A number where it is one."""
        version = self._asset["version"]
        return int(version) if version.isdigit() else version

    @property
    def id(self) -> str:
        """`name:version`."""
        return f"{self._asset['name']}:{self._asset['version']}"

    @property
    def url(self) -> str:
        """`azureml:name:version`."""
        return f"azureml:{self.id}"

    @property
    def description(self) -> str:
        """What people say of it."""
        return self._asset["description"]

    @property
    def tags(self) -> dict:
        """Its tags."""
        return self._asset["tags"]

    @property
    def properties(self) -> dict:
        """Its properties, without what this client keeps there."""
        return {key: value for key, value in self._asset["properties"].items() if not key.startswith("trainyard.")}

    @property
    def created_by(self) -> str:
        """Who registered it."""
        return self._asset["createdBy"]

    @property
    def created_time(self):
        """When, as a datetime in UTC."""
        from datetime import datetime, timezone

        return datetime.fromtimestamp(self._asset["createdAt"] / 1000, timezone.utc)

    @property
    def run_id(self) -> str | None:
        """The run that made it; None for one of local files."""
        return self._asset["run"]

    @property
    def run(self):
        """The Run that made it; None for one of local files."""
        return self.workspace.get_run(self.run_id) if self.run_id else None

    @property
    def experiment_name(self) -> str | None:
        """Of the run that made it."""
        run = self.run
        return run.experiment.name if run else None

    @property
    def model_framework(self) -> str:
        """As it was said at registering; Custom otherwise."""
        return self._asset["properties"].get(FRAMEWORK, Framework.CUSTOM)

    @property
    def model_framework_version(self) -> str | None:
        """As it was said at registering."""
        return self._asset["properties"].get(FRAMEWORK_VERSION)

    @property
    def datasets(self) -> dict:
        """Purpose to the list of data sets that were named at registering; one that is gone is its `name:version`."""
        given = self._asset["properties"].items()
        return {
            key[len(DATASET) :]: [self._dataset(one) for one in value.split(",")]
            for key, value in given
            if key.startswith(DATASET)
        }

    @property
    def sample_input_dataset(self):
        """As it was said at registering."""
        return self._dataset(self._asset["properties"].get(SAMPLE_INPUT))

    @property
    def sample_output_dataset(self):
        """As it was said at registering."""
        return self._dataset(self._asset["properties"].get(SAMPLE_OUTPUT))

    @property
    def resource_configuration(self) -> ResourceConfiguration | None:
        """As it was said at registering."""
        kept = self._asset["properties"].get(RESOURCES)
        return ResourceConfiguration(**json.loads(kept)) if kept else None

    def _dataset(self, name: str | None):
        from trainyard.data.dataset import Dataset

        if name is None:
            return None
        try:
            return Dataset.get_by_id(self.workspace, name)
        except UserErrorException:
            return name

    def download(self, target_dir: str = ".", exist_ok: bool = False, exists_ok: bool | None = None) -> str:
        """
        Write its files below `target_dir`; the path of its file or folder. Raises UserErrorException for one that is
        there, unless `exist_ok`.
        """
        import shutil
        import tempfile

        from trainyard.data.data_files import local_files

        source = self._asset["content"]["source"]
        with tempfile.TemporaryDirectory() as folder:
            files = local_files(self.workspace, source, folder)
            if len(files) == 1 and (source.get("file") or source["kind"] == "uri"):
                [(inside, local)] = files.items()
                target = os.path.join(target_dir, os.path.basename(inside))
                pairs = [(local, target)]
            else:
                target = os.path.join(target_dir, self._folder_name())
                pairs = [(local, os.path.join(target, *inside.split("/"))) for inside, local in files.items()]
            if os.path.exists(target) and not (exist_ok or exists_ok):
                raise UserErrorException(f"{target} exists. Pass exist_ok=True to replace it.")
            for local, place in pairs:
                os.makedirs(os.path.dirname(os.path.abspath(place)), exist_ok=True)
                shutil.copyfile(local, place)
        return target

    def _folder_name(self) -> str:
        return self.name

    def add_tags(self, tags: dict) -> None:
        """Set tags."""
        self._change(tags={key: "" if value is None else str(value) for key, value in tags.items()})

    def remove_tags(self, tags: object) -> None:
        """Remove the tag or the tags of these keys."""
        self._change(tags={key: None for key in ([tags] if isinstance(tags, str) else tags)})

    def add_properties(self, properties: dict) -> None:
        """Add properties. One that is there keeps its value: another raises UserErrorException."""
        self._change(properties={key: str(value) for key, value in properties.items()})

    def update(self, tags: dict | None = None, description: str | None = None, **_options: object) -> None:
        """These are its tags and its description from now on; what is None stays."""
        changes: dict = {}
        if tags is not None:
            changes["tags"] = {**{key: None for key in self.tags}, **{key: str(value) for key, value in tags.items()}}
        if description is not None:
            changes["description"] = description
        self._change(**changes)

    def update_tags_properties(self, add_tags=None, remove_tags=None, add_properties=None) -> None:
        """All three at once."""
        self.add_tags(add_tags or {})
        self.remove_tags(remove_tags or [])
        self.add_properties(add_properties or {})

    def delete(self) -> None:
        """Delete this version; its number is not given again."""
        self.workspace._connection.delete(api("assets", "model", self._asset["name"], self._asset["version"]))

    def _change(self, **changes: object) -> None:
        path = api("assets", "model", self._asset["name"], self._asset["version"])
        try:
            self._asset = self.workspace._connection.patch(path, changes)
        except ServiceException as error:
            if error.status_code in (0, 500):
                raise
            raise UserErrorException(error.message, error) from None

    @staticmethod
    def deploy(*_arguments: object, **_options: object):
        """Raises NotSupported: Trainyard trains and registers."""
        raise NotSupported(
            "Trainyard does not deploy models. Download one with model.download(), or serve it with MLflow: "
            "mlflow models serve -m models:/<name>/<version>."
        )

    package = profile = deploy

    def serialize(self) -> dict:
        """As a dict."""
        return {
            "createdTime": self.created_time.isoformat(),
            "id": self.id,
            "name": self.name,
            "version": self.version,
            "description": self.description,
            "framework": self.model_framework,
            "frameworkVersion": self.model_framework_version,
            "properties": self.properties,
            "tags": self.tags,
            "runId": self.run_id,
            "url": self.url,
        }

    def __repr__(self) -> str:
        words = f"id={self.id}, version={self.version}, tags={self.tags}, properties={self.properties}"
        return f"Model(workspace={self.workspace!r}, name={self.name}, {words})"


def _find(workspace, name: str | None, version: object, tags: object, properties: object, run_id: str | None) -> dict:
    if not name:
        raise UserErrorException("Model(workspace, ...) needs a name or an id.")
    connection = workspace._connection
    if version is None and (tags or properties or run_id):
        found = Model.list(workspace, name, tags, properties, run_id)
        if found:
            return found[0]._asset
    else:
        try:
            return connection.get(api("assets", "model", name), version=None if version is None else str(version))
        except ServiceException as error:
            if not is_missing(error):
                raise
    names = [asset["name"] for asset in connection.get(api("assets", "model"))["assets"]]
    versions = f" of version {version}" if version is not None else ""
    raise ModelNotFoundException(
        f"ModelNotFound: there is no model {name!r}{versions} in the workspace.{did_you_mean(name, names)}"
    )


def _wanted(asset: dict, tags: object, properties: object, run_id: str | None) -> bool:
    given = ((asset["tags"], tags), (asset["properties"], properties))
    return (run_id is None or asset["run"] == run_id) and all(_has(own, wanted) for own, wanted in given)


def _has(own: dict, wanted: object) -> bool:
    if not wanted:
        return True
    pairs = wanted.items() if isinstance(wanted, dict) else wanted
    for one in [pairs] if isinstance(pairs, str) else pairs:
        if isinstance(one, str):
            if one not in own:
                return False
        elif own.get(one[0]) != str(one[1]):
            return False
    return True
