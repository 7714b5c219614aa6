"""The run of this process: inside a job it records into the attempt folder, outside it prints."""

from __future__ import annotations

import functools
import os
from time import time_ns

from trainyard.errors import NotInJobClient, RunEnvironmentException, UserErrorException
from trainyard.full_client import FullClientLater
from trainyard.never_raise import never_raise, warn_about
from trainyard.offline_run import _OfflineRun
from trainyard.record_file import RecordFile
from trainyard.shapes import chart_value, table_rows
from trainyard.staging import Staging, check_artifact_path
from trainyard.wire import (
    Unloggable,
    check_name,
    fact_line,
    now_ms,
    other_line,
    plain_step,
    scalar_head,
    scalar_line,
)

_MOST_CACHED_NAMES = 4096
_POINTS_A_WRITE = 4096


class _Experiment(FullClientLater):
    """The experiment of a run: its `name`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"Experiment(Name: {self.name})"


class Run(FullClientLater):
    """
    A record of metrics, tags, properties and files. `Run.get_context()` gives the one of this process.

    No logging method raises because of what it was given or of the disk: it says so once on stderr and skips. The
    upload methods do raise, because a script counts on its files.
    """

    def __init__(self, experiment: object = None, run_id: str | None = None) -> None:
        raise NotInJobClient("Opening a run by its id arrives with the full client. In a job use Run.get_context().")

    @staticmethod
    def get_context(allow_offline: bool = True) -> Run | _OfflineRun:
        """
        The run that this process belongs to; the same object at every call.

        Outside a job it is an `_OfflineRun`, which only prints, or with `allow_offline=False` a
        RunEnvironmentException.
        """
        folder, run_id = os.environ.get("TRAINYARD_RUN_FOLDER"), os.environ.get("AZUREML_RUN_ID")
        if folder and run_id:
            return _submitted_run(folder, run_id, os.environ.get("AZUREML_EXPERIMENT_NAME", ""))
        if allow_offline:
            return _offline_run()
        raise RunEnvironmentException(
            "This process is not part of a job: TRAINYARD_RUN_FOLDER and AZUREML_RUN_ID are not both set. Submit the "
            "script as a job, or call Run.get_context() with allow_offline=True to print instead of record."
        )


class _SubmittedRun(Run):
    """The run of a job, seen from inside it."""

    def __init__(self, folder: str, run_id: str, experiment_name: str) -> None:
        self._id = run_id
        self._folder = folder
        self._experiment = _Experiment(experiment_name)
        self._records = RecordFile(os.path.join(folder, "records"))
        self._append = self._records.append
        self._staging = Staging(os.path.join(folder, "files"))
        self._heads: dict[str, str] = {}
        self._last_image_ms = 0

    @property
    def id(self) -> str:
        """The run's id, which is the job's name."""
        return self._id

    @property
    def name(self) -> str:
        """The run's id: inside the job no other display name is known."""
        return self._id

    @property
    def experiment(self) -> _Experiment:
        """The experiment, of which the job knows the `name`."""
        return self._experiment

    def __reduce__(self) -> tuple:
        # Trainers copy the run along with their callbacks and pickle it into worker processes.
        return _submitted_run, (self._folder, self._id, self._experiment.name)

    def __repr__(self) -> str:
        return f"Run(Experiment: {self._experiment.name},\nId: {self._id},\nType: azureml.scriptrun,\nStatus: Running)"

    def log(self, name: str, value: object, description: str = "", step: int | None = None) -> None:
        """
        Record one value. The same name again extends the series.

        `value` is a number (also numpy's, torch's and the like; NaN and the infinities too), a str or a bool. `step`
        is a whole number, by default the value's index. `description` is accepted for compatibility and not kept.
        """
        try:
            if type(value) is float and value - value == 0.0 and (step is None or type(step) is int):
                head = self._heads.get(name) or self._new_head(name)
                if step is None:
                    self._append(f'{head}{value!r},"at":{time_ns() // 1000000}}}\n'.encode())
                else:
                    self._append(f'{head}{value!r},"s":{step},"at":{time_ns() // 1000000}}}\n'.encode())
            else:
                self._log_any(name, value, step)
        except Exception as error:
            warn_about("run.log", error)

    def _new_head(self, name: object) -> str:
        name = check_name(name)
        if len(self._heads) >= _MOST_CACHED_NAMES:
            self._heads.clear()
        head = self._heads[name] = scalar_head(name)
        return head

    def _log_any(self, name: object, value: object, step: object) -> None:
        name = check_name(name)
        if step is not None:
            try:
                step = plain_step(step)
            except Unloggable as error:
                warn_about(f"run.log({name!r})", error)
                step = None
        try:
            line = scalar_line(name, value, step, now_ms())
        except Unloggable as error:
            warn_about(f"run.log({name!r})", error)
        else:
            self._append(line.encode())

    @never_raise
    def log_list(self, name: str, value: list, description: str = "") -> None:
        """Record every value of a list, tuple, array or other iterable, of any length, as `log` would."""
        check_name(name)
        at = now_ms()
        lines = []
        for item in _items(value):
            try:
                lines.append(scalar_line(name, item, None, at))
            except Unloggable as error:
                warn_about(f"run.log_list({name!r})", error)
            if len(lines) >= _POINTS_A_WRITE:
                self._append("".join(lines).encode())
                lines.clear()
        if lines:
            self._append("".join(lines).encode())

    @never_raise
    def log_row(self, name: str, description: str | None = None, **columns: object) -> None:
        """Add one row to the table `name`; the keyword arguments are its cells."""
        self._append(other_line(check_name(name), "table", columns, now_ms()).encode())

    @never_raise
    def log_table(self, name: str, value: dict, description: str = "") -> None:
        """Add rows to the table `name` from a dict of column name to list. Shorter columns leave cells out."""
        check_name(name)
        at = now_ms()
        rows = table_rows(value)
        for start in range(0, len(rows), _POINTS_A_WRITE):
            chunk = rows[start : start + _POINTS_A_WRITE]
            self._append("".join(other_line(name, "table", row, at) for row in chunk).encode())

    @never_raise
    def log_image(self, name: str, path: str | None = None, plot: object = None, description: str = "") -> None:
        """
        Record an image, from exactly one of a file's `path` and a `plot` with matplotlib's `savefig`.

        It becomes the artifact `<name>_<ms since epoch>.png`; a file of another kind keeps its own suffix.
        """
        check_name(name)
        if (path is None) == (plot is None):
            raise Unloggable("image", f"log_image({name!r}) takes exactly one of path and plot; skipped")
        self._last_image_ms = at = max(now_ms(), self._last_image_ms + 1)
        suffix = os.path.splitext(os.fspath(path))[1] if path is not None else ""
        stem = "".join(c if c.isalnum() or c in "._- " else "_" for c in name[:200])
        artifact = f"{stem}_{at}{suffix or '.png'}"
        try:
            if path is not None:
                self._staging.add_path(artifact, path)
            else:
                self._staging.add(artifact, lambda target: plot.savefig(target, format="png"))
        except UserErrorException as error:
            raise Unloggable("image-file", error.message + " Skipped") from None
        self._append(other_line(name, "image", artifact, at).encode())

    @never_raise
    def log_confusion_matrix(self, name: str, value: dict | str, description: str = "") -> None:
        """
        Record a confusion matrix: a dict, or its JSON text, of `schema_type` "confusion_matrix", `schema_version`
        "1.0.0" and `data` with `class_labels` and `matrix` (rows true, columns predicted).
        """
        self._log_chart(name, "confusion_matrix", value)

    @never_raise
    def log_accuracy_table(self, name: str, value: dict | str, description: str = "") -> None:
        """
        Record an accuracy table: `data` with `probability_tables`, `percentile_tables`, `probability_thresholds`,
        `percentile_thresholds` and `class_labels`; a table is classes x thresholds x (TP, FP, TN, FN).
        """
        self._log_chart(name, "accuracy_table", value)

    @never_raise
    def log_predictions(self, name: str, value: dict | str, description: str = "") -> None:
        """Record predictions: `data` with `bin_averages`, `bin_errors`, `bin_counts` and `bin_edges`."""
        self._log_chart(name, "predictions", value)

    @never_raise
    def log_residuals(self, name: str, value: dict | str, description: str = "") -> None:
        """Record residuals: `data` with `bin_edges` and `bin_counts`."""
        self._log_chart(name, "residuals", value)

    def _log_chart(self, name: object, kind: str, value: object) -> None:
        self._append(other_line(check_name(name), kind, chart_value(kind, value), now_ms()).encode())

    @never_raise
    def tag(self, key: str, value: object = None) -> None:
        """Set a tag, to the empty text when no value is given. Values are kept as text."""
        self._append(fact_line(t="g", n=check_name(key), v=_text(value)).encode())

    @never_raise
    def set_tags(self, tags: dict) -> None:
        """Set the tags of a dict; tags that it does not name stay."""
        for key, value in tags.items():
            self.tag(key, value)

    @never_raise
    def remove_tags(self, keys: list | str) -> None:
        """Remove the tag or the tags of these keys."""
        for key in [keys] if isinstance(keys, str) else keys:
            self._append(fact_line(t="g", n=check_name(key), v=None).encode())

    @never_raise
    def add_properties(self, properties: dict) -> None:
        """Add properties, kept as text. A property cannot be changed once the run has it."""
        for key, value in properties.items():
            self._append(fact_line(t="r", n=check_name(key), v=_text(value)).encode())

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

    def upload_files(
        self,
        names: list,
        paths: list,
        return_artifacts: bool = False,
        timeout_seconds: int | None = None,
        datastore_name: str | None = None,
    ) -> None:
        """
        Upload `paths[i]` as `names[i]`; errors as in upload_file, and UserErrorException when the lengths differ.

        The last three arguments are accepted for compatibility: nothing is returned and nothing is waited for.
        """
        names, paths = list(names), list(paths)
        if len(names) != len(paths):
            raise UserErrorException(
                f"upload_files got {len(names)} names and {len(paths)} paths; it needs one name for each path."
            )
        for name in names:
            check_artifact_path(name)
        for name, path in zip(names, paths):
            self.upload_file(name, path)

    def upload_folder(self, name: str, path: str, datastore_name: str | None = None) -> None:
        """
        Upload every file below the folder `path` as `name/<path inside the folder>`; with `name` "" at the top.

        Raises UserErrorException when there is no such folder. Links to folders are not followed.
        """
        prefix = check_artifact_path(name.rstrip("/") if name != "/" else name) if name else ""
        root = os.fspath(path)
        if not os.path.isdir(root):
            raise UserErrorException(
                f"Cannot upload the folder {root!r}: there is no such folder. The current one is {os.getcwd()!r}."
            )
        for folder, _, files in os.walk(root):
            for file in sorted(files):
                inside = os.path.relpath(os.path.join(folder, file), root).replace(os.sep, "/")
                self.upload_file(f"{prefix}/{inside}" if prefix else inside, os.path.join(folder, file))

    def _set_description(self, text: object) -> None:
        try:
            self._append(fact_line(t="d", v=_text(text)).encode())
        except Exception as error:
            warn_about("run.description", error)

    description = property(None, _set_description, None, "The run's description; in the job it can be set, not read.")

    def complete(self) -> None:
        """Nothing needs doing: the job completes when its process ends with exit code 0."""

    @never_raise
    def fail(self, error_details: object = None, error_code: str | None = None) -> None:
        """Mark the run as failed, with these details. The process goes on; ending it is the script's own choice."""
        details = "The script called run.fail()." if error_details is None else _text(error_details)
        code = {} if error_code is None else {"c": _text(error_code)}
        self._append(fact_line(t="e", v=details, **code).encode())

    def flush(self, timeout_seconds: int = 300) -> None:
        """Nothing is ever pending: each call has written what it was given before it returned."""

    def __enter__(self) -> _SubmittedRun:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, _trace: object) -> None:
        if error is not None and not (isinstance(error, SystemExit) and error.code in (None, 0)):
            self.fail(f"{kind.__name__}: {error}" if kind else error)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _items(value: object):
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__iter__"):
        raise Unloggable(
            "list", f"log_list takes a list of values, but got one of type {type(value).__name__}; skipped"
        )
    return value.tolist() if hasattr(value, "tolist") else value


@functools.lru_cache(maxsize=None)
def _submitted_run(folder: str, run_id: str, experiment_name: str) -> _SubmittedRun:
    return _SubmittedRun(folder, run_id, experiment_name)


@functools.lru_cache(maxsize=None)
def _offline_run() -> _OfflineRun:
    return _OfflineRun()
