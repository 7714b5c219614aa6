"""`azureml.core`, as training scripts and notebooks import it. What is not asked for is not loaded."""

from trainyard.lazy_names import lazy_names

VERSION = "1.33.0"
"""The release of the SDK whose surface is spoken (August 2021); scripts compare it. Ours is trainyard.__version__."""

__version__ = VERSION

__getattr__, __dir__, __all__ = lazy_names(
    __name__,
    {
        "ComputeTarget": "trainyard.computes.compute",
        "Dataset": "trainyard.data.dataset",
        "Datastore": "trainyard.data.datastore",
        "Environment": "trainyard.environments.environment",
        "Experiment": "trainyard.experiments.experiment",
        "Keyvault": "trainyard.keyvault",
        "Model": "trainyard.models.model",
        "Run": "trainyard.runs.run",
        "RunConfiguration": "trainyard.jobs.run_configuration",
        "ScriptRunConfig": "trainyard.jobs.script_run_config",
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
