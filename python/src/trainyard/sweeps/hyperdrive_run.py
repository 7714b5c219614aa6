"""The run of a sweep: its trials, the best of them, and what each was given."""

from __future__ import annotations

import json

from trainyard.runs.run import Run
from trainyard.server.endpoints import api
from trainyard.sweeps.settings import settings_of

_PARAMETERS = "hyperparameters"


class HyperDriveRun(Run):
    """`HyperDriveRun(experiment, run_id)` opens one; experiment.submit(HyperDriveConfig(...)) begins one."""

    def __init__(self, experiment: object, run_id: str, hyperdrive_config: object = None, **options) -> None:
        super().__init__(experiment, run_id, **options)
        self._config = hyperdrive_config

    @property
    def hyperdrive_config(self):
        """What was submitted, where this object knows it."""
        return self._config

    def _objective(self) -> dict:
        return self._facts()["spec"]["sweep"]["objective"]

    def _trials(self) -> list:
        """The trials as the server describes them, by number."""
        found, after = [], -1
        while after is not None:
            page = self._connection.get(api("jobs", self.id, "trials"), after=after)
            found += page["trials"]
            after = page["next"]
        return found

    def get_best_run_by_primary_metric(
        self,
        include_failed: bool = True,
        include_canceled: bool = True,
        include_resume_from_runs: bool = True,
    ):
        """
        The trial with the best value of the primary metric, as a Run; None when none has logged it.

        `include_resume_from_runs` looks at the trials of the sweeps that this one goes on from as well.
        """
        found = self._ranked(include_failed, include_canceled)
        if include_resume_from_runs:
            for run_id in self._facts()["spec"]["sweep"].get("resumeFrom", []):
                earlier = HyperDriveRun(self.experiment, run_id)
                found += earlier._ranked(include_failed, include_canceled)
        if not found:
            return None
        choose = max if self._objective()["goal"] == "maximize" else min
        return self._open(choose(found, key=lambda one: one["score"])["run"])

    def _ranked(self, include_failed: bool, include_canceled: bool) -> list:
        left_out = {"failed": not include_failed, "canceled": not include_canceled, "stopped": not include_canceled}
        return [one for one in self._trials() if one["score"] is not None and not left_out.get(one["outcome"], False)]

    def get_children_sorted_by_primary_metric(
        self, top: int = 0, reverse: bool = False, discard_no_metric: bool = False
    ) -> list:
        """
        Dicts of `run_id`, `hyperparameters` (JSON of `--name` to value), `best_primary_metric` and `status`, the best
        first, or with `reverse` the worst; those without the metric come last. `top` keeps that many, 0 all.
        """
        trials = self._trials()
        sign = -1 if self._objective()["goal"] == "maximize" else 1
        scored = sorted((one for one in trials if one["score"] is not None), key=lambda one: sign * one["score"])
        if reverse:
            scored.reverse()
        rest = [] if discard_no_metric else [one for one in trials if one["score"] is None]
        rows = [
            {
                "run_id": one["run"],
                _PARAMETERS: _as_arguments(one["parameters"]),
                "best_primary_metric": one["score"],
                "status": one["state"],
            }
            for one in scored + rest
        ]
        return rows[:top] if top > 0 else rows

    def get_hyperparameters(self) -> dict:
        """Run id to the JSON of its parameters, `{"--lr": 0.1}`, of every trial."""
        return {one["run"]: _as_arguments(one["parameters"]) for one in self._trials()}

    def get_metrics(
        self, name: str | None = None, recursive: bool = False, run_type=None, populate: bool = False
    ) -> dict:
        """Run id to the metrics of each trial."""
        from trainyard.runs.metrics import read_metrics

        return {one["run"]: read_metrics(self._connection, one["run"], name) for one in self._trials()}

    def get_diagnostics(self) -> str:
        """How many trials ended and how, and what is wrong, as text."""
        facts = self._facts(fresh=True)
        counts = facts["trials"]
        lines = [f"{self.id}: {facts['state']}{': ' + facts['reason'] if facts['reason'] else ''}"]
        words = ("completed", "failed", "canceled", "stopped", "open")
        lines.append(f"{counts['total']} trials: " + ", ".join(f"{counts[word]} {word}" for word in words))
        lines += [note["message"] for note in facts["notes"] if note["level"] == "warning"]
        if facts["error"]:
            lines.append(facts["error"]["error"]["message"])
        for one in self._trials():
            if one["outcome"] == "failed":
                error = self._open(one["run"])._facts()["error"]
                lines.append(f"{one['run']} failed: {error['error']['message'] if error else 'no reason is known'}")
        return "\n".join(lines)

    def get_properties(self) -> dict:
        """The sweep's properties, with those that azureml's sweeps have."""
        return self._with_own(super().get_properties())

    def get_tags(self) -> dict:
        """The sweep's tags, and as azureml's sweeps have them what is searched and how, and each trial's parameters."""
        sweep = self._facts()["spec"]["sweep"]
        trials = {one["run"]: _as_arguments(one["parameters"]) for one in self._trials()}
        return {**settings_of(sweep), **trials, **super().get_tags()}

    def get_details(self) -> dict:
        """As Run.get_details(); `properties` has those that azureml's sweeps have."""
        details = super().get_details()
        details["properties"] = self._with_own(details["properties"])
        return details

    def _with_own(self, properties: dict) -> dict:
        sweep = self._facts()["spec"]["sweep"]
        own = {
            "primary_metric_config": settings_of(sweep)["primary_metric_config"],
            "resume_from": ",".join(sweep.get("resumeFrom", [])) or "null",
            "runTemplate": "HyperDrive",
            "azureml.runsource": "hyperdrive",
            "platform": "AML",
        }
        if "score" in properties:
            own["best_metric_status"] = "Succeeded"
        return {**own, **properties}

    def __repr__(self) -> str:
        return super().__repr__().replace("Run(", "HyperDriveRun(", 1)


def _as_arguments(parameters: dict) -> str:
    return json.dumps({f"--{name}": value for name, value in parameters.items()})


Run.add_type_provider("hyperdrive", lambda experiment, facts: HyperDriveRun(experiment, facts["name"]))
