"""config.json: which workspace a script means."""

from __future__ import annotations

import json
import os

from trainyard.errors import UserErrorException

_FOLDERS = ("", ".azureml", "aml_config")
_SEARCH = "the folder itself, its .azureml and aml_config, then the same in every folder above"


def find_config(path: str | None = None, file_name: str | None = None) -> str | None:
    """The nearest config.json from `path` (a folder or the file itself, default the current folder) upwards."""
    name = file_name or "config.json"
    start = os.path.abspath(path or ".")
    if os.path.isfile(start):
        return start
    while True:
        for folder in _FOLDERS:
            candidate = os.path.join(start, folder, name)
            if os.path.isfile(candidate):
                return candidate
        above = os.path.dirname(start)
        if above == start:
            return None
        start = above


def read_config(path: str) -> dict:
    """The object in the file. Raises UserErrorException when it holds none, naming the key that is missing."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            config = json.load(file)
    except ValueError as error:
        raise UserErrorException(f"{path} is not JSON: {error}.") from None
    for key in ("subscription_id", "resource_group", "workspace_name"):
        if not isinstance(config, dict) or not isinstance(config.get(key), str):
            raise UserErrorException(
                f'{path} has no text under "{key}". Expected an object of "subscription_id", "resource_group" and '
                '"workspace_name", and, for a server elsewhere, "url".'
            )
    return config


def missing_config(path: str | None, file_name: str | None) -> UserErrorException:
    """What to say when a folder was named and there is no config in or above it."""
    return UserErrorException(
        f"There is no {file_name or 'config.json'} for {os.path.abspath(path or '.')}. Looked in {_SEARCH}. Write one "
        "with ws.write_config(), or call Workspace.from_config() without a path to use the server of TRAINYARD_URL or "
        "of TRAINYARD_HOME."
    )


def write_config(config: dict, path: str | None = None, file_name: str | None = None) -> str:
    """Write `<path>/.azureml/config.json`; the path written."""
    folder = os.path.join(path or ".", ".azureml")
    os.makedirs(folder, exist_ok=True)
    target = os.path.join(folder, file_name or "config.json")
    with open(target, "w", encoding="utf-8") as file:
        json.dump(config, file, indent=4)
        file.write("\n")
    return target
