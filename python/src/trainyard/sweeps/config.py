"""A sweep as azureml's scripts write it: a script or an estimator, what is searched, and for what."""

from __future__ import annotations

from trainyard.errors import NotSupported, UserErrorException
from trainyard.jobs.distributed import count
from trainyard.sweeps.first_trials import resume_trials
from trainyard.sweeps.policies import EarlyTerminationPolicy, PrimaryMetricGoal
from trainyard.sweeps.space import GridParameterSampling, HyperParameterSampling

_MOST_TRIALS = 1000
_MOST_AT_ONCE = 100
_MOST_RESUMED = 5
_WEEK_MINUTES = 10_080


class HyperDriveConfig:
    """
    `experiment.submit` of it is a sweep. Exactly one of `run_config` (a ScriptRunConfig) and `estimator` says what a
    trial runs: its own arguments, then `--name value` for each parameter.

    `max_total_runs` is 1 to 1000, `max_concurrent_runs` 1 to 100 and by default as many as there are, and the whole
    ends after `max_duration_minutes` (default a week). `resume_from` takes up to 5 earlier sweeps, from whose trials
    the sampler learns. `resume_child_runs` are trials that come first, once more: with the same parameters, and with
    `--resume-from <path>` for what they have kept in ./outputs. `policy` is by default none: every trial runs to its end.
    """

    def __init__(
        self,
        hyperparameter_sampling: HyperParameterSampling | None = None,
        primary_metric_name: str | None = None,
        primary_metric_goal: object = None,
        max_total_runs: int | None = None,
        max_concurrent_runs: int | None = None,
        max_duration_minutes: float = _WEEK_MINUTES,
        policy: EarlyTerminationPolicy | None = None,
        estimator=None,
        run_config=None,
        resume_from: object = None,
        resume_child_runs: object = None,
        pipeline: object = None,
    ) -> None:
        if pipeline is not None:
            raise NotSupported(
                "Trainyard has no pipelines. Give run_config=ScriptRunConfig(...) for what a trial runs."
            )
        if (estimator is None) == (run_config is None):
            raise UserErrorException("HyperDriveConfig takes exactly one of run_config and estimator.")
        if not isinstance(hyperparameter_sampling, HyperParameterSampling):
            raise UserErrorException(
                f"hyperparameter_sampling is of type {type(hyperparameter_sampling).__name__}. Expected a "
                "RandomParameterSampling, a GridParameterSampling or a BayesianParameterSampling."
            )
        if policy is not None and not isinstance(policy, EarlyTerminationPolicy):
            raise UserErrorException(
                f"policy is of type {type(policy).__name__}. Expected a BanditPolicy, a MedianStoppingPolicy, a "
                "TruncationSelectionPolicy or a NoTerminationPolicy."
            )
        if not isinstance(primary_metric_name, str) or not primary_metric_name:
            raise UserErrorException(f"primary_metric_name is {primary_metric_name!r}; expected a metric's exact name.")
        self.hyperparameter_sampling = hyperparameter_sampling
        self.policy = policy
        self.primary_metric_name = primary_metric_name
        self.primary_metric_goal = PrimaryMetricGoal.from_str(primary_metric_goal)
        self.max_total_runs = _at_most("max_total_runs", max_total_runs, _MOST_TRIALS)
        at_once = min(self.max_total_runs, _MOST_AT_ONCE) if max_concurrent_runs is None else max_concurrent_runs
        # More at once than there are is what azureml's own samples ask for.
        self.max_concurrent_runs = min(_at_most("max_concurrent_runs", at_once, _MOST_AT_ONCE), self.max_total_runs)
        self.max_duration_minutes = _minutes(max_duration_minutes)
        self.estimator = estimator
        self.resume_from = _resumed(resume_from)
        if self.resume_from and isinstance(hyperparameter_sampling, GridParameterSampling):
            raise UserErrorException(
                "resume_from is for RandomParameterSampling and BayesianParameterSampling; GridParameterSampling tries "
                "every combination, whatever was tried before."
            )
        self.resume_child_runs = _runs(resume_child_runs)
        if len(self.resume_child_runs) > self.max_total_runs:
            raise UserErrorException(
                f"resume_child_runs names {len(self.resume_child_runs)} runs, and max_total_runs is {self.max_total_runs}."
            )
        self._trial = run_config if run_config is not None else _config_of(estimator)

    @property
    def run_config(self):
        """The RunConfiguration of the trials."""
        return self._trial.run_config

    @property
    def source_directory(self) -> str:
        """The folder whose code the trials run."""
        return self._trial.source_directory

    def _sweep(self) -> dict:
        sweep: dict = {
            "searchSpace": self.hyperparameter_sampling._space,
            "sampling": self.hyperparameter_sampling._to_wire(),
            "objective": {"primaryMetric": self.primary_metric_name, "goal": self.primary_metric_goal.value},
            "limits": {
                "maxTotalTrials": self.max_total_runs,
                "maxConcurrentTrials": self.max_concurrent_runs,
                "timeoutSeconds": self.max_duration_minutes * 60,
            },
        }
        policy = self.policy._to_wire() if self.policy is not None else None
        if policy is not None:
            sweep["earlyTermination"] = policy
        if self.resume_from:
            sweep["resumeFrom"] = self.resume_from
        return sweep

    def _submit_in(self, experiment, tags: dict | None = None, **options: object):
        from uuid import uuid4

        from trainyard.experiments.submit_run import job_spec, submit_spec
        from trainyard.jobs.script_run_config import ScriptRunConfig

        if not isinstance(self._trial, ScriptRunConfig):
            raise UserErrorException(
                f"run_config is of type {type(self._trial).__name__}. Expected a ScriptRunConfig: "
                "HyperDriveConfig(run_config=ScriptRunConfig(...), ...)."
            )
        name = options.get("run_id") or f"HD_{uuid4()}"
        spec = job_spec(experiment, self._trial, tags or {}, options.get("display_name"), name)
        spec["sweep"] = self._sweep()
        spec["command"] = _with_parameters(spec["command"], self.hyperparameter_sampling._space)
        if self.resume_child_runs:
            resume_trials(spec, self.resume_child_runs)
        return submit_spec(experiment, spec, options)

    def __repr__(self) -> str:
        return (
            f"HyperDriveConfig({self.hyperparameter_sampling!r}, {self.primary_metric_goal.value} "
            f"{self.primary_metric_name!r}, {self.max_total_runs} runs, {self.max_concurrent_runs} at once)"
        )


def _with_parameters(command: dict, names) -> dict:
    """The command with `--name value` behind it for each name; the values are those of the trial."""
    source, parts = command["source"], list(command["parts"])
    for name in names:
        parts += [{"text": f" --{name} "}, {"binding": "search_space", "name": name}]
        source += f" --{name} ${{{{search_space.{name}}}}}"
    return {"source": source, "parts": parts}


def _config_of(estimator):
    if hasattr(estimator, "to_script_run_config"):
        return estimator.to_script_run_config()
    raise UserErrorException(
        f"estimator is of type {type(estimator).__name__}. Expected an Estimator of azureml.train; a ScriptRunConfig "
        "is given as run_config=."
    )


def _at_most(name: str, value, most: int) -> int:
    if count(name, value) > most:
        raise UserErrorException(f"{name} is {value}; expected 1 to {most}.")
    return int(value)


def _minutes(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise UserErrorException(f"max_duration_minutes is {value!r}; expected a number above 0.")
    return value


def _runs(given) -> list:
    return [] if given is None else list(given) if isinstance(given, (list, tuple)) else [given]


def _resumed(given) -> list:
    runs = _runs(given)
    if len(runs) > _MOST_RESUMED:
        raise UserErrorException(f"resume_from names {len(runs)} runs; expected {_MOST_RESUMED} at most.")
    return [one if isinstance(one, str) else one.id for one in runs]
