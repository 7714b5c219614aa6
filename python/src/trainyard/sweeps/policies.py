"""When a sweep gives a trial up before its end. An interval is one logging of the primary metric."""

from __future__ import annotations

from enum import Enum

from trainyard.errors import UserErrorException
from trainyard.jobs.distributed import count


class PrimaryMetricGoal(Enum):
    """Whether more or less of the primary metric is better."""

    MAXIMIZE = "maximize"
    MINIMIZE = "minimize"

    @staticmethod
    def from_str(goal: object) -> PrimaryMetricGoal:
        """Of the word in any case, or of the goal itself. Raises UserErrorException for another word."""
        if isinstance(goal, PrimaryMetricGoal):
            return goal
        try:
            return PrimaryMetricGoal(str(goal).lower())
        except ValueError:
            raise UserErrorException(
                f"primary_metric_goal is {goal!r}; expected PrimaryMetricGoal.MAXIMIZE or PrimaryMetricGoal.MINIMIZE."
            ) from None


class EarlyTerminationPolicy:
    """The base of all; each is judged every `evaluation_interval`, the first `delay_evaluation` intervals never."""

    POLICY_NAME = "Default"

    def __init__(self, evaluation_interval: int = 1, delay_evaluation: int = 0) -> None:
        self.evaluation_interval = count("evaluation_interval", evaluation_interval)
        self.delay_evaluation = count("delay_evaluation", delay_evaluation, least=0)

    def _to_wire(self) -> dict | None:
        return None

    def _with_intervals(self, wire: dict) -> dict:
        return {**wire, "evaluationInterval": self.evaluation_interval, "delayEvaluation": self.delay_evaluation}

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in vars(self).items() if value is not None)
        return f"{type(self).__name__}({fields})"


class NoTerminationPolicy(EarlyTerminationPolicy):
    """Every trial runs to its end."""

    POLICY_NAME = "NoTermination"

    def __init__(self) -> None:
        super().__init__()


class BanditPolicy(EarlyTerminationPolicy):
    """
    Gives up what is worse than the best by more than a ratio (`slack_factor`) or a distance in the metric's unit
    (`slack_amount`); exactly one of the two.
    """

    POLICY_NAME = "Bandit"

    def __init__(
        self,
        slack_factor: float | None = None,
        evaluation_interval: int = 1,
        slack_amount: float | None = None,
        delay_evaluation: int = 0,
    ) -> None:
        super().__init__(evaluation_interval, delay_evaluation)
        given = [one for one in (slack_factor, slack_amount) if one is not None]
        if len(given) != 1 or isinstance(given[0], bool) or not isinstance(given[0], (int, float)) or given[0] < 0:
            raise UserErrorException(
                f"BanditPolicy got slack_factor={slack_factor!r} and slack_amount={slack_amount!r}; expected exactly "
                "one of them, a number from 0 on."
            )
        self.slack_factor = slack_factor
        self.slack_amount = slack_amount

    def _to_wire(self) -> dict:
        slack = {"slackFactor": self.slack_factor, "slackAmount": self.slack_amount}
        return self._with_intervals(
            {"type": "bandit", **{name: value for name, value in slack.items() if value is not None}}
        )


class MedianStoppingPolicy(EarlyTerminationPolicy):
    """Gives up a trial whose best is worse than the median of the others' averages."""

    POLICY_NAME = "MedianStopping"

    def _to_wire(self) -> dict:
        return self._with_intervals({"type": "median_stopping"})


class TruncationSelectionPolicy(EarlyTerminationPolicy):
    """Gives up the worst `truncation_percentage` per cent (1 to 99) at each interval."""

    POLICY_NAME = "TruncationSelection"

    def __init__(
        self,
        truncation_percentage: int,
        evaluation_interval: int = 1,
        delay_evaluation: int = 0,
        exclude_finished_jobs: bool = False,
    ) -> None:
        super().__init__(evaluation_interval, delay_evaluation)
        if count("truncation_percentage", truncation_percentage) > 99:
            raise UserErrorException(f"truncation_percentage is {truncation_percentage}; expected 1 to 99.")
        self.truncation_percentage = truncation_percentage
        self.exclude_finished_jobs = bool(exclude_finished_jobs)

    def _to_wire(self) -> dict:
        return self._with_intervals(
            {
                "type": "truncation_selection",
                "truncationPercentage": self.truncation_percentage,
                "excludeFinishedJobs": self.exclude_finished_jobs,
            }
        )
