"""`from azureml.core.script_run import ScriptRun`: a submitted run is a Run."""

from trainyard.runs.run import Run as ScriptRun

__all__ = ["ScriptRun"]
