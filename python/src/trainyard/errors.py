"""The exceptions that the client raises, under the names that azureml scripts catch, with the same text layout."""

from __future__ import annotations


class AzureMLException(Exception):
    """The base of all. `message` is the sentence; `inner_exception` is the cause, when there is one."""

    def __init__(self, exception_message: str, inner_exception: BaseException | None = None) -> None:
        super().__init__(exception_message)
        self.message = exception_message
        self.inner_exception = inner_exception

    @property
    def exception_message(self) -> str:
        """The sentence, under its older name."""
        return self.message

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


class ServiceException(AzureMLException):
    """
    The server refused or failed. `status_code` is HTTP's, 0 when no server answered; `code` is the server's word,
    such as "not-found"; `details` is what else it said.
    """

    def __init__(self, message: str, status_code: int = 0, code: str = "", details: dict | None = None, **rest) -> None:
        super().__init__(message, **rest)
        self.status_code = status_code
        self.code = code
        self.details = details or {}

    def _error(self) -> dict:
        return {"code": self.code, "message": self.message}


class AuthenticationException(ServiceException):
    """The server does not know the token, or there is none."""


class ActivityFailedException(AzureMLException):
    """A run ended badly. `error` is the server's whole account of it, `{"error": {"code", "message", ...}}`."""

    def __init__(self, message: str, inner_exception: BaseException | None = None, error: dict | None = None) -> None:
        super().__init__(message, inner_exception)
        self.error_details = error or {}

    def _error(self) -> dict:
        inner = self.error_details.get("error")
        return inner if isinstance(inner, dict) else {"message": self.message}


class RunEnvironmentException(AzureMLException):
    """There is no run in this process's environment."""


class RunConfigurationException(UserErrorException):
    """A run configuration that cannot be read or submitted."""


class ExperimentExecutionException(AzureMLException):
    """An experiment could not be run."""


class ProjectSystemException(AzureMLException):
    """The project folder is not as it must be."""


class SnapshotException(UserErrorException):
    """The source folder cannot be sent as it is."""


class WorkspaceException(UserErrorException):
    """There is no such workspace."""


class TrainingException(AzureMLException):
    """A training could not be set up."""


class ComputeTargetException(AzureMLException):
    """There is no such compute target, or it cannot be made as it was asked."""


class ModelNotFoundException(UserErrorException):
    """There is no such model, or no such version of it."""


class ModelPathNotFoundException(UserErrorException):
    """The files that were to become a model are not there."""


class WebserviceException(AzureMLException):
    """Deployment, which Trainyard does not do."""


class DatasetValidationError(UserErrorException):
    """The files of a data set are not there or cannot be read as they were described."""


class DatasetTimestampMissingError(UserErrorException):
    """A table that is asked for a time has no timestamp column."""


class NotSupported(UserErrorException, NotImplementedError):
    """A part of azureml's surface that Trainyard does not have. Says what to use instead."""
