"""Submits a ScriptRunConfig: the code as a snapshot, the rest as the one job spec that every client sends."""

from __future__ import annotations

import os
import re
import time
import warnings

from trainyard.code.git_facts import git_properties
from trainyard.code.snapshot import take_snapshot, upload_snapshot
from trainyard.data.dataset_inputs import JobData
from trainyard.errors import AzureMLException, ServiceException, UserErrorException
from trainyard.jobs.command_line import CommandLine
from trainyard.jobs.script_run_config import ScriptRunConfig
from trainyard.nearest_name import did_you_mean
from trainyard.runs.facts import user_name
from trainyard.runs.run import open_run


def submit_script(experiment, config: ScriptRunConfig, tags: dict, **options: object):
    """The Run of a submitted configuration, at once."""
    if not isinstance(config, ScriptRunConfig):
        raise UserErrorException(
            f"submit() got a {type(config).__name__}. Expected a ScriptRunConfig, an estimator or a HyperDriveConfig."
            + (
                " A RunConfiguration goes into one: ScriptRunConfig(source_directory, script, run_config=...)."
                if type(config).__name__ == "RunConfiguration"
                else ""
            )
        )
    spec = job_spec(experiment, config, tags, options.get("display_name"), options.get("run_id"))
    return submit_spec(experiment, spec, options)


def job_spec(
    experiment, config: ScriptRunConfig, tags: dict, display_name: object = None, run_id: object = None
) -> dict:
    """The spec of a configuration, once its code and local data are on the server."""
    connection = experiment.workspace._connection
    run_config = config.run_config
    source = os.path.abspath(config.source_directory)
    _check_script(source, config)
    data = JobData(experiment.workspace)
    command = _command_of(config, data)
    target = run_config.target
    node_count = run_config.node_count
    distribution = run_config.distribution()
    spec = {
        "kind": "command",
        "dialect": "C",
        "name": run_id or new_run_id(experiment.name),
        "experimentName": experiment.name,
        "tags": {str(key): "" if value is None else str(value) for key, value in tags.items()},
        "properties": {
            **git_properties(source),
            "azureml.RuntimeType": "Trainyard",
            "_azureml.ComputeTargetType": "local" if target == "local" else "amlcompute",
        },
        "command": command.to_wire(),
        "inputs": data.inputs,
        "outputs": data.outputs,
        "environment": run_config.environment._to_wire(is_local=target == "local"),
        "environmentVariables": {str(name): str(value) for name, value in run_config.environment_variables.items()},
        "compute": {"target": target, "instanceCount": node_count},
    }
    if data.descriptions:
        spec["environmentVariables"]["TRAINYARD_DATASETS"] = data.descriptions_text()
    if display_name:
        spec["displayName"] = display_name
    if distribution is not None:
        spec["distribution"] = distribution._to_wire(node_count)
    if run_config.max_run_duration_seconds is not None:
        spec["timeoutSeconds"] = _positive("max_run_duration_seconds", run_config.max_run_duration_seconds)
    resources = _resources(run_config)
    if resources:
        spec["resources"] = resources
    spec["code"] = {"kind": "snapshot", "id": upload_snapshot(connection, take_snapshot(source))}
    spec["properties"]["ContentSnapshotId"] = spec["code"]["id"]
    return spec


def submit_spec(experiment, spec: dict, options: dict):
    """
    Post a job spec; the Run, as a child of the run `parent` if `options` has one. Raises UserErrorException with every
    fault that the server finds, and for a `run_id` that is taken.
    """
    parent = options.get("parent")
    connection = experiment.workspace._connection
    body = {"spec": spec, "createdBy": user_name()}
    if parent:
        body["parent"] = str(parent)
    if options.get("run_id") and _job_named(connection, spec["name"]) is not None:
        raise UserErrorException(f"There is a run {spec['name']!r} already. Leave run_id out, or choose another.")
    try:
        job = connection.post("/api/v1/jobs", body)
    except ServiceException as error:
        # A name that was made here and is taken means that an answer was lost and the job is there.
        job = _job_named(connection, spec["name"]) if error.code == "conflict" else None
        if job is None or job["spec"]["command"]["source"] != spec["command"]["source"]:
            if error.status_code == 0 or error.status_code >= 500:
                raise
            raise UserErrorException(_all_faults(error), error) from None
    for note in job["notes"]:
        if note["level"] == "warning":
            warnings.warn(note["message"], stacklevel=4)
    return open_run(experiment.workspace, job, experiment)


def new_run_id(experiment_name: str) -> str:
    """`<experiment>_<seconds>_<8 hex digits>`, as azureml names submitted runs."""
    stem = re.sub(r"[^A-Za-z0-9_.-]", "_", experiment_name).lstrip(".-")[:200]
    return f"{stem or 'run'}_{int(time.time())}_{os.urandom(4).hex()}"


def _check_script(source: str, config: ScriptRunConfig) -> None:
    if not os.path.isdir(source):
        raise UserErrorException(f"The source_directory {source} is no folder. The current folder is {os.getcwd()}.")
    if config.command:
        return
    if not config.script:
        raise UserErrorException(
            "ScriptRunConfig has neither a script nor a command. Give script='train.py', for example."
        )
    if os.path.isfile(os.path.join(source, config.script)):
        return
    there = [name for name in os.listdir(source) if name.endswith(".py")]
    raise UserErrorException(
        f"There is no script {config.script!r} in {source}; script is relative to source_directory."
        f"{did_you_mean(config.script, there)}"
    )


def _command_of(config: ScriptRunConfig, data: JobData) -> CommandLine:
    line = CommandLine()
    given = config.command
    words = (
        [given] if isinstance(given, str) else list(given) if given else ["python", config.script, *config.arguments]
    )
    places = [data.place(word) if not isinstance(word, (str, int, float)) else None for word in words]
    data.add_run_config(config.run_config)
    for path, kind, name in data.links:
        if os.path.lexists(os.path.join(config.source_directory, path)):
            raise UserErrorException(f"path_on_compute {path!r} is a file or a folder of {config.source_directory}.")
        line.link(kind, name, path)
    for variable, kind, name in data.variables():
        line.binding(kind, name, prefix=f"{variable}=")
    for word, place in zip(words, places):
        if place is not None:
            line.binding(*place)
        elif given:
            # A command is the shell's: nothing in it is quoted.
            line.text(str(word))
        else:
            line.word(word)
    return line


def _resources(run_config) -> dict:
    # Older scripts say it of the environment.
    engine, older = run_config.docker, run_config.environment.docker
    arguments = (engine.arguments if engine is not None else None) or older.arguments or []
    given = {
        "shmSize": (engine.shm_size if engine is not None else None) or older.shm_size,
        "dockerArgs": " ".join(map(str, arguments)),
    }
    return {name: value for name, value in given.items() if value}


def _positive(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise UserErrorException(f"{name} is {value!r}; expected a number of seconds above 0.")
    return value


def _job_named(connection, name: str) -> dict | None:
    try:
        return connection.get(f"/api/v1/jobs/{name}")
    except AzureMLException:
        return None


def _all_faults(error: ServiceException) -> str:
    problems = error.details.get("problems")
    if not isinstance(problems, list) or not problems:
        return error.message
    lines = [
        f"{one.get('path', '')}: {one.get('message', '')}" + (f" ({one['hint']})" if one.get("hint") else "")
        for one in problems
    ]
    return "The job was not submitted:\n" + "\n".join(f"  {line}" for line in lines)
