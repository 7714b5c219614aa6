"""The files of a run, as methods: listing, downloading, uploading, registering as a model."""

from __future__ import annotations

import os

from trainyard.errors import UserErrorException


class Artifacts:
    """The half of a run that has to do with its files."""

    def get_file_names(self) -> list:
        """Every file of the run by its path, logs included."""
        from trainyard.runs.files import list_artifacts

        return [artifact["path"] for artifact in list_artifacts(self._connection, self._id)]

    def download_file(self, name: str, output_file_path: str | None = None, _validate_checksum: bool = False) -> None:
        """
        Write the run's file `name` to `output_file_path`, by default to its base name in the current folder; into a
        folder under its base name. Raises UserErrorException when the run has no such file.
        """
        from trainyard.runs.files import download_artifact

        target = os.fspath(output_file_path) if output_file_path is not None else os.path.basename(name)
        if os.path.isdir(target) or target.endswith(("/", os.sep)):
            target = os.path.join(target, os.path.basename(name))
        download_artifact(self._connection, self._id, name, target)

    def download_files(
        self,
        prefix: str | None = None,
        output_directory: str | None = None,
        output_paths: object = None,
        batch_size: int = 100,
        append_prefix: bool = True,
        timeout_seconds: int | None = None,
    ) -> None:
        """Write every file below `prefix` into `output_directory`; `append_prefix=False` leaves the prefix out."""
        from trainyard.runs.files import download_artifact

        names = [name for name in self.get_file_names() if name.startswith(prefix or "")]
        chosen = output_paths if isinstance(output_paths, (list, tuple)) else [output_paths] if output_paths else None
        if chosen is not None and len(chosen) != len(names):
            raise UserErrorException(f"download_files got {len(chosen)} output_paths for {len(names)} files.")
        for at, name in enumerate(names):
            short = name if append_prefix or not prefix else name[len(prefix) :].lstrip("/")
            inside = chosen[at] if chosen else short or os.path.basename(name)
            download_artifact(self._connection, self._id, name, os.path.join(output_directory or ".", inside))

    def get_all_logs(self, destination: str | None = None) -> list:
        """Write every log below `destination` (default: a folder named after the run); their local paths."""
        from trainyard.runs.details import log_files
        from trainyard.runs.files import download_artifact

        paths = []
        for name in log_files(self._connection, self._id):
            paths.append(os.path.join(destination or self._id, *name.split("/")))
            download_artifact(self._connection, self._id, name, paths[-1])
        return paths

    def _store_file(self, artifact: str, path: str | None, fill: object) -> None:
        from trainyard.runs.files import upload_artifact, upload_bytes

        if fill is None:
            upload_artifact(self._connection, self._id, artifact, path)
        else:
            from io import BytesIO

            target = BytesIO()
            fill(target)
            upload_bytes(self._connection, self._id, artifact, target.getvalue())

    def upload_file(self, name: str, path_or_stream: object, datastore_name: str | None = None) -> None:
        """
        Store a local file, or what is left in a stream, as the run's file `name`; the newer bytes win.

        Raises UserErrorException for a name that is no relative path and for a missing file. `datastore_name` is not
        kept: a run's files go to its own store.
        """
        if not hasattr(path_or_stream, "read"):
            return self._store_file(name, path_or_stream, None)
        content = path_or_stream.read()
        self._store_file(
            name, None, lambda target: target.write(content.encode() if isinstance(content, str) else content)
        )

    def upload_files(self, names, paths, return_artifacts=False, timeout_seconds=None, datastore_name=None):
        """
        Store `paths[i]` as `names[i]`; with `return_artifacts` a list of dicts, each with the `path` of a file in the
        run. Errors as in upload_file, and UserErrorException when the lengths differ.
        """
        from trainyard.records.staging import check_artifact_path

        names, paths = list(names), list(paths)
        if len(names) != len(paths):
            raise UserErrorException(
                f"upload_files got {len(names)} names and {len(paths)} paths; it needs one name for each path."
            )
        artifacts = [{"path": check_artifact_path(name)} for name in names]
        for name, path in zip(names, paths):
            self.upload_file(name, path)
        return artifacts if return_artifacts else None

    def upload_folder(self, name: str, path: str, datastore_name: str | None = None) -> None:
        """
        Store every file below the folder `path` as `name/<path inside the folder>`; with `name` "" at the top.

        Raises UserErrorException when there is no such folder. Links to folders are not followed.
        """
        from trainyard.local_files import files_below
        from trainyard.records.staging import check_artifact_path

        prefix = check_artifact_path(name.rstrip("/") if name != "/" else name) if name else ""
        root = os.fspath(path)
        if not os.path.isdir(root):
            raise UserErrorException(
                f"Cannot upload the folder {root!r}: there is no such folder. The current one is {os.getcwd()!r}."
            )
        for inside, local in files_below(root):
            self.upload_file(f"{prefix}/{inside}" if prefix else inside, local)

    def register_model(
        self,
        model_name: str,
        model_path: str | None = None,
        tags: object = None,
        properties: dict | None = None,
        model_framework: str | None = None,
        model_framework_version: str | None = None,
        description: str | None = None,
        datasets: list | None = None,
        sample_input_dataset: object = None,
        sample_output_dataset: object = None,
        resource_configuration: object = None,
    ):
        """
        Register files of the run as the next version of a model; the rest as Model.register has it.

        `model_path` is a file or folder among the run's files, by default `model_name`; one that is there only
        locally is uploaded first. Raises ModelPathNotFoundException, naming the nearest file, when there is none.
        """
        from trainyard.runs.register_model import register_run_model

        return register_run_model(
            self,
            model_name,
            model_path,
            tags,
            properties,
            description=description,
            model_framework=model_framework,
            model_framework_version=model_framework_version,
            datasets=datasets,
            sample_input_dataset=sample_input_dataset,
            sample_output_dataset=sample_output_dataset,
            resource_configuration=resource_configuration,
        )
