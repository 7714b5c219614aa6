"""`from azureml.core.authentication import …`: accepted, and nobody is asked to log in."""

from trainyard.authentication import (
    AbstractAuthentication,
    ArmTokenAuthentication,
    AzureCliAuthentication,
    InteractiveLoginAuthentication,
    MsiAuthentication,
    ServicePrincipalAuthentication,
    TokenAuthentication,
)
from trainyard.errors import AuthenticationException

__all__ = [
    "AbstractAuthentication",
    "ArmTokenAuthentication",
    "AuthenticationException",
    "AzureCliAuthentication",
    "InteractiveLoginAuthentication",
    "MsiAuthentication",
    "ServicePrincipalAuthentication",
    "TokenAuthentication",
]
