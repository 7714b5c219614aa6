"""`from azureml.core.run import Run, _OfflineRun`, as training scripts write it."""

from trainyard.offline_run import _OfflineRun
from trainyard.run import Run
from trainyard.submitted_run import _SubmittedRun

get_run = Run.get

__all__ = ["Run", "_OfflineRun", "_SubmittedRun", "get_run"]
