"""The import names of the Azure ML SDK v1, spoken by Trainyard. Everything is made in the `trainyard` package."""

import sys

if sys.version_info < (3, 8):
    # Before anything that such a Python cannot even read.
    raise ImportError(
        "Trainyard's client needs Python 3.8 or later, and this is Python %d.%d. Ask for a newer one in the "
        "environment, such as python=3.8 among the conda packages." % sys.version_info[:2]
    )

from trainyard.absent_modules import explain_absent_modules

explain_absent_modules()

_PARTS = ("contrib", "core", "data", "exceptions", "mlflow", "telemetry", "tensorboard", "train", "widgets")


def __getattr__(name):
    # With azureml's own package `import azureml.core` made these attributes too.
    if name in _PARTS:
        from importlib import import_module

        return import_module("azureml." + name)
    raise AttributeError("module 'azureml' has no attribute %r" % name)
