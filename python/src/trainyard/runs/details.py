"""`run.get_details()`: everything about a run in the one dict that azureml's notebooks read."""

from __future__ import annotations

import shlex
from urllib.parse import quote

from trainyard.jobs.command_line import without_links
from trainyard.runs.files import list_artifacts
from trainyard.server.endpoints import api

_LOG_PREFIXES = ("azureml-logs/", "user_logs/", "logs/")


def describe_run(connection, facts: dict) -> dict:
    """From the server's own description. `endTimeUtc` is absent while the run goes on."""
    spec = facts["spec"]
    details = {
        "runId": facts["name"],
        "target": spec["compute"]["target"] if spec else None,
        "status": facts["state"],
        "startTimeUtc": iso_time(facts["startedAt"] or facts.get("createdAt")),
        "endTimeUtc": iso_time(facts["endedAt"]),
        "services": {"Studio": {"endpoint": page_of(connection, facts["name"]), "type": "Studio"}},
        "properties": facts["properties"],
        "parameters": connection.get(api("runs", facts["name"]))["params"],
        "inputDatasets": _input_datasets(spec),
        "outputDatasets": _output_datasets(spec),
        "runDefinition": run_definition(facts) if spec else None,
        "logFiles": log_files(connection, facts["name"]),
        "submittedBy": facts["createdBy"],
    }
    if details["endTimeUtc"] is None:
        del details["endTimeUtc"]
    if facts["error"]:
        details["error"] = facts["error"]
    warnings = [note["message"] for note in facts["notes"] if note["level"] == "warning"]
    if warnings:
        details["warnings"] = [{"source": "trainyard", "message": message} for message in warnings]
    return details


def page_of(connection, run_id: str) -> str:
    """The address of the run's page in Studio."""
    return f"{connection.url}/runs/{quote(run_id, safe='')}"


def log_files(connection, run_id: str) -> dict:
    """Log file name to its address."""
    content = connection.url + api("runs", run_id, "artifacts", "content")
    names = [one["path"] for prefix in _LOG_PREFIXES for one in list_artifacts(connection, run_id, prefix)]
    return {name: f"{content}?path={quote(name, safe='')}" for name in names}


def iso_time(ms: int | None) -> str | None:
    """Milliseconds since the epoch as ISO 8601 in UTC."""
    if ms is None:
        return None
    from datetime import datetime, timezone

    return datetime.fromtimestamp(ms / 1000, timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


def run_definition(facts: dict) -> dict:
    """What was run, with the keys of azureml's run configuration. `arguments` has a trial's own parameters in it."""
    spec = facts["spec"]
    words = command_words(spec)
    is_script = len(words) > 1 and words[0] in ("python", "python3")
    distribution = spec.get("distribution") or {}
    kind = distribution.get("type")
    resources = spec.get("resources") or {}
    return {
        "script": words[1] if is_script else None,
        "command": "" if is_script else command_text(spec),
        "useAbsolutePath": False,
        "arguments": words[2:] if is_script else [],
        "sourceDirectoryDataStore": None,
        "framework": {"pytorch": "PyTorch", "tensorflow": "TensorFlow"}.get(kind, "Python"),
        "communicator": {"mpi": "OpenMpi", "tensorflow": "ParameterServer", "pytorch": "Nccl"}.get(kind, "None"),
        "target": spec["compute"]["target"],
        "dataReferences": {},
        "data": {name: value for name, value in spec["inputs"].items() if value["kind"] == "data"},
        "outputData": spec["outputs"],
        "datacaches": [],
        "jobName": None,
        "maxRunDurationSeconds": spec.get("timeoutSeconds"),
        "nodeCount": spec["compute"]["instanceCount"],
        "priority": None,
        "credentialPassthrough": False,
        "identity": spec.get("identity"),
        "environment": _environment(spec, facts["createdAt"]),
        "history": {
            "outputCollection": True,
            "directoriesToWatch": ["logs"],
            "enableMLflowTracking": True,
            "snapshotProject": True,
        },
        "tensorflow": {
            "workerCount": distribution.get("workerCount", 1),
            "parameterServerCount": distribution.get("parameterServerCount", 1),
        },
        "mpi": {"processCountPerNode": distribution.get("processCountPerInstance", 1)},
        "pyTorch": {"communicationBackend": "nccl", "processCount": distribution.get("processCount")},
        "docker": {
            "useDocker": bool(spec["environment"].get("image")),
            "sharedVolumes": True,
            "shmSize": resources.get("shmSize"),
            "arguments": shlex.split(resources.get("dockerArgs", "")),
        },
        # What only Azure has: there for who looks at the keys.
        "spark": {"configuration": []},
        "parallelTask": {},
        "amlCompute": {"name": None, "vmSize": None, "vmPriority": None, "retainCluster": False},
        "aiSuperComputer": {},
        "hdi": {},
        "containerInstance": {},
        "cmk8sCompute": {},
        "commandReturnCodeConfig": {"returnCode": "Zero", "successfulReturnCodes": []},
    }


def command_words(spec: dict) -> list:
    """The command split as a shell would; a binding is one word, a trial's parameter its value."""
    try:
        words = shlex.split(command_text(spec))
    except ValueError:
        return [command_text(spec)]
    # Assignments that stand in front name an input's place; they are no part of what the script gets.
    while words and "=" in words[0] and words[0].split("=")[0].isidentifier():
        words.pop(0)
    return words


def command_text(spec: dict) -> str:
    """The command with a trial's parameters filled in and the other bindings as they were written."""
    parameters = (spec.get("trial") or {}).get("parameters", {})

    absent = {name for name, value in spec["inputs"].items() if value["kind"] == "absent"}

    def text_of(parts: list) -> str:
        return "".join(
            part["text"] if "text" in part else optional(part["optional"]) if "optional" in part else bound(part)
            for part in parts
        )

    def optional(parts: list) -> str:
        is_there = all(part.get("binding") != "inputs" or part["name"] not in absent for part in parts)
        return text_of(parts) if is_there else ""

    def bound(part: dict) -> str:
        if part["binding"] == "search_space" and part["name"] in parameters:
            value = parameters[part["name"]]
            return shlex.quote(repr(value) if isinstance(value, float) else str(value))
        return shlex.quote(f"${{{{{part['binding']}.{part['name']}}}}}")

    return without_links(text_of(spec["command"]["parts"]).strip())


def _environment(spec: dict, created_at: int) -> dict:
    environment = spec["environment"]
    managed = environment.get("userManaged")
    return {
        "name": environment.get("name"),
        "version": environment.get("version") or _version_of(environment, created_at),
        "python": {
            "interpreterPath": managed["interpreter"] if managed else "python",
            "userManagedDependencies": managed is not None,
            "condaDependencies": environment.get("conda"),
            "baseCondaEnvironment": None,
        },
        "environmentVariables": dict(environment.get("environmentVariables", {}), **spec["environmentVariables"]),
        "docker": {
            "baseImage": environment.get("image"),
            "platform": {"os": "Linux", "architecture": "amd64"},
            "baseDockerfile": (environment.get("build") or {}).get("dockerfile"),
            "baseImageRegistry": {"address": None, "username": None, "password": None},
            "enabled": bool(environment.get("image")),
            "arguments": [],
        },
        "spark": {},
        "inferencingStackVersion": None,
    }


def _version_of(environment: dict, created_at: int) -> str:
    """Of an environment that nobody registered: the same for the same packages of one job."""
    import hashlib
    import json

    digest = hashlib.sha256(json.dumps(environment, sort_keys=True).encode()).hexdigest()
    return f"Autosave_{iso_time(created_at)}_{digest[:8]}"


def _input_datasets(spec: dict | None) -> list:
    mechanisms = {"download": "Download", "direct": "Direct"}
    return [
        {
            "dataset": value.get("asset") or value["source"],
            "consumptionDetails": {
                "type": "RunInput",
                "inputName": name,
                "mechanism": mechanisms.get(value["mode"], "Mount"),
            },
        }
        for name, value in (spec["inputs"] if spec else {}).items()
        if value["kind"] == "data"
    ]


def _output_datasets(spec: dict | None) -> list:
    return [
        {"identifier": {"name": name}, "output": value} for name, value in (spec["outputs"] if spec else {}).items()
    ]
