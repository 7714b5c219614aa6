"""`run.register_model`: files of a run become a version of a model."""

from __future__ import annotations

import os

from trainyard.errors import ModelPathNotFoundException, ServiceException, UserErrorException
from trainyard.local_files import files_below, same_bytes
from trainyard.models.model import Model
from trainyard.models.registration import registration_words
from trainyard.nearest_name import nearest_name
from trainyard.runs.files import list_artifacts, upload_artifact
from trainyard.server.endpoints import api


def register_run_model(
    run, model_name: str, model_path: str | None, tags=None, properties=None, **options: object
) -> Model:
    """
    `model_path` is a file or a folder among the run's files, by default `model_name`.

    Inside the job, whose `outputs/` is otherwise collected only when it ends, files that the current folder has are
    sent first; to a run without a job those that it lacks. Raises ModelPathNotFoundException, naming the nearest.
    """
    path = (model_path or model_name).strip()
    inside = os.path.normpath(path).replace(os.sep, "/").strip("/")
    if inside in ("", ".") or inside.split("/")[0] == "..":
        inside = os.path.basename(os.path.abspath(path))
    connection = run._connection
    is_inside = run._is_inside_job()
    may_send = is_inside or run._facts()["kind"] == "tracked"
    there = {artifact["path"]: artifact["hash"] for artifact in list_artifacts(connection, run.id)}
    known = [name for name in there if name == inside or name.startswith(f"{inside}/")]
    if may_send and os.path.exists(path) and (is_inside or not known):
        known = _send(connection, run.id, path, inside, there)
    if not known:
        raise _not_found(run.id, path, list(there), f", nor in {os.getcwd()}" if may_send else "")
    print(f"Registering model {model_name}")
    body = {"name": model_name, "path": inside, **registration_words(tags, properties, **options)}
    try:
        asset = connection.post(api("runs", run.id, "models"), body)
    except ServiceException as error:
        if error.status_code in (0, 500):
            raise
        raise UserErrorException(error.message, error) from None
    return Model(run.experiment.workspace, _asset=asset)


def _send(connection, run_id: str, path: str, inside: str, there: dict) -> list:
    """The run's names of a local file, or of the files of a folder, once the run has them."""
    files = (
        [(inside, path)] if os.path.isfile(path) else [(f"{inside}/{name}", local) for name, local in files_below(path)]
    )
    for name, local in files:
        if not there.get(name) or not same_bytes(local, there[name]):
            upload_artifact(connection, run_id, name, local)
    return [name for name, _ in files]


def _not_found(run_id: str, path: str, names: list, elsewhere: str) -> ModelPathNotFoundException:
    folders = {name.rpartition("/")[0] for name in names if "/" in name}
    candidates = [*names, *folders]
    nearest = nearest_name(path.strip("/"), candidates)
    if nearest is None:
        base = os.path.basename(path.rstrip("/"))
        nearest = next((one for one in candidates if os.path.basename(one) == base), None)
    listed = ", ".join(sorted(names)[:20]) or "none yet"
    meant = f" Did you mean {nearest!r}?" if nearest else ""
    return ModelPathNotFoundException(
        f"Could not locate the provided model_path {path} in the set of files uploaded to the run {run_id}{elsewhere}."
        f"{meant} Its files: {listed}"
    )
