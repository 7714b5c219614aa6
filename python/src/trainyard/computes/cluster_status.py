"""A cluster at one moment, as azureml's clients read it."""

from __future__ import annotations

from trainyard.runs.details import iso_time


class ScaleSettings:
    """`minimum_node_count`, `maximum_node_count`, `idle_seconds_before_scaledown`."""

    def __init__(self, least: int, most: int, idle_seconds: int) -> None:
        self.minimum_node_count = least
        self.maximum_node_count = most
        self.idle_seconds_before_scaledown = idle_seconds

    def serialize(self) -> dict:
        """As a dict."""
        return {
            "minNodeCount": self.minimum_node_count,
            "maxNodeCount": self.maximum_node_count,
            "nodeIdleTimeBeforeScaleDown": f"PT{self.idle_seconds_before_scaledown}S",
        }


class AmlComputeStatus:
    """A cluster at one moment; `serialize()` gives it as a dict."""

    def __init__(self, facts: dict) -> None:
        states = [node["state"] for node in facts["nodes"]]
        self.current_node_count = len(states)
        self.target_node_count = len(states)
        self.preparing_node_count = states.count("preparing")
        self.running_node_count = states.count("running")
        self.idle_node_count = states.count("idle")
        self.leaving_node_count = states.count("leaving")
        self.unusable_node_count = 0
        self.preempted_node_count = 0
        self.allocation_state = "Steady"
        self.provisioning_state = "Succeeded"
        self.errors = None
        self.creation_time = self.modified_time = self.allocation_state_transition_time = iso_time(facts["createdAt"])
        self.provisioning_state_transition_time = None
        self.vm_size = facts["size"]
        self.vm_priority = "LowPriority" if facts["tier"] == "low_priority" else "Dedicated"
        self.scale_settings = ScaleSettings(
            facts["minInstances"], facts["maxInstances"], facts["idleSecondsBeforeScaleDown"]
        )

    @property
    def node_state_counts(self) -> dict:
        """How many nodes are in each state."""
        return {
            "preparingNodeCount": self.preparing_node_count,
            "runningNodeCount": self.running_node_count,
            "idleNodeCount": self.idle_node_count,
            "unusableNodeCount": self.unusable_node_count,
            "leavingNodeCount": self.leaving_node_count,
            "preemptedNodeCount": self.preempted_node_count,
        }

    def serialize(self) -> dict:
        """With the keys of azureml."""
        return {
            "currentNodeCount": self.current_node_count,
            "targetNodeCount": self.target_node_count,
            "nodeStateCounts": self.node_state_counts,
            "allocationState": self.allocation_state,
            "allocationStateTransitionTime": self.allocation_state_transition_time,
            "errors": self.errors,
            "creationTime": self.creation_time,
            "modifiedTime": self.modified_time,
            "provisioningState": self.provisioning_state,
            "provisioningStateTransitionTime": self.provisioning_state_transition_time,
            "scaleSettings": self.scale_settings.serialize(),
            "vmPriority": self.vm_priority,
            "vmSize": self.vm_size,
        }

    def __repr__(self) -> str:
        return repr(self.serialize())
