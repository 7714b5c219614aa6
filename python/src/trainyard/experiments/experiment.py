"""An experiment: the runs that were submitted or begun under one name."""

from __future__ import annotations

import contextlib
import os
import time

from trainyard.errors import ServiceException, UserErrorException
from trainyard.runs.family import matches


class Experiment:
    """
    `Experiment(workspace, name)`: made on the server if it is new.

    A name has 1 to 255 characters without slashes. Raises UserErrorException for another.
    """

    def __init__(
        self,
        workspace,
        name: str,
        _skip_name_validation: bool = False,
        _id: str | None = None,
        _create_in_cloud: bool = True,
        **_options,
    ) -> None:
        self._workspace = workspace
        self._name = _checked_name(name)
        self._known: dict | None = None
        if _create_in_cloud:
            self._id()

    def _id(self) -> str:
        if self._known is None:
            from trainyard.runs.facts import experiment_id

            self._known = {"experiment_id": experiment_id(self._workspace._connection, self._name)}
        return self._known["experiment_id"]

    def _facts(self) -> dict:
        from trainyard.server.endpoints import mlflow

        path = mlflow("experiments/get")
        return self._workspace._connection.get(path, experiment_id=self._id())["experiment"]

    @property
    def name(self) -> str:
        """The experiment's name."""
        return self._name

    @property
    def id(self) -> str:
        """The server's id of it."""
        return self._id()

    @property
    def workspace(self):
        """The Workspace it is in."""
        return self._workspace

    @property
    def tags(self) -> dict:
        """Its tags."""
        return {tag["key"]: tag["value"] for tag in self._facts().get("tags", [])}

    @property
    def archived_time(self) -> str | None:
        """When it was archived, as ISO 8601; None for one that is not."""
        from trainyard.runs.details import iso_time

        facts = self._facts()
        return iso_time(facts["last_update_time"]) if facts["lifecycle_stage"] == "deleted" else None

    def __repr__(self) -> str:
        return f"Experiment(Name: {self.name},\nWorkspace: {self.workspace.name})"

    def _repr_html_(self) -> str:
        from trainyard.notebook_tables import html_table

        return html_table([{"Name": self.name, "Workspace": self.workspace.name}])

    def submit(self, config, tags: dict | None = None, **options):
        """
        Send the code and submit; the Run, at once.

        `config` is a ScriptRunConfig, an estimator or a HyperDriveConfig. `tags` are added to the run's. Raises
        UserErrorException with every fault that the server finds and for an archived experiment, SnapshotException
        for code that cannot be sent.
        """
        self._check_active()
        if hasattr(config, "_submit_in"):
            return config._submit_in(self, tags=tags, **options)
        from trainyard.experiments.submit_run import submit_script

        return submit_script(self, config, tags or {}, **options)

    def start_logging(
        self,
        outputs: str | None = None,
        snapshot_directory: str | None = ".",
        display_name: str | None = None,
        name: str | None = None,
        **_options,
    ):
        """
        A new run, in state Running, for this process to log to. complete() ends it, and so does leaving `with`.

        `outputs` names a local folder that complete() uploads. By default it is `./outputs`, which is made if it is not
        there, and of which only files that were written since the run began are uploaded. The code is not sent, unless `snapshot_directory`
        names another folder than the current one, which in notebooks often holds far more than code.
        """
        from trainyard.runs.facts import create_tracked_run
        from trainyard.runs.run import Run

        self._check_active()
        run_id = create_tracked_run(self._workspace._connection, self._name, display_name or name, {})
        run = Run(self, run_id, outputs=outputs)
        if outputs is None:
            run._outputs, run._outputs_since = os.path.abspath("outputs"), time.time()
            with contextlib.suppress(OSError):
                os.makedirs(run._outputs, exist_ok=True)
        if snapshot_directory is not None and os.path.abspath(snapshot_directory) != os.getcwd():
            run.take_snapshot(snapshot_directory)
        return run

    def get_runs(self, type=None, tags=None, properties=None, include_children: bool = False):
        """
        Generate the runs, newest first; without `include_children` only those that have no parent.

        `tags` and `properties` choose by key (a str), by keys (a list) or by values (a dict), `type` by run.type.
        Inside a job these are the job's own run and those that it started.
        """
        from trainyard.runs.facts import list_jobs, list_tracked_runs
        from trainyard.runs.run import Run, open_run
        from trainyard.server.endpoints import api

        connection = self._workspace._connection
        found = []
        for job in list_jobs(connection, self._name, self._id()):
            if matches(job, tags, properties, type):
                found.append((job["createdAt"], job["name"], job["parent"], job["tags"], job))
        if type is None:
            for run in list_tracked_runs(connection, [self._id()]):
                # Its properties are not in the list: they are read where they are asked for.
                own = connection.get(api("runs", run["id"]))["properties"] if properties else {}
                if matches({"tags": run["tags"], "properties": own}, tags, properties):
                    found.append((run["at"], run["id"], None, run["tags"], None))
        for _, run_id, parent, own_tags, job in sorted(found, key=lambda one: one[:2], reverse=True):
            if include_children or not (parent or own_tags.get("mlflow.parentRunId")):
                yield Run(self, run_id) if job is None else open_run(self._workspace, job, self)

    @staticmethod
    def list(workspace, experiment_name: str | None = None, view_type: str = "ActiveOnly", tags=None) -> list:
        """The workspace's experiments. `view_type` is ActiveOnly, ArchivedOnly or All."""
        from trainyard.server.endpoints import mlflow

        views = {"activeonly": "ACTIVE_ONLY", "archivedonly": "DELETED_ONLY", "all": "ALL"}
        view = views.get(str(view_type).lower())
        if view is None:
            raise UserErrorException(f"view_type is {view_type!r}; expected ActiveOnly, ArchivedOnly or All.")
        found, token = [], None
        while True:
            body = {"view_type": view, "max_results": 1000, **({"page_token": token} if token else {})}
            page = workspace._connection.post(mlflow("experiments/search"), body)
            for facts in page.get("experiments", []):
                experiment = Experiment(workspace, facts["name"], _create_in_cloud=False)
                experiment._known = facts
                own = {tag["key"]: tag["value"] for tag in facts.get("tags", [])}
                wanted = experiment_name in (None, facts["name"])
                if wanted and matches({"tags": own, "properties": {}}, tags):
                    found.append(experiment)
            token = page.get("next_page_token")
            if not token:
                return found

    @staticmethod
    def delete(workspace, experiment_id: str) -> None:
        """
        Remove the experiment of this id. Raises UserErrorException for one that has runs, which are kept: archive()
        hides it with them.
        """
        found = next((one for one in Experiment.list(workspace, view_type="All") if one.id == str(experiment_id)), None)
        if found is None:
            raise UserErrorException(f"There is no experiment with the id {experiment_id!r}.")
        if next(found.get_runs(include_children=True), None) is not None:
            raise UserErrorException(
                f"The experiment {found.name!r} has runs, and what was recorded is kept. Hide it with its runs: "
                "experiment.archive()."
            )
        if found.archived_time is None:
            found.archive()

    def archive(self) -> None:
        """Hide it from lists. Its runs stay, and runs cannot be submitted to it until reactivate()."""
        self._post("experiments/delete")

    def reactivate(self, new_name: str | None = None) -> None:
        """Show an archived experiment again, under another name if one is given."""
        if self.archived_time is not None:
            self._post("experiments/restore")
        if new_name:
            self._post("experiments/update", new_name=_checked_name(new_name))
            self._name = new_name

    def refresh(self) -> None:
        """Nothing is kept that could be stale."""

    def tag(self, key: str, value: object = None) -> None:
        """Set a tag, to the empty text when no value is given."""
        self._post("experiments/set-experiment-tag", key=key, value="" if value is None else str(value))

    def set_tags(self, tags: dict) -> None:
        """Set the tags of a dict; tags that it does not name stay."""
        for key, value in tags.items():
            self.tag(key, value)

    def remove_tags(self, keys: object) -> None:
        """Remove the tag or the tags of these keys."""
        for key in [keys] if isinstance(keys, str) else keys:
            self._post("experiments/delete-experiment-tag", key=key)

    def get_docs_url(self) -> str:
        """Where this surface is described."""
        return f"{self._workspace._connection.url}/"

    get_portal_url = get_docs_url

    def _check_active(self) -> None:
        if self.archived_time is not None:
            raise UserErrorException(
                f"The experiment {self._name!r} is archived. Show it again before it gets runs: "
                "experiment.reactivate(), or choose another name."
            )

    def _post(self, path: str, **fields: object) -> None:
        from trainyard.server.endpoints import mlflow

        try:
            self._workspace._connection.post(mlflow(path), {"experiment_id": self._id(), **fields})
        except ServiceException as error:
            if error.status_code >= 500 or error.status_code == 0:
                raise
            raise UserErrorException(error.message, error) from None


def _checked_name(name: object) -> str:
    fine = isinstance(name, str) and 0 < len(name) <= 255 and name.strip() == name
    if not fine or any(character in "/\\" or ord(character) < 32 for character in name):
        raise UserErrorException(
            f"{name!r} cannot be an experiment's name: expected 1 to 255 characters without slashes, control "
            "characters and spaces at its ends."
        )
    return name
