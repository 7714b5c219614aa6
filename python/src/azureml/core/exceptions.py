"""`from azureml.core.exceptions import …`, the older place of azureml.exceptions."""

from azureml.exceptions import *  # noqa: F403 - the very same names
from azureml.exceptions import __all__

__all__ = list(__all__)
