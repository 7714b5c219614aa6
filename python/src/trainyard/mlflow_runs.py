"""What `azureml.mlflow` adds to MLflow: a run's page, and models registered from a run's files."""

from __future__ import annotations


def get_portal_url(run: object) -> str:
    """The address of the page of an mlflow Run, an azureml Run or a run id in Studio."""
    from trainyard.runs.details import page_of
    from trainyard.server.connection import Connection

    return page_of(Connection.open(), _run_id(run))


def register_model(run: object, name: str, path: str, tags: dict | None = None, **options: object):
    """
    Register the files at `path` of an mlflow Run, an azureml Run or a run id as the next version of the model `name`;
    the Model. Raises ModelPathNotFoundException, naming the nearest file, when the run has none there.
    """
    from trainyard.runs.run import Run
    from trainyard.workspace import Workspace

    return Run.get(Workspace.from_config(), _run_id(run)).register_model(name, path, tags, **options)


def _run_id(run) -> str:
    if isinstance(run, str):
        return run
    info = getattr(run, "info", None)
    return info.run_id if info is not None else run.id
