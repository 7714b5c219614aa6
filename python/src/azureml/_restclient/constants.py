"""`from azureml._restclient.constants import RunStatus`: the states of runs, as libraries compare them."""


class RunStatus:
    """What `run.get_status()` gives, by name."""

    NOT_STARTED = "NotStarted"
    UNAPPROVED = "Unapproved"
    PAUSING = "Pausing"
    PAUSED = "Paused"
    STARTING = "Starting"
    PROVISIONING = "Provisioning"
    PREPARING = "Preparing"
    QUEUED = "Queued"
    RUNNING = "Running"
    FINALIZING = "Finalizing"
    CANCEL_REQUESTED = "CancelRequested"
    COMPLETED = "Completed"
    FAILED = "Failed"
    CANCELED = "Canceled"
    NOT_RESPONDING = "NotResponding"

    @classmethod
    def list(cls) -> list:
        """All of them."""
        return [value for name, value in vars(cls).items() if name.isupper()]

    @classmethod
    def get_terminal_statuses(cls) -> list:
        """Those that a run stays in."""
        return [cls.COMPLETED, cls.FAILED, cls.CANCELED]
