"""`from azureml.core.script_run_config import ScriptRunConfig`."""

from trainyard.jobs.script_run_config import ScriptRunConfig

__all__ = ["ScriptRunConfig"]
