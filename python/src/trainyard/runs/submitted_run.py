"""The run of a job, seen from inside it: it records into the attempt's folder, which the agent ships."""

from __future__ import annotations

import functools
import os

from trainyard.errors import ServiceException
from trainyard.late import late
from trainyard.records.record_file import RecordFile
from trainyard.records.staging import Staging, check_artifact_path
from trainyard.runs.run import Run


def run_of_process() -> _SubmittedRun | None:
    """The run of the job that this process belongs to; the same object at every call. None outside a job."""
    folder, run_id = os.environ.get("TRAINYARD_RUN_FOLDER"), os.environ.get("AZUREML_RUN_ID")
    if not folder or not run_id:
        return None
    return _submitted_run(folder, run_id, os.environ.get("AZUREML_EXPERIMENT_NAME", ""))


class _SubmittedRun(Run):
    """Logging writes to a file and never waits; reading asks the server with the job's own token."""

    def __init__(self, folder: str, run_id: str, experiment_name: str) -> None:
        super().__init__(None, run_id)
        self._folder = folder
        self._experiment_name = experiment_name
        self._added: dict = {}
        self._records = RecordFile(os.path.join(folder, "records"))
        self._append = self._records.append
        self._staging = Staging(os.path.join(folder, "files"))

    @property
    def experiment(self):
        """The Experiment that the job belongs to; its workspace is reached with the job's token."""
        if self._experiment is None:
            workspace = late("workspace", "Workspace")._of_job()
            self._experiment = workspace._experiment(self._experiment_name)
        return self._experiment

    @property
    def name(self) -> str:
        """The display name; the id where no server answers."""
        try:
            return super().name
        except ServiceException:
            return self._id

    def __reduce__(self) -> tuple:
        # Trainers copy the run along with their callbacks and pickle it into worker processes.
        return _submitted_run, (self._folder, self._id, self._experiment_name)

    def __repr__(self) -> str:
        return f"Run(Experiment: {self._experiment_name},\nId: {self._id},\nType: azureml.scriptrun,\nStatus: Running)"

    @property
    def input_datasets(self) -> dict:
        """Input name to its local path; to the data set itself for one that `as_named_input` alone gave."""
        from trainyard.data.dataset_inputs import inputs_of_process

        return inputs_of_process()

    @property
    def output_datasets(self) -> dict:
        """Output name to the local folder whose files are kept."""
        from trainyard.data.dataset_inputs import outputs_of_process

        return outputs_of_process()

    def _facts_changed(self) -> None:
        """The agent ships it within moments."""

    def add_properties(self, properties: dict) -> None:
        """As elsewhere; what other processes of the job added is not looked at: of two values the first stays."""
        super().add_properties(properties)
        self._added.update({key: str(value) for key, value in properties.items()})

    def _known_properties(self) -> dict:
        return self._added

    def _store_file(self, artifact: str, path: str | None, fill: object) -> None:
        if fill is None:
            self._staging.add_path(artifact, path)
        else:
            self._staging.add(artifact, fill)

    def upload_file(self, name: str, path_or_stream: object, datastore_name: str | None = None) -> None:
        """
        Upload a local file, or what is left in a stream, as the artifact `name`, while the job runs.

        The bytes are copied during the call. Raises UserErrorException for a name that is no relative path and for a
        missing file, OSError when the copy cannot be written. `datastore_name` is not kept: artifacts go to the
        run's own store.
        """
        artifact = check_artifact_path(name)
        if hasattr(path_or_stream, "read"):
            self._staging.add_stream(artifact, path_or_stream)
        else:
            self._staging.add_path(artifact, path_or_stream)

    def flush(self, timeout_seconds: int = 300) -> None:
        """Wait until the server has what this process logged so far. Nothing would be lost without it."""
        if not self._records.sizes() or not os.environ.get("TRAINYARD_URL"):
            return
        from trainyard.records.shipped_records import wait_until_shipped

        wait_until_shipped(self._connection, self._id, self._records.sizes(), timeout_seconds)

    def complete(self) -> None:
        """Nothing needs doing: the job completes when its process ends with exit code 0."""

    def fail(self, error_details: object = None, error_code: str | None = None) -> None:
        """Mark the run as failed, with these details. The process goes on; ending it is the script's own choice."""
        self._record_failure(error_details, error_code)

    def start(self) -> None:
        """Nothing needs doing: the job runs."""

    def _is_inside_job(self) -> bool:
        return True

    def __exit__(self, kind: type | None, error: BaseException | None, _trace: object) -> None:
        if error is not None and not (isinstance(error, SystemExit) and error.code in (None, 0)):
            self.fail(f"{kind.__name__}: {error}" if kind else error)


@functools.lru_cache(maxsize=None)
def _submitted_run(folder: str, run_id: str, experiment_name: str) -> _SubmittedRun:
    return _SubmittedRun(folder, run_id, experiment_name)
