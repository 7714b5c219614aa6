"""`from azureml.core.run import Run, _OfflineRun`, as training scripts write it."""

from trainyard.experiments.experiment import Experiment
from trainyard.runs.offline_run import _OfflineRun
from trainyard.runs.run import Run
from trainyard.runs.submitted_run import _SubmittedRun


def get_run(experiment: Experiment, run_id: str, rehydrate: bool = True, clean_up: bool = True) -> Run:
    """The run of this id in the workspace of the experiment. Raises UserErrorException when there is none."""
    return Run.get(experiment.workspace, run_id)


__all__ = ["Run", "_OfflineRun", "_SubmittedRun", "get_run"]
