"""A run's parent and children: finding them, making them, submitting them."""

from __future__ import annotations

from trainyard.errors import UserErrorException


class Family:
    """The half of a run that knows other runs."""

    @property
    def parent(self):
        """The run that this one belongs to, such as the sweep of a trial; None when there is none."""
        parent = self._facts()["parent"] or self._facts()["tags"].get("mlflow.parentRunId")
        return self._open(parent) if parent else None

    def get_children(
        self,
        recursive: bool = False,
        tags: object = None,
        properties: object = None,
        type: str | None = None,
        status: str | None = None,
        _rehydrate_runs: bool = True,
    ):
        """
        Generate the child runs, newest first; with `recursive` theirs too.

        `tags` and `properties` choose by key (a str), by keys (a list) or by values (a dict); `type` and `status`
        are those of the children.
        """
        for run_id in self._child_ids():
            child = self._open(run_id)
            if matches(child._facts(), tags, properties, type, status):
                yield child
            if recursive:
                yield from child.get_children(True, tags, properties, type, status)

    def _child_ids(self) -> list:
        """Newest first."""
        from trainyard.server.endpoints import api

        found, before = [], None
        while True:
            page = self._connection.get(api("runs", self.id, "children"), before=before)
            found += [child["run"] for child in page["children"]]
            before = page["next"]
            if before is None:
                return found

    def child_run(self, name: str | None = None, run_id: str | None = None, outputs: str | None = None):
        """
        A new child, running, for this process to log to; a context manager that completes it, or fails it.

        `outputs` names a local folder that complete() uploads. `run_id` is accepted and not kept: the server names it.
        """
        from trainyard.runs.facts import create_tracked_run

        tags = {"mlflow.parentRunId": self.id}
        child = self._open(create_tracked_run(self._connection, self.experiment.name, name, tags))
        child._outputs = outputs
        return child

    def create_children(
        self, count: int | None = None, tag_key: str | None = None, tag_values: list | None = None
    ) -> list:
        """`count` new children, or one for each of `tag_values`, tagged with it under `tag_key`."""
        if (count is None) == (tag_values is None) or (tag_key is None) != (tag_values is None):
            raise UserErrorException("create_children takes either count, or tag_key and tag_values together.")
        children = [self.child_run() for _ in range(len(tag_values) if tag_values is not None else count)]
        for child, value in zip(children, tag_values or []):
            child.tag(tag_key, value)
        return children

    def submit_child(self, config, tags: dict | None = None, **options):
        """
        Submit a configuration in this run's experiment, as a child of it; see Experiment.submit. A job does so to its
        own compute; from `local` to any.
        """
        tags = {**(tags or {}), "mlflow.parentRunId": self.id}
        return self.experiment.submit(config, tags=tags, parent=self.id, **options)


def matches(
    facts: dict, tags: object = None, properties: object = None, type: str | None = None, status: str | None = None
) -> bool:
    """Whether a run as the server describes it is among the wanted."""
    from trainyard.runs.facts import run_type

    return (
        _has(facts["tags"], tags)
        and _has(facts["properties"], properties)
        and (type is None or run_type(facts) == type)
        and (status is None or facts["state"] == status)
    )


def _has(given: dict, wanted: object) -> bool:
    if not wanted:
        return True
    if isinstance(wanted, str):
        return wanted in given
    if isinstance(wanted, dict):
        return all(given.get(key) == str(value) for key, value in wanted.items())
    return all(key in given for key in wanted)
