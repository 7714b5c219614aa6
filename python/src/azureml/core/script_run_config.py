"""`from azureml.core.script_run_config import ScriptRunConfig`."""

from trainyard.script_run_config import ScriptRunConfig

__all__ = ["ScriptRunConfig"]
