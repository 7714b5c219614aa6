"""What is said of a model's version when it is registered, and kept as its properties."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile

from trainyard.errors import ModelPathNotFoundException

FRAMEWORK = "trainyard.framework"
FRAMEWORK_VERSION = "trainyard.framework_version"
DATASET = "trainyard.dataset."
SAMPLE_INPUT = "trainyard.sample_input_dataset"
SAMPLE_OUTPUT = "trainyard.sample_output_dataset"
RESOURCES = "trainyard.resource_configuration"


class Framework:
    """Names of frameworks, for `model_framework`."""

    CUSTOM = "Custom"
    SCIKITLEARN = "ScikitLearn"
    TENSORFLOW = "TensorFlow"
    PYTORCH = "PyTorch"
    ONNX = "Onnx"
    KERAS = "Keras"
    TFKERAS = "TfKeras"
    SPACY = "Spacy"
    MULTI = "Multi"


class ResourceConfiguration:
    """What serving a model would need: `cpu`, `memory_in_gb`, `gpu`. Kept with the model; nothing here serves it."""

    def __init__(self, cpu: float | None = None, memory_in_gb: float | None = None, gpu: int | None = None) -> None:
        self.cpu = cpu
        self.memory_in_gb = memory_in_gb
        self.gpu = gpu

    def __repr__(self) -> str:
        return f"ResourceConfiguration(cpu={self.cpu}, memory_in_gb={self.memory_in_gb}, gpu={self.gpu})"


def registration_words(
    tags,
    properties,
    description: str | None = None,
    model_framework: str | None = None,
    model_framework_version: str | None = None,
    datasets: list | None = None,
    sample_input_dataset: object = None,
    sample_output_dataset: object = None,
    resource_configuration: ResourceConfiguration | None = None,
) -> dict:
    """The part of a registration that describes the version."""
    kept = {str(key): str(value) for key, value in (properties or {}).items()}
    own = {
        FRAMEWORK: model_framework,
        FRAMEWORK_VERSION: model_framework_version,
        SAMPLE_INPUT: _dataset_name(sample_input_dataset),
        SAMPLE_OUTPUT: _dataset_name(sample_output_dataset),
        RESOURCES: json.dumps(vars(resource_configuration)) if resource_configuration is not None else None,
    }
    kept.update({key: str(value) for key, value in own.items() if value})
    for purpose, dataset in datasets or []:
        key, name = f"{DATASET}{purpose}", _dataset_name(dataset)
        kept[key] = f"{kept[key]},{name}" if key in kept else name
    listed = tags if isinstance(tags, dict) else dict.fromkeys(tags or [], "")
    return {
        "description": description or "",
        "tags": {str(key): "" if value is None else str(value) for key, value in listed.items()},
        "properties": kept,
    }


@contextlib.contextmanager
def chosen_below(folder: str, paths: list):
    """A temporary folder of the same name with these files and folders of it. Raises ModelPathNotFoundException."""
    if not os.path.isdir(folder):
        raise ModelPathNotFoundException(f"child_paths chooses among a folder's files, and {folder!r} is none.")
    with tempfile.TemporaryDirectory() as place:
        target = os.path.join(place, os.path.basename(os.path.abspath(folder)))
        for path in paths:
            source = os.path.join(folder, path)
            if not os.path.exists(source) or os.path.relpath(source, folder).split(os.sep)[0] == os.pardir:
                raise ModelPathNotFoundException(f"child_paths names {path!r}, which is not in {folder!r}.")
            copy = os.path.join(target, os.path.relpath(source, folder))
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            (shutil.copytree if os.path.isdir(source) else shutil.copyfile)(source, copy)
        yield target


def _dataset_name(dataset: object) -> str | None:
    return None if dataset is None else getattr(dataset, "id", None) or str(dataset)
