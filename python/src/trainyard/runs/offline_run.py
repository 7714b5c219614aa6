"""The run outside a job: it prints what it would record, so that a script can be tried by hand."""

from __future__ import annotations


class _OfflineRun:
    """Takes every recording call of a job's run and prints it. Scripts test `isinstance(run, _OfflineRun)`."""

    def __init__(self) -> None:
        import uuid  # only here: it costs milliseconds that a job need not pay

        self.id = f"OfflineRun_{uuid.uuid4()}"
        self.name = self.id

    def __repr__(self) -> str:
        return f"_OfflineRun(Id: {self.id})"

    def log(self, name: str, value: object, description: str = "", step: int | None = None) -> None:
        """Print the value."""
        _print_metric("scalar", name, value)

    def log_list(self, name: str, value: list, description: str = "") -> None:
        """Print the list."""
        _print_metric("list", name, value)

    def log_row(self, name: str, description: str | None = None, **columns: object) -> None:
        """Print the row as a dict."""
        _print_metric("row", name, columns)

    def log_table(self, name: str, value: dict, description: str = "") -> None:
        """Print the table as it was given."""
        _print_metric("table", name, value)

    def log_image(self, name: str, path: str | None = None, plot: object = None, description: str = "") -> None:
        """Print the path or the plot's repr; nothing is drawn."""
        _print_metric("image", name, plot if path is None else path)

    def log_confusion_matrix(self, name: str, value: dict | str, description: str = "") -> None:
        """Print the value."""
        _print_metric("confusion_matrix", name, value)

    def log_accuracy_table(self, name: str, value: dict | str, description: str = "") -> None:
        """Print the value."""
        _print_metric("accuracy_table", name, value)

    def log_predictions(self, name: str, value: dict | str, description: str = "") -> None:
        """Print the value."""
        _print_metric("predictions", name, value)

    def log_residuals(self, name: str, value: dict | str, description: str = "") -> None:
        """Print the value."""
        _print_metric("residuals", name, value)

    def tag(self, key: str, value: object = None) -> None:
        """Print the tag."""
        print(f"Attempted to set tag {key}:\n{value}")

    def set_tags(self, tags: dict) -> None:
        """Print the tags."""
        for key, value in tags.items():
            self.tag(key, value)

    def remove_tags(self, keys: list | str) -> None:
        """Print the keys."""
        print(f"Attempted to remove tags {keys}")

    def add_properties(self, properties: dict) -> None:
        """Print the properties."""
        for key, value in properties.items():
            print(f"Attempted to set property {key}:\n{value}")

    def upload_file(self, name: str, path_or_stream: object, datastore_name: str | None = None) -> None:
        """Print both names; nothing is read."""
        print(f"Attempted to track file {path_or_stream} at {name}")

    def upload_files(
        self,
        names: list,
        paths: list,
        return_artifacts: bool = False,
        timeout_seconds: int | None = None,
        datastore_name: str | None = None,
    ) -> None:
        """Print each pair."""
        for name, path in zip(names, paths):
            self.upload_file(name, path)

    def upload_folder(self, name: str, path: str, datastore_name: str | None = None) -> None:
        """Print both names; nothing is read."""
        print(f"Attempted to track folder {path} at {name}")

    def complete(self) -> None:
        """Nothing."""

    def fail(self, error_details: object = None, error_code: str | None = None) -> None:
        """Print the details."""
        print(f"Attempted to fail the run:\n{error_details}")

    def start(self) -> None:
        """Nothing."""

    def cancel(self) -> None:
        """Print that there is nothing to cancel."""
        print("Attempted to cancel the run")

    def child_run(self, name: str | None = None, run_id: str | None = None, outputs: str | None = None) -> _OfflineRun:
        """Another run that only prints."""
        return _OfflineRun()

    @property
    def input_datasets(self) -> dict:
        """None: there is no job."""
        return {}

    def flush(self, timeout_seconds: int = 300) -> None:
        """Nothing."""

    def __enter__(self) -> _OfflineRun:
        return self

    def __exit__(self, *_error: object) -> None:
        return None


def _print_metric(kind: str, name: str, value: object) -> None:
    print(f"Attempted to log {kind} metric {name}:\n{value}")
