"""azureml's ways to log in: accepted and not needed. What proves who asks is the server's token."""

from __future__ import annotations


class AbstractAuthentication:
    """Keeps nothing of what it is given."""

    def __init__(self, *_arguments: object, **_options: object) -> None:
        """Nothing is asked, and nothing is kept."""

    def get_authentication_header(self) -> dict:
        """The header of requests to the server that the environment names."""
        from trainyard.server.server_home import find_address

        _url, token, _home = find_address()
        return {"Authorization": f"Bearer {token}"}

    def get_token(self, *_scopes: object) -> str:
        """The token for the server that the environment names."""
        return self.get_authentication_header()["Authorization"].split(" ", 1)[1]


class InteractiveLoginAuthentication(AbstractAuthentication):
    """Accepted; no login is asked for."""


class ServicePrincipalAuthentication(AbstractAuthentication):
    """Accepted; the principal is not used."""


class AzureCliAuthentication(AbstractAuthentication):
    """Accepted; no other command is asked."""


class MsiAuthentication(AbstractAuthentication):
    """Accepted; no other service is asked."""


class ArmTokenAuthentication(AbstractAuthentication):
    """Accepted; the token is not used."""


class TokenAuthentication(AbstractAuthentication):
    """Accepted; the token is not used."""
