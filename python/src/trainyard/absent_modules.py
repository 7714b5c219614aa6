"""Parts of azureml that Trainyard does not have: importing one says so, instead of "No module named …"."""

from __future__ import annotations

import sys

_DEPLOYMENT = "Trainyard does not deploy models. Register and download them, or serve them with MLflow."
_PIPELINES = "Trainyard has no pipelines. Submit the steps as runs of their own, each reading what the one before kept."
_AUTOML = "Trainyard has no automated machine learning. A sweep tries parameters: azureml.train.hyperdrive."
_EXPLAIN = "Explanations of models are not part of Trainyard. Libraries such as shap and interpret work inside jobs."

_ABSENT = {
    "azureml.automl": _AUTOML,
    "azureml.train.automl": _AUTOML,
    "azureml.contrib": "Azure's previews are not part of Trainyard.",
    "azureml.core.image": _DEPLOYMENT,
    "azureml.core.webservice": _DEPLOYMENT,
    "azureml.core.profile": _DEPLOYMENT,
    "azureml.dataprep": "Data preparation is not part of Trainyard. Dataset.Tabular and pandas read tables.",
    "azureml.explain": _EXPLAIN,
    "azureml.interpret": _EXPLAIN,
    "azureml.monitoring": _DEPLOYMENT,
    "azureml.opendatasets": "Azure's open data sets are not part of Trainyard. Use Dataset.File.from_files.",
    "azureml.pipeline": _PIPELINES,
}


class AbsentModules:
    """Comes last on sys.meta_path, so that a package that is installed is found before it is missed."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        """Raises ModuleNotFoundError with the reason for a part that is known to be absent."""
        # Of azureml.contrib a part is here; what reaches this finder is not.
        reason = _ABSENT.get("azureml.contrib" if name.startswith("azureml.contrib.") else name)
        if reason:
            raise ModuleNotFoundError(f"{name} is not part of this client: {reason}", name=name)


def explain_absent_modules() -> None:
    """From now on; calling it twice changes nothing."""
    if AbsentModules not in sys.meta_path:
        sys.meta_path.append(AbsentModules)
