"""Kinds of machines that belong to Azure: they can be imported, and say what to use instead when they are used."""

from __future__ import annotations

from trainyard.computes.compute import ComputeTarget
from trainyard.errors import NotSupported


def _refuse(kind: str) -> NotSupported:
    return NotSupported(
        f"{kind} is a kind of machine of Azure. Use AmlCompute, or the target 'local'; a machine of one's own is "
        "reached by a server that runs there (TRAINYARD_URL)."
    )


class RemoteCompute(ComputeTarget):
    """A machine reached by SSH; not supported."""

    @staticmethod
    def attach_configuration(*_arguments: object, **_options: object) -> None:
        """Raises NotSupported."""
        raise _refuse("RemoteCompute")


class ComputeInstance(ComputeTarget):
    """A workstation in the cloud; not supported."""

    @staticmethod
    def provisioning_configuration(*_arguments: object, **_options: object) -> None:
        """Raises NotSupported."""
        raise _refuse("ComputeInstance")
