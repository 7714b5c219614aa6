"""`from azureml.core.run import Run, _OfflineRun`, as training scripts write it."""

from trainyard.offline_run import _OfflineRun
from trainyard.run import Run, _SubmittedRun

__all__ = ["Run", "_OfflineRun", "_SubmittedRun"]
