"""`from azureml.core.model import Model`."""

from trainyard.data.dataset import Dataset
from trainyard.lazy_names import lazy_names
from trainyard.models.model import Model

_DEPLOYMENT = "Trainyard does not deploy models. Model.download() gets the files."

__getattr__, __dir__, __all__ = lazy_names(
    __name__, {}, absent={"InferenceConfig": _DEPLOYMENT, "ModelPackage": _DEPLOYMENT}
)
__all__ += ["Dataset", "Model"]
