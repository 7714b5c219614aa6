"""The parts of a run configuration."""

from __future__ import annotations


class DockerConfiguration:
    """
    `use_docker` asks for the environment's image, `shm_size` is such as "2g", `arguments` go to the engine.
    `shared_volumes` is accepted and changes nothing.
    """

    def __init__(
        self,
        use_docker: bool = False,
        shared_volumes: bool = True,
        arguments: list | None = None,
        shm_size: str | None = None,
    ) -> None:
        self.use_docker = use_docker
        self.shared_volumes = shared_volumes
        self.arguments = list(arguments or [])
        self.shm_size = shm_size


class HistoryConfiguration:
    """What is kept of a run; Trainyard keeps all of it."""

    def __init__(self) -> None:
        self.output_collection = True
        self.snapshot_project = True
        self.directories_to_watch = ["logs"]
        self.enable_mlflow_tracking = True


class AmlComputeConfiguration:
    """Of a cluster that is made for one run; `name` or the run configuration's target names one that is there."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.vm_size: str | None = None
        self.vm_priority: str | None = None
        self.retain_cluster = False
        self.cluster_max_node_count = 1


class DataReferenceConfiguration:
    """A place in a datastore, by the field names of a run configuration's file."""

    def __init__(
        self, datastore_name=None, mode="mount", path_on_datastore=None, path_on_compute=None, overwrite=False
    ) -> None:
        self.data_store_name = datastore_name
        self.mode = mode
        self.path_on_data_store = path_on_datastore
        self.path_on_compute = path_on_compute
        self.overwrite = overwrite
