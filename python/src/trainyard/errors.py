"""The exceptions that the client raises, under the names that azureml scripts catch, with the same text layout."""

from __future__ import annotations


class AzureMLException(Exception):
    """The base of all. `message` is the sentence; `inner_exception` is the cause, when there is one."""

    def __init__(self, message: str, inner_exception: BaseException | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.inner_exception = inner_exception

    def _error(self) -> dict:
        return {"message": self.message}

    def __str__(self) -> str:
        import json

        response = json.dumps({"error": self._error()}, indent=4)
        return "{}:\n\tMessage: {}\n\tInnerException {}\n\tErrorResponse \n{}".format(
            type(self).__name__, self.message, self.inner_exception, response
        )


class UserErrorException(AzureMLException):
    """What the caller asked for cannot be done as it was asked."""

    def _error(self) -> dict:
        return {"code": "UserError", "message": self.message}


class RunEnvironmentException(AzureMLException):
    """There is no run in this process's environment."""


class NotInJobClient(AttributeError, NotImplementedError):
    """A part of azureml's surface that the in-job client leaves to the full one; so `hasattr` says False."""
