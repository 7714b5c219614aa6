"""Where azureml keeps secrets. Trainyard keeps none for scripts, and says so."""

from __future__ import annotations

from trainyard.errors import NotSupported

_INSTEAD = (
    "Trainyard keeps no secrets for scripts. Give them to a job as environment variables "
    "(run_config.environment_variables), or to the server as a datastore's credentials."
)


class Keyvault:
    """Every call raises NotSupported with what to use instead."""

    def __init__(self, workspace: object = None) -> None:
        self.workspace = workspace

    def get_secret(self, name: str) -> str:
        """Raises NotSupported."""
        raise NotSupported(f"There is no secret {name!r}. {_INSTEAD}")

    def set_secret(self, name: str, value: str) -> None:
        """Raises NotSupported."""
        raise NotSupported(f"The secret {name!r} was not kept. {_INSTEAD}")

    def get_secrets(self, secrets: list) -> dict:
        """Raises NotSupported."""
        raise NotSupported(_INSTEAD)

    def set_secrets(self, secrets_batch: dict) -> None:
        """Raises NotSupported."""
        raise NotSupported(_INSTEAD)

    def delete_secret(self, name: str) -> None:
        """Raises NotSupported."""
        raise NotSupported(_INSTEAD)

    def list_secrets(self) -> list:
        """None are kept."""
        return []
