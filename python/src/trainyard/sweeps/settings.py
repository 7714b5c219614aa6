"""A sweep's settings in the words in which azureml's sweeps are tagged with them."""

from __future__ import annotations

import json

_SAMPLINGS = {"grid": "GRID", "bayesian": "BAYESIAN_OPTIMIZATION"}
_POLICIES = {"bandit": "BANDIT", "median_stopping": "MEDIANSTOPPING", "truncation_selection": "TRUNCATIONSELECTION"}
_SWEEP_WORDS = {
    "evaluationInterval": "evaluation_interval",
    "delayEvaluation": "delay_evaluation",
    "slackFactor": "slack_factor",
    "slackAmount": "slack_amount",
    "truncationPercentage": "truncation_percentage",
    "excludeFinishedJobs": "exclude_finished_jobs",
}


def settings_of(sweep: dict) -> dict:
    """Name to text, or to the JSON of it, from the `sweep` of a job spec (src/core/sweep.ts)."""
    policy, limits = sweep.get("earlyTermination"), sweep["limits"]
    objective, sampling = sweep["objective"], sweep["sampling"]["type"]
    space = {f"--{name}": _expression(one) for name, one in sweep["searchSpace"].items()}
    chosen = {"name": "DEFAULT"}
    if policy:
        words = {_SWEEP_WORDS[key]: value for key, value in policy.items() if key in _SWEEP_WORDS}
        chosen = {"name": _POLICIES.get(policy["type"], policy["type"].upper()), "properties": words}
    minutes = limits["timeoutSeconds"] / 60 if limits.get("timeoutSeconds") else None
    told = {
        "generator_config": {"name": _SAMPLINGS.get(sampling, "RANDOM"), "parameter_space": space},
        "policy_config": chosen,
        "primary_metric_config": {"name": objective["primaryMetric"], "goal": objective["goal"]},
        "max_total_jobs": limits.get("maxTotalTrials"),
        "max_concurrent_jobs": limits.get("maxConcurrentTrials"),
        "max_duration_minutes": int(minutes) if minutes and minutes == int(minutes) else minutes,
    }
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in told.items()}


def _expression(distribution: dict) -> list:
    kind = distribution["type"]
    if kind == "choice":
        return [kind, [distribution["values"]]]
    return [kind, [value for key, value in distribution.items() if key != "type"]]
