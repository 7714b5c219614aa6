"""A RunConfiguration in the words of a .runconfig file, as azureml writes it."""

from __future__ import annotations

import os

from trainyard.environments.fields import environment_fields, fill_environment
from trainyard.errors import RunConfigurationException
from trainyard.jobs.sections import DataReferenceConfiguration

_OWN = {
    "script": "script",
    "target": "target",
    "framework": "framework",
    "communicator": "communicator",
    "nodeCount": "node_count",
    "maxRunDurationSeconds": "max_run_duration_seconds",
    "environmentVariables": "environment_variables",
    "sourceDirectoryDataStore": "source_directory_data_store",
    "credentialPassthrough": "credential_passthrough",
}
_SECTIONS = {
    "history": {
        "outputCollection": "output_collection",
        "snapshotProject": "snapshot_project",
        "directoriesToWatch": "directories_to_watch",
    },
    "mpi": {"processCountPerNode": "process_count_per_node"},
    "pytorch": {"communicationBackend": "communication_backend", "processCount": "process_count"},
    "tensorflow": {"workerCount": "worker_count", "parameterServerCount": "parameter_server_count"},
    "amlcompute": {
        "name": "name",
        "vmSize": "vm_size",
        "vmPriority": "vm_priority",
        "retainCluster": "retain_cluster",
        "clusterMaxNodeCount": "cluster_max_node_count",
    },
    "docker": {
        "useDocker": "use_docker",
        "sharedVolumes": "shared_volumes",
        "shmSize": "shm_size",
        "arguments": "arguments",
    },
}
_REFERENCE = {
    "dataStoreName": "data_store_name",
    "mode": "mode",
    "pathOnDataStore": "path_on_data_store",
    "pathOnCompute": "path_on_compute",
    "overwrite": "overwrite",
}


def run_configuration_fields(given) -> dict:
    """What the file holds. Raises RunConfigurationException for data sets and outputs, which it cannot."""
    if given.data or given.output_data:
        names = ", ".join([*given.data, *given.output_data])
        raise RunConfigurationException(
            f"A .runconfig does not keep data sets and outputs: {names}. Give them to ScriptRunConfig as arguments."
        )
    command = given.command
    return {
        **{key: getattr(given, name) for key, name in _OWN.items()},
        "arguments": [str(one) for one in given.arguments],
        "command": command if isinstance(command, str) else " ".join(map(str, command)),
        "environment": environment_fields(given.environment),
        **{
            section: {key: getattr(getattr(given, section), name) for key, name in names.items()}
            for section, names in _SECTIONS.items()
        },
        "dataReferences": {name: _reference_fields(one) for name, one in given.data_references.items()},
    }


def fill_run_configuration(made, fields: dict, folder: str):
    """Give a RunConfiguration what a file in `folder` says; what it leaves out stays. The RunConfiguration."""
    for key, name in _OWN.items():
        if fields.get(key) is not None:
            setattr(made, name, fields[key])
    made.arguments, made.command = list(fields.get("arguments") or []), fields.get("command") or ""
    for section, names in _SECTIONS.items():
        for key, value in (fields.get(section) or {}).items():
            if key in names and value is not None:
                setattr(getattr(made, section), names[key], value)
    made.mpi.node_count = made.pytorch.node_count = made.node_count
    environment = fields.get("environment") or {}
    fill_environment(made.environment, environment)
    file = made.environment.python.conda_dependencies_file
    if file and not os.path.isfile(file) and os.path.isfile(os.path.join(folder, file)):
        # azureml names it relative to its own folder.
        made.environment.python.conda_dependencies_file = os.path.join(folder, file)
    for name, reference in (fields.get("dataReferences") or {}).items():
        made.data_references[name] = DataReferenceConfiguration()
        for key, attribute in _REFERENCE.items():
            if (reference or {}).get(key) is not None:
                setattr(made.data_references[name], attribute, reference[key])
    return made


def _reference_fields(reference) -> dict:
    store = getattr(reference, "datastore", None)
    given = {
        "data_store_name": store.name if store is not None else getattr(reference, "data_store_name", None),
        "path_on_data_store": getattr(reference, "path_on_datastore", getattr(reference, "path_on_data_store", None)),
        "mode": reference.mode,
        "path_on_compute": reference.path_on_compute,
        "overwrite": reference.overwrite,
    }
    return {key: given[name] for key, name in _REFERENCE.items()}
