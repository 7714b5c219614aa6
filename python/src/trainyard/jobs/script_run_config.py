"""What is submitted: a folder of code, a script with its arguments or a command, and how to run it."""

from __future__ import annotations

import copy
import os

from trainyard.data.data_reference import DataReference
from trainyard.errors import RunConfigurationException, UserErrorException
from trainyard.jobs.run_configuration import DEFAULT_MAX_RUN_SECONDS, RunConfiguration


class ScriptRunConfig:
    """
    `script` is relative to `source_directory` (default: the current folder) and runs as `python <script>
    <arguments>`; instead of both, `command` (a str or a list) is run by a shell.

    `arguments` may hold texts, numbers and data: data sets, their as_mount() and as_download(), data references and
    outputs become paths on the compute. `compute_target` is a target, its name or 'local', which is the default.
    `max_run_duration_seconds` (default 30 days) cancels the run when it takes longer. With `run_config` the rest comes
    from there, and what is given besides comes first. `resume_from` (a DataPath or a DataReference) is added to the
    arguments as `--resume-from <path>`.
    """

    MAX_DURATION_SECONDS_DEFAULT = DEFAULT_MAX_RUN_SECONDS

    def __init__(
        self,
        source_directory: str | None = None,
        script: str | None = None,
        arguments: list | None = None,
        run_config: RunConfiguration | None = None,
        _telemetry_values: object = None,
        compute_target: object = None,
        environment: object = None,
        distributed_job_config: object = None,
        resume_from: object = None,
        max_run_duration_seconds: float | None = None,
        command: object = None,
        docker_runtime_config: object = None,
    ) -> None:
        if command and (script or arguments):
            raise UserErrorException("Give either command, or script and arguments, not both.")
        if isinstance(arguments, str):
            raise UserErrorException(f"arguments is the text {arguments!r}. Expected a list, such as ['--lr', 0.1].")
        self.source_directory = os.fspath(source_directory) if source_directory is not None else "."
        own = (compute_target, environment, distributed_job_config, max_run_duration_seconds, docker_runtime_config)
        self.run_config = run_config if run_config is not None else RunConfiguration()
        if run_config is not None and any(one is not None for one in own):
            # Others may go on with the one that was given.
            self.run_config = copy.copy(run_config)
        self.script = script if script is not None or command else self.run_config.script
        self.arguments = list(arguments) if arguments is not None else list(self.run_config.arguments or [])
        self.command = command or (None if self.script else self.run_config.command or None)
        self.resume_from = resume_from
        if resume_from is not None:
            self.arguments += _resuming(resume_from, self.command)
        if self.run_config is not run_config:
            self.run_config.script, self.run_config.arguments = self.script, self.arguments
        if compute_target is not None:
            self.run_config.target = compute_target
        if environment is not None:
            self.run_config.environment = _checked_environment(environment)
        if distributed_job_config is not None:
            self.run_config.set_distribution(distributed_job_config)
        if max_run_duration_seconds is not None:
            self.run_config.max_run_duration_seconds = max_run_duration_seconds
        if docker_runtime_config is not None:
            self.run_config.docker = docker_runtime_config

    @property
    def max_run_duration_seconds(self) -> float | None:
        """After how many seconds of running the run is canceled."""
        return self.run_config.max_run_duration_seconds

    @max_run_duration_seconds.setter
    def max_run_duration_seconds(self, seconds: float | None) -> None:
        self.run_config.max_run_duration_seconds = seconds

    def __repr__(self) -> str:
        what = f"script={self.script!r}, arguments={self.arguments!r}" if self.script else f"command={self.command!r}"
        target = self.run_config.target
        return f"ScriptRunConfig(source_directory={self.source_directory!r}, {what}, compute_target={target!r})"


def _checked_environment(environment: object) -> object:
    if hasattr(environment, "_to_wire"):
        return environment
    raise RunConfigurationException(f"environment is of type {type(environment).__name__}. Expected an Environment.")


def _resuming(given: object, command: object) -> list:
    if command:
        raise UserErrorException("resume_from is an argument of a script. A command names the place itself.")
    datastore, path = getattr(given, "datastore", None), getattr(given, "path_on_datastore", None)
    if datastore is None:
        raise UserErrorException(
            f"resume_from is of type {type(given).__name__}. Expected a DataPath or a DataReference, such as "
            "datastore.path('checkpoints')."
        )
    return ["--resume-from", DataReference(datastore, "MODEL_LOCATION", path, getattr(given, "mode", "mount"))]
