"""Compute targets: the submitting machine and named clusters."""

from __future__ import annotations

import time

from trainyard.computes.cluster_status import AmlComputeStatus, ScaleSettings
from trainyard.errors import ComputeTargetException, NotSupported, ServiceException
from trainyard.nearest_name import did_you_mean
from trainyard.runs.details import iso_time
from trainyard.server.endpoints import api, is_missing

_SIZES = [
    {"name": "STANDARD_D2_V2", "vCPUs": 2, "gpus": 0, "memoryGB": 7.0, "maxResourceVolumeMB": 102400},
    {"name": "STANDARD_DS3_V2", "vCPUs": 4, "gpus": 0, "memoryGB": 14.0, "maxResourceVolumeMB": 28672},
    {"name": "STANDARD_NC6", "vCPUs": 6, "gpus": 1, "memoryGB": 56.0, "maxResourceVolumeMB": 389120},
]


class ComputeTarget:
    """
    `ComputeTarget(workspace, name)` is the registered one, as an object of its own class (AmlCompute).

    Raises ComputeTargetException, naming the nearest, when there is none: the create-if-missing idiom counts on it.
    """

    _compute_type = "Compute"

    def __new__(cls, workspace=None, name: str | None = None):
        if workspace is None or name is None:
            return super().__new__(cls)
        facts = _find(workspace, name)
        made = super().__new__(AmlCompute if facts["type"] == "amlcompute" else LocalTarget)
        made._fill(workspace, facts)
        return made

    def __init__(self, workspace=None, name: str | None = None) -> None:
        """Everything was read by __new__, which knows the class."""

    def _fill(self, workspace, facts: dict):
        self.workspace = workspace
        self._facts = facts
        return self

    @staticmethod
    def create(workspace, name: str, provisioning_configuration) -> ComputeTarget:
        """Make a cluster; what it is returns at once. One of this name gets the new settings."""
        if not isinstance(provisioning_configuration, AmlComputeProvisioningConfiguration):
            raise ComputeTargetException(
                f"A provisioning configuration of type {type(provisioning_configuration).__name__} is not supported. "
                "Expected AmlCompute.provisioning_configuration(...)."
            )
        try:
            facts = workspace._connection.put(api("computes", name), provisioning_configuration._to_wire())
        except ServiceException as error:
            if error.status_code in (0, 500):
                raise
            raise ComputeTargetException(error.message, error) from None
        return AmlCompute()._fill(workspace, facts)

    @staticmethod
    def list(workspace) -> list:
        """Every compute target of the workspace."""
        computes = workspace._connection.get("/api/v1/computes")["computes"]
        kinds = {"amlcompute": AmlCompute}
        return [kinds.get(facts["type"], LocalTarget)()._fill(workspace, facts) for facts in computes]

    @staticmethod
    def attach(workspace, name: str, attach_configuration) -> ComputeTarget:
        """Raises NotSupported: machines are attached on the server's side."""
        raise NotSupported(
            "Attaching a machine by a script is not supported. Install Trainyard there, or give jobs to the cluster "
            "engine that the server is configured for."
        )

    @property
    def name(self) -> str:
        """The compute's name."""
        return self._facts["name"]

    @property
    def id(self) -> str:
        """In the layout of Azure's resource ids."""
        return f"{self.workspace.scope}/computes/{self.name}"

    @property
    def type(self) -> str:
        """`AmlCompute`, or `Local`."""
        return self._compute_type

    @property
    def location(self) -> str:
        """The workspace's."""
        return self.workspace.location

    @property
    def cluster_location(self) -> str:
        """The workspace's."""
        return self.location

    @property
    def description(self) -> str:
        """What people say of it."""
        return self._facts["description"]

    @property
    def tags(self) -> dict:
        """Its tags."""
        return self._facts["tags"]

    @property
    def provisioning_state(self) -> str:
        """Always `Succeeded`: a compute is there once it is registered."""
        return "Succeeded"

    @property
    def provisioning_errors(self) -> list:
        """None ever."""
        return []

    @property
    def created_on(self) -> str | None:
        """ISO 8601."""
        return iso_time(self._facts["createdAt"])

    def refresh_state(self) -> None:
        """Read it again. Raises ComputeTargetException when it is gone."""
        self._facts = _find(self.workspace, self.name)

    def get_status(self) -> object:
        """See AmlCompute.get_status."""
        return self.provisioning_state

    def wait_for_completion(self, show_output: bool = False, *_arguments: object, **_options: object) -> None:
        """Returns at once."""
        if show_output:
            print("Succeeded")

    def delete(self) -> None:
        """Delete it. Raises ComputeTargetException when jobs use it."""
        try:
            self.workspace._connection.delete(api("computes", self.name))
        except ServiceException as error:
            if error.status_code in (0, 500):
                raise
            raise ComputeTargetException(error.message, error) from None

    detach = delete

    def serialize(self) -> dict:
        """As a dict."""
        return {
            "id": self.id,
            "name": self.name,
            "location": self.location,
            "tags": self.tags,
            "properties": {
                "description": self.description,
                "computeType": self.type,
                "provisioningState": self.provisioning_state,
            },
        }

    def get_active_runs(
        self, type: str | None = None, tags: object = None, properties: object = None, status: str | None = None
    ):
        """Generate the runs that are on its nodes or wait for one."""
        from trainyard.runs.family import matches

        self.refresh_state()
        names = [node["run"] for node in self._facts["nodes"] if node["run"]]
        for name in names + [waiting["run"] for waiting in self._facts["waiting"]]:
            run = self.workspace.get_run(name)
            if matches(run._facts(), tags, properties, type, status):
                yield run

    def __repr__(self) -> str:
        words = f"type={self.type}, provisioning_state={self.provisioning_state}, tags={self.tags}"
        return f"{type(self).__name__}(workspace={self.workspace!r}, name={self.name}, {words})"


class LocalTarget(ComputeTarget):
    """The submitting machine, `local`."""

    _compute_type = "Local"

    @property
    def name(self) -> str:
        """`local`."""
        return "local"


class AmlComputeProvisioningConfiguration:
    """What AmlCompute.provisioning_configuration makes."""

    def __init__(self, **settings: object) -> None:
        self.settings = settings

    def _to_wire(self) -> dict:
        return {"type": "amlcompute", **{name: value for name, value in self.settings.items() if value is not None}}


class AmlCompute(ComputeTarget):
    """A cluster of nodes that grows to `max_nodes` and shrinks to `min_nodes`."""

    _compute_type = "AmlCompute"

    @staticmethod
    def provisioning_configuration(
        vm_size: str = "",
        vm_priority: str = "dedicated",
        min_nodes: int = 0,
        max_nodes: int | None = None,
        idle_seconds_before_scaledown: int = 1800,
        admin_username: str | None = None,
        admin_user_password: str | None = None,
        admin_user_ssh_key: str | None = None,
        vnet_resourcegroup_name: str | None = None,
        vnet_name: str | None = None,
        subnet_name: str | None = None,
        tags: dict | None = None,
        description: str | None = None,
        remote_login_port_public_access: str = "NotSpecified",
        identity_type: str | None = None,
        identity_id: list | None = None,
        location: str | None = None,
        enable_node_public_ip: bool = True,
    ) -> AmlComputeProvisioningConfiguration:
        """
        The settings for ComputeTarget.create. `vm_priority` is dedicated or lowpriority; `max_nodes` is 4 unless
        given. What concerns Azure's machines and networks is accepted and not kept.
        """
        if str(vm_priority).lower() not in ("dedicated", "lowpriority"):
            raise ComputeTargetException(f"vm_priority is {vm_priority!r}; expected 'dedicated' or 'lowpriority'.")
        most = 4 if max_nodes is None else max_nodes
        if not 0 <= min_nodes <= most:
            raise ComputeTargetException(
                f"min_nodes is {min_nodes} and max_nodes {most}; expected 0 <= min_nodes <= max_nodes."
            )
        return AmlComputeProvisioningConfiguration(
            size=vm_size or "STANDARD_NC6",
            tier="low_priority" if str(vm_priority).lower() == "lowpriority" else "dedicated",
            minInstances=min_nodes,
            maxInstances=most,
            idleSecondsBeforeScaleDown=idle_seconds_before_scaledown,
            tags={str(key): str(value) for key, value in (tags or {}).items()},
            description=description or "",
        )

    @staticmethod
    def supported_vmsizes(workspace, location: str | None = None) -> list:
        """Some sizes that scripts name. Any size is accepted: the machine is what it is."""
        return [dict(size) for size in _SIZES]

    @staticmethod
    def list_usage(workspace, *_arguments: object) -> list:
        """For each cluster how many of its nodes are in use (`current_value`) and how many it may have (`limit`)."""
        clusters = [one for one in ComputeTarget.list(workspace) if isinstance(one, AmlCompute)]
        return [
            {
                "name": one.name,
                "unit": "Count",
                "current_value": len(one._facts["nodes"]),
                "limit": one._facts["maxInstances"],
            }
            for one in clusters
        ]

    @property
    def vm_size(self) -> str:
        """As it was asked for."""
        return self._facts["size"]

    @property
    def vm_priority(self) -> str:
        """`dedicated` or `lowpriority`."""
        return "lowpriority" if self._facts["tier"] == "low_priority" else "dedicated"

    @property
    def scale_settings(self) -> ScaleSettings:
        """From how many nodes to how many."""
        return ScaleSettings(
            self._facts["minInstances"], self._facts["maxInstances"], self._facts["idleSecondsBeforeScaleDown"]
        )

    @property
    def status(self) -> AmlComputeStatus:
        """As get_status() found it last."""
        return AmlComputeStatus(self._facts)

    def get_status(self) -> AmlComputeStatus:
        """The cluster as it is now."""
        self.refresh_state()
        return self.status

    def list_nodes(self) -> list:
        """Its nodes, with the run on each."""
        self.refresh_state()
        return [
            {"nodeId": node["name"], "nodeState": node["state"], "runId": node["run"]} for node in self._facts["nodes"]
        ]

    def update(
        self,
        min_nodes: int | None = None,
        max_nodes: int | None = None,
        idle_seconds_before_scaledown: int | None = None,
    ) -> None:
        """Change how far it grows and shrinks. Raises ComputeTargetException for numbers that cannot be."""
        given = {
            "minInstances": min_nodes,
            "maxInstances": max_nodes,
            "idleSecondsBeforeScaleDown": idle_seconds_before_scaledown,
        }
        body = {name: value for name, value in given.items() if value is not None}
        try:
            self._facts = self.workspace._connection.patch(api("computes", self.name), body)
        except ServiceException as error:
            if error.status_code in (0, 500):
                raise
            raise ComputeTargetException(error.message, error) from None

    def wait_for_completion(
        self,
        show_output: bool = False,
        min_node_count: int | None = None,
        timeout_in_minutes: float = 25,
        is_delete_operation: bool = False,
    ) -> None:
        """Wait until so many nodes are there (by default as many as it always has), for `timeout_in_minutes`."""
        wanted = self._facts["minInstances"] if min_node_count is None else min_node_count
        wanted = min(wanted, self._facts["minInstances"])
        deadline = time.monotonic() + timeout_in_minutes * 60
        while not is_delete_operation and len(self._facts["nodes"]) < wanted and time.monotonic() < deadline:
            time.sleep(0.5)
            self.refresh_state()
        if show_output:
            reached = is_delete_operation or len(self._facts["nodes"]) >= wanted
            ending = (
                "Minimum number of nodes requested have been provisioned"
                if reached
                else "Wait timeout has been reached"
            )
            print(f"Creating...\nSucceeded\nAmlCompute wait for completion finished\n\n{ending}")


def _find(workspace, name: str) -> dict:
    try:
        return workspace._connection.get(api("computes", name))
    except ServiceException as error:
        if not is_missing(error) and error.status_code != 400:
            raise
        names = [one["name"] for one in workspace._connection.get("/api/v1/computes")["computes"]]
        raise ComputeTargetException(
            f"ComputeTargetNotFound: Compute Target with name {name} not found in provided workspace."
            f"{did_you_mean(name, names)} It has {', '.join(names)}."
        ) from None
