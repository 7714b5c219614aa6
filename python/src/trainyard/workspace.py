"""A workspace: everything that one Trainyard server holds, under the three names that azureml gives it."""

from __future__ import annotations

import os

from trainyard.errors import NotSupported, ServiceException, UserErrorException, WorkspaceException
from trainyard.server.config_file import find_config, missing_config, read_config, write_config

NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
_DEFAULT_GROUP = "trainyard"
_DEFAULT_NAME = "trainyard"


class Workspace:
    """
    One server has one workspace. The subscription and the resource group are labels, kept as they were given.

    Nobody is ever asked to log in: `auth` is accepted and not needed.
    """

    def __init__(
        self,
        subscription_id: str | None = None,
        resource_group: str | None = None,
        workspace_name: str | None = None,
        auth: object = None,
        *_location: object,
        _connection=None,
        _is_known: bool = False,
        **_options: object,
    ) -> None:
        from trainyard.server.connection import Connection

        self._connection = _connection or Connection.open()
        self._subscription_id = subscription_id or NO_SUBSCRIPTION
        self._resource_group = resource_group or _DEFAULT_GROUP
        self._facts_read: dict | None = None
        if not _is_known:
            # Under any name: a server that is not there, or does not know the token, is told of here.
            facts = self._facts()
            workspace_name = workspace_name or facts["name"]
        self._name = workspace_name
        self._auth = auth

    @staticmethod
    def from_config(
        path: str | None = None, auth: object = None, _logger: object = None, _file_name: str | None = None
    ) -> Workspace:
        """
        The workspace of the nearest config.json; without one that of TRAINYARD_URL, or of TRAINYARD_HOME's server,
        which is started if needed.

        Raises UserErrorException when `path` is given and no file is found, or when the file is not a config.
        """
        from trainyard.server.connection import Connection

        found = find_config(path, _file_name)
        if found is None:
            if path is not None:
                raise missing_config(path, _file_name)
            return Workspace(auth=auth)
        config = read_config(found)
        connection = Connection.open(config.get("url") or config.get("trainyard_url"))
        return Workspace(
            config["subscription_id"],
            config["resource_group"],
            config["workspace_name"],
            auth=auth,
            _connection=connection,
        )

    @staticmethod
    def _of_job() -> Workspace:
        environ = os.environ
        return Workspace(
            environ.get("AZUREML_ARM_SUBSCRIPTION"),
            environ.get("AZUREML_ARM_RESOURCEGROUP"),
            environ.get("AZUREML_ARM_WORKSPACE_NAME") or _DEFAULT_NAME,
            _is_known=True,
        )

    @staticmethod
    def get(
        name: str,
        auth: object = None,
        subscription_id: str | None = None,
        resource_group: str | None = None,
        **_options,
    ) -> Workspace:
        """The server's workspace, when that is its name. Raises WorkspaceException otherwise."""
        workspace = Workspace(subscription_id, resource_group, auth=auth)
        if name not in (workspace.name, _DEFAULT_NAME):
            raise WorkspaceException(
                f"No workspaces found with name={name}. The server at {workspace._connection.url} has one: "
                f"{workspace.name}."
            )
        workspace._name = name
        return workspace

    @staticmethod
    def create(
        name: str,
        auth: object = None,
        subscription_id: str | None = None,
        resource_group: str | None = None,
        location: str | None = None,
        create_resource_group: bool = True,
        *_more: object,
        exist_ok: bool = False,
        show_output: bool = True,
        **_azure_options: object,
    ) -> Workspace:
        """The server's workspace under this name. A server has one already, so nothing is made and nothing asked."""
        workspace = Workspace(subscription_id, resource_group, name, auth=auth)
        if show_output:
            print(f"The workspace {name} is served by {workspace._connection.url}.")
        return workspace

    @staticmethod
    def list(subscription_id: str | None = None, auth: object = None, resource_group: str | None = None) -> dict:
        """Workspace name to a list of one Workspace."""
        workspace = Workspace(subscription_id, resource_group, auth=auth)
        return {workspace.name: [workspace]}

    @staticmethod
    def setup(**_options: object) -> Workspace:
        """The same as from_config()."""
        return Workspace.from_config()

    def _facts(self) -> dict:
        if self._facts_read is None:
            try:
                self._facts_read = self._connection.get("/api/v1/workspace")
            except ServiceException as error:
                if error.status_code != 403:
                    raise
                # A job's token does not reach it.
                self._facts_read = {"name": _DEFAULT_NAME, "location": "local", "trackingUri": self._connection.url}
        return self._facts_read

    @property
    def name(self) -> str:
        """The workspace's name."""
        return self._name

    @property
    def location(self) -> str:
        """Where it is: for a server of one's own, `local`."""
        return self._facts()["location"]

    @property
    def resource_group(self) -> str:
        """As it was given; `trainyard` otherwise."""
        return self._resource_group

    @property
    def subscription_id(self) -> str:
        """As it was given; zeros otherwise."""
        return self._subscription_id

    @property
    def sku(self) -> str:
        """Always `basic`."""
        return "basic"

    @property
    def tags(self) -> dict:
        """A server's workspace has none."""
        return {}

    @property
    def discovery_url(self) -> str:
        """The server's address."""
        return self._connection.url

    @property
    def service_context(self) -> Workspace:
        """Older scripts take it for granted; it is the workspace."""
        return self

    @property
    def compute_targets(self) -> dict:
        """Name to ComputeTarget."""
        from trainyard.computes.compute import ComputeTarget

        return {target.name: target for target in ComputeTarget.list(self)}

    @property
    def datastores(self) -> dict:
        """Name to Datastore."""
        from trainyard.data.datastore import Datastore

        return {store.name: store for store in Datastore._list(self)}

    @property
    def datasets(self) -> dict:
        """Name to the latest version of each registered data set."""
        from trainyard.data.dataset import Dataset

        return Dataset.get_all(self)

    @property
    def environments(self):
        """Name to Environment: registered ones, the latest version each, and the curated ones."""
        from trainyard.environments.environment import Environment

        return Environment.list(self)

    @property
    def experiments(self) -> dict:
        """Name to Experiment."""
        from trainyard.experiments.experiment import Experiment

        return {experiment.name: experiment for experiment in Experiment.list(self)}

    @property
    def models(self) -> dict:
        """Name to the latest version of each registered model."""
        from trainyard.models.model import Model

        return {model.name: model for model in Model.list(self, latest=True)}

    @property
    def images(self) -> dict:
        """Trainyard has no images of its own."""
        return {}

    webservices = images

    def get_details(self) -> dict:
        """What there is to know of the workspace and its server."""
        facts = self._facts()
        return {
            "id": self.scope,
            "name": self.name,
            "location": self.location,
            "sku": self.sku,
            "discoveryUrl": self.discovery_url,
            "mlFlowTrackingUri": self.get_mlflow_tracking_uri(),
            "creationTime": facts.get("createdAt"),
            "version": facts.get("version"),
            "type": "Trainyard",
        }

    @property
    def scope(self) -> str:
        """The workspace's id in the layout of Azure's resource ids."""
        return (
            f"/subscriptions/{self.subscription_id}/resourceGroups/{self.resource_group}"
            f"/providers/Microsoft.MachineLearningServices/workspaces/{self.name}"
        )

    def write_config(self, path: str | None = None, file_name: str | None = None) -> None:
        """Write `<path>/.azureml/config.json` (path: the current folder) for from_config() to find."""
        config = {
            "subscription_id": self.subscription_id,
            "resource_group": self.resource_group,
            "workspace_name": self.name,
        }
        if os.environ.get("TRAINYARD_URL"):
            config["url"] = self._connection.url
        write_config(config, path, file_name)

    def get_default_datastore(self):
        """The datastore that is used where none is named."""
        from trainyard.data.datastore import Datastore

        return Datastore.get_default(self)

    def set_default_datastore(self, name: str) -> None:
        """Use this datastore where none is named."""
        from trainyard.data.datastore import Datastore

        Datastore.get(self, name).set_as_default()

    def get_default_compute_target(self, type: str = "CPU"):
        """The first cluster of the workspace; None when there is none."""
        from trainyard.computes.compute import AmlCompute

        return next((target for target in self.compute_targets.values() if isinstance(target, AmlCompute)), None)

    def get_default_keyvault(self):
        """A Keyvault, which Trainyard does not keep: each call says what to use instead."""
        from trainyard.keyvault import Keyvault

        return Keyvault(self)

    def get_mlflow_tracking_uri(self, with_auth: bool = False) -> str:
        """
        The address for `mlflow.set_tracking_uri`. The token goes into MLFLOW_TRACKING_TOKEN of this process, unless
        that is set, because MLflow reads it there.
        """
        os.environ.setdefault("MLFLOW_TRACKING_TOKEN", self._connection._token)
        return self._connection.url

    def _experiment(self, name: str):
        """The Experiment of this name; nothing is asked of the server."""
        from trainyard.experiments.experiment import Experiment

        return Experiment(self, name, _create_in_cloud=False)

    def _run_of_process(self):
        """The run of the job that this process belongs to; None outside a job."""
        from trainyard.runs.submitted_run import run_of_process

        return run_of_process()

    def get_run(self, run_id: str):
        """The run of this id. Raises UserErrorException when there is none."""
        from trainyard.runs.run import Run

        return Run.get(self, run_id)

    def update(self, **_options: object) -> dict:
        """A server's workspace has nothing that could be changed here; its details."""
        return self.get_details()

    def sync_keys(self) -> None:
        """Nothing needs doing: there are no keys."""

    def delete(self, delete_dependent_resources: bool = False, no_wait: bool = False) -> None:
        """Raises NotSupported: a server's workspace goes with its home folder."""
        raise NotSupported(
            "A workspace is not deleted by a script. Stop the server (trainyard server stop) and remove its "
            "TRAINYARD_HOME, if nothing in it is wanted any more."
        )

    def __repr__(self) -> str:
        return (
            f"Workspace.create(name={self.name!r}, subscription_id={self.subscription_id!r}, "
            f"resource_group={self.resource_group!r})"
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Workspace) and (other._connection.url, other.name) == (self._connection.url, self.name)

    def __hash__(self) -> int:
        return hash((self._connection.url, self.name))


def workspace_of(thing: object) -> Workspace:
    """The workspace that an argument is, or a clear complaint."""
    if isinstance(thing, Workspace):
        return thing
    raise UserErrorException(f"Expected a Workspace, such as Workspace.from_config(), but got {type(thing).__name__}.")
