"""A run: its record read from the server, its files, its control, and what a process logs to it."""

from __future__ import annotations

from trainyard.errors import RunEnvironmentException
from trainyard.late import late
from trainyard.records.recording import Recording
from trainyard.runs.artifacts import Artifacts
from trainyard.runs.family import Family
from trainyard.runs.offline_run import _OfflineRun

_SETTLED = ("Completed", "Failed", "Canceled")


class Run(Artifacts, Recording, Family):
    """
    A record of metrics, tags, properties and files, and the job behind it when there is one.

    `Run(experiment, run_id)` and `Run.get(workspace, run_id)` open one; `Run.get_context()` gives the one of this
    process. Values are read from the server at each call. Errors of the server are ServiceException.
    """

    _providers: dict = {}

    def __init__(self, experiment: object, run_id: str, outputs: str | None = None, **_options: object) -> None:
        self._experiment = experiment
        self._id = str(run_id)
        self._outputs = outputs
        self._outputs_since = 0.0
        self._heads: dict = {}
        self._poster = None
        self._known: dict | None = None

    # Opening

    @staticmethod
    def get_context(allow_offline: bool = True, used_for_context_manager: bool = False, **_options: object) -> object:
        """
        The run that this process belongs to; the same object at every call.

        Outside a job it is an `_OfflineRun`, which only prints, or with `allow_offline=False` a
        RunEnvironmentException.
        """
        run = late("runs.submitted_run", "run_of_process")()
        if run is not None:
            return run
        if allow_offline:
            return _offline_run()
        raise RunEnvironmentException(
            "This process is not part of a job: TRAINYARD_RUN_FOLDER and AZUREML_RUN_ID are not both set. Submit the "
            "script as a job, or call Run.get_context() with allow_offline=True to print instead of record."
        )

    get_submitted_run = get_context

    @staticmethod
    def get(workspace, run_id: str) -> Run:
        """The run of this id. Raises UserErrorException when there is none."""
        from trainyard.runs.facts import read_run

        return open_run(workspace, read_run(workspace._connection, run_id))

    @staticmethod
    def list(
        experiment, type=None, tags=None, properties=None, status=None, include_children=False, _rehydrate_runs=True
    ):
        """Generate an experiment's runs, newest first, that match; see Experiment.get_runs."""
        for run in experiment.get_runs(type, tags, properties, include_children):
            if status is None or run.status == status:
                yield run

    @staticmethod
    def add_type_provider(runtype: str, run_factory) -> None:
        """Open runs of this type by `run_factory(experiment, facts)` from now on."""
        Run._providers[runtype] = run_factory

    def _open(self, run_id: str) -> Run:
        return Run.get(self.experiment.workspace, run_id)

    # Identity

    @property
    def id(self) -> str:
        """The run's id, which is the job's name."""
        return self._id

    @property
    def experiment(self):
        """The Experiment that the run belongs to."""
        return self._experiment

    @property
    def _connection(self):
        return self.experiment.workspace._connection

    def _facts(self, fresh: bool = False) -> dict:
        """The server's description; one of a run that has ended is read once."""
        if fresh or self._known is None or self._known["state"] not in _SETTLED:
            from trainyard.runs.facts import read_run

            self._known = read_run(self._connection, self._id)
        return self._known

    @property
    def name(self) -> str:
        """The display name, by default the id."""
        return self._facts()["displayName"] or self._id

    @property
    def display_name(self) -> str:
        """The name that people gave the run. Setting it tells the server."""
        return self.name

    @display_name.setter
    def display_name(self, name: str) -> None:
        self._rename(name)

    @property
    def number(self) -> int:
        """Counts up within the experiment, from 1."""
        return self._facts()["number"]

    @property
    def type(self) -> str | None:
        """`azureml.scriptrun`, `hyperdrive`, or None for a run without a job."""
        from trainyard.runs.facts import run_type

        return run_type(self._facts())

    @property
    def status(self) -> str:
        """The state as the server knows it now; see get_status."""
        return self.get_status()

    @property
    def tags(self) -> dict:
        """The run's tags."""
        return self.get_tags()

    @property
    def properties(self) -> dict:
        """The run's properties."""
        return self.get_properties()

    def _get_description(self) -> str:
        return self._facts(fresh=True)["description"]

    @property
    def input_datasets(self) -> dict:
        """Inside a job: input name to its local path, or to the data set for one that is read directly."""
        return {}

    @property
    def output_datasets(self) -> dict:
        """The outputs by name, as the server describes them."""
        return (self._facts()["spec"] or {}).get("outputs", {})

    def __repr__(self) -> str:
        kind = f"\nType: {self.type}," if self.type else "\nType: None,"
        return f"Run(Experiment: {self.experiment.name},\nId: {self.id},{kind}\nStatus: {self.status})"

    def _repr_html_(self) -> str:
        from trainyard.notebook_tables import html_table, link

        cells = {
            "Experiment": self.experiment.name,
            "Id": self.id,
            "Type": self.type,
            "Status": self.status,
            "Details Page": link(self.get_portal_url(), "Link to Trainyard Studio"),
        }
        return html_table([cells])

    # Reading

    def get_status(self) -> str:
        """Starting, Preparing, Queued, Running, Finalizing, CancelRequested, Completed, Failed or Canceled."""
        return self._facts()["state"]

    def get_details(self) -> dict:
        """
        Everything about the run, with azureml's keys: `status`, `properties`, `parameters` (what MLflow logs as such),
        `runDefinition`, `logFiles` and more; `error` is there when it failed, `endTimeUtc` when it has ended.
        """
        from trainyard.runs.details import describe_run

        return describe_run(self._connection, self._facts(fresh=True))

    def get_details_with_logs(self) -> dict:
        """As get_details; `logFiles` holds the texts themselves."""
        from trainyard.runs.files import read_text

        details = self.get_details()
        details["logFiles"] = {name: read_text(self._connection, self._id, name) for name in details["logFiles"]}
        return details

    def get_metrics(
        self, name: str | None = None, recursive: bool = False, run_type=None, populate: bool = False
    ) -> dict:
        """
        Metric name to what was logged: a value logged once, the list of a series, a table's columns.

        `name` reads only that one; `recursive` adds the children's, where one name makes one list, `run_type` only
        those of children of that type.
        """
        from trainyard.runs.metrics import merge_metrics, read_metrics

        self.flush()
        metrics = read_metrics(self._connection, self._id, name)
        if recursive:
            for child in self.get_children(recursive=True, type=run_type):
                merge_metrics(metrics, read_metrics(self._connection, child.id, name))
        return metrics

    def get_tags(self) -> dict:
        """The run's tags as they are now."""
        self.flush()
        return self._facts(fresh=True)["tags"]

    def get_properties(self) -> dict:
        """The run's properties as they are now."""
        self.flush()
        return self._facts(fresh=True)["properties"]

    def get_portal_url(self) -> str:
        """The address of the run's page in Studio."""
        from trainyard.runs.details import page_of

        return page_of(self._connection, self._id)

    def get_environment(self):
        """The Environment that the job runs in; None for a run without a job."""
        from trainyard.environments.environment import Environment

        spec = self._facts()["spec"]
        return Environment._from_wire(spec["environment"]) if spec else None

    def get_snapshot_id(self) -> str | None:
        """Of the code that was sent; None when there was none."""
        from trainyard.runs.snapshots import snapshot_id

        return snapshot_id(self)

    def restore_snapshot(self, snapshot_id: str | None = None, path: str | None = None) -> str:
        """Write the run's code below the folder `path` (default: the current one); the new folder's path."""
        from trainyard.runs.snapshots import restore_snapshot

        return restore_snapshot(self, snapshot_id, path)

    def take_snapshot(self, file_or_folder_path: str) -> str:
        """Send a file or a folder as this run's snapshot; its id."""
        from trainyard.runs.snapshots import take_run_snapshot

        return take_run_snapshot(self, file_or_folder_path)

    def _get_outputs_datapath(self):
        # azureml's own notebooks resume a training from here.
        from trainyard.data.run_outputs import outputs_path

        return outputs_path(self)

    def get_secret(self, name: str) -> str:
        """Secrets are not kept by Trainyard; raises NotSupported with what to use instead."""
        return self.experiment.workspace.get_default_keyvault().get_secret(name)

    # Control

    def wait_for_completion(
        self, show_output: bool = False, wait_post_processing: bool = False, raise_on_error: bool = True
    ) -> dict:
        """
        Wait for the end; `get_details()`. With `show_output` the phases and logs are printed as they come.

        A failed run raises ActivityFailedException with the error and the last lines of its log, unless
        `raise_on_error` is False. Ctrl-C ends the waiting, never the run.
        """
        from trainyard.runs import following as run_following

        follow = run_following.stream_to_end if show_output else run_following.wait_for_end
        try:
            follow(self._connection, self._id)
        except KeyboardInterrupt:
            print(f"\nNo longer waiting; the run {self._id} goes on. run.cancel() stops it.")
            raise
        facts = self._facts(fresh=True)
        if raise_on_error and facts["state"] == "Failed":
            raise run_following.failure_of(self._connection, facts)
        return self.get_details()

    def cancel(self) -> None:
        """Ask the run to stop: TERM to its processes, a grace period, KILL. A run that has ended stays as it is."""
        facts = self._facts(fresh=True)
        if facts["kind"] != "tracked":
            from trainyard.server.endpoints import api

            self._connection.post(api("jobs", self._id, "cancel"), {})
        elif facts["state"] not in _SETTLED:
            self._end("KILLED")

    def start(self) -> None:
        """Mark a run without a job as running."""
        self._end("RUNNING")

    def complete(self) -> None:
        """Send what waits, upload the folder that start_logging was told of, and mark the run as completed."""
        if self._outputs:
            from trainyard.runs.files import upload_outputs

            upload_outputs(self, self._outputs, self._outputs_since)
        self._end("FINISHED")

    def fail(self, error_details: object = None, error_code: str | None = None) -> None:
        """Mark the run as failed, with these details; a job has failed once its processes have ended."""
        self._record_failure(error_details, error_code)
        self._end("FAILED")

    def _end(self, status: str) -> None:
        from trainyard.runs.facts import end_tracked_run

        self.flush()
        if self._facts(fresh=True)["kind"] == "tracked":
            end_tracked_run(self._connection, self._id, status)

    def clean(self) -> None:
        """Nothing is left behind that would have to be removed."""

    # Recording

    def _append(self, lines: bytes) -> None:
        if self._poster is None:
            from trainyard.records.record_poster import RecordPoster

            self._poster = RecordPoster(self._connection, self._id)
        self._poster.append(lines)

    def _facts_changed(self) -> None:
        # Tags are rare and people look at once, in Studio or by another call.
        self.flush()
        self._known = None

    def _rename(self, name: str) -> None:
        from trainyard.server.endpoints import mlflow

        self._connection.post(mlflow("runs/update"), {"run_id": self._id, "run_name": str(name)})
        self._known = None

    def _known_properties(self) -> dict:
        return self.get_properties()

    def flush(self, timeout_seconds: int = 300) -> None:
        """Wait until the server has all that was logged by this object."""
        if self._poster is not None:
            self._poster.flush(timeout_seconds)

    def _is_inside_job(self) -> bool:
        return False

    def __reduce__(self) -> tuple:
        return Run, (self._experiment, self._id)

    def __enter__(self) -> Run:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, _trace: object) -> None:
        if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
            self.complete()
        else:
            self.fail(f"{kind.__name__}: {error}" if kind else error)


def open_run(workspace, facts: dict, experiment=None) -> Run:
    """The run that the server describes, of the class that its type has."""
    experiment = experiment or workspace._experiment(facts["experimentName"])
    if facts["kind"] == "sweep" and "hyperdrive" not in Run._providers:
        import importlib.util

        if importlib.util.find_spec("azureml.train") and importlib.util.find_spec("azureml.train.hyperdrive"):
            importlib.import_module("azureml.train.hyperdrive")
    from trainyard.runs.facts import run_type

    factory = Run._providers.get(run_type(facts))
    run = factory(experiment, facts) if factory else Run(experiment, facts["name"])
    run._known = facts
    return run


_offline: list = []


def _offline_run() -> _OfflineRun:
    if not _offline:
        _offline.append(_OfflineRun())
    return _offline[0]
