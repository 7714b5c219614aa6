"""`from azureml.core.script_run import ScriptRun`: a submitted run is a Run."""

from trainyard.run import Run as ScriptRun

__all__ = ["ScriptRun"]
