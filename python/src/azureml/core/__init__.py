"""`azureml.core`, as training scripts and notebooks import it. What is not asked for is not loaded."""

from trainyard.lazy_names import lazy_names

VERSION = "1.33.0"
"""The release of the SDK whose surface is spoken (August 2021); scripts compare it. Ours is trainyard.__version__."""

__version__ = VERSION

__getattr__, __dir__, __all__ = lazy_names(
    __name__,
    {
        "ComputeTarget": "trainyard.compute",
        "Dataset": "trainyard.dataset",
        "Datastore": "trainyard.datastore",
        "Environment": "trainyard.environment",
        "Experiment": "trainyard.experiment",
        "Keyvault": "trainyard.keyvault",
        "Model": "trainyard.model",
        "Run": "trainyard.run",
        "RunConfiguration": "trainyard.run_configuration",
        "ScriptRunConfig": "trainyard.script_run_config",
        "Workspace": "trainyard.workspace",
        "get_run": "azureml.core.run",
    },
    absent={
        "Webservice": "Trainyard does not deploy models.",
        "Image": "Trainyard does not deploy models.",
        "LinkedService": "Trainyard has no Spark pools.",
    },
)
__all__ += ["VERSION"]
