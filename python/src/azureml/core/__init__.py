"""`from azureml.core import Run`, as training scripts write it."""

from trainyard.run import Run

VERSION = "1.33.0"
"""The release of the SDK whose surface is spoken (August 2021); scripts compare it. Ours is trainyard.__version__."""

__version__ = VERSION
__all__ = ["Run", "VERSION"]

_FULL_CLIENT = frozenset(
    "Workspace Experiment ScriptRunConfig Environment Dataset Datastore Model ComputeTarget RunConfiguration "
    "Keyvault".split()
)


def __getattr__(name: str):
    if name in _FULL_CLIENT:
        # An AttributeError here would reach `from azureml.core import …` without its text.
        raise ImportError(
            f"azureml.core.{name} arrives with the full Trainyard client. The one inside jobs has Run and VERSION: "
            "import the rest where the job is submitted."
        )
    raise AttributeError(f"module 'azureml.core' has no attribute {name!r}")
