"""What git knows of a source folder, as properties of the run. Without git or a repository there are none."""

from __future__ import annotations

import os
import re
import subprocess


def git_properties(folder: str) -> dict:
    """The properties `azureml.git.*` and `mlflow.source.git.*`. AZUREML_GIT_… variables count first."""
    facts = _ask(folder) if _in_repository(folder) else {}
    variables = os.environ
    uri = variables.get("AZUREML_GIT_REPOSITORY_URI") or facts.get("uri")
    uri = uri and without_credentials(uri)
    branch = variables.get("AZUREML_GIT_BRANCH") or facts.get("branch")
    commit = variables.get("AZUREML_GIT_COMMIT") or facts.get("commit")
    build_uri = variables.get("AZUREML_GIT_BUILD_URI")
    found = {
        "azureml.git.repository_uri": uri,
        "mlflow.source.git.repoURL": uri,
        "azureml.git.branch": branch,
        "mlflow.source.git.branch": branch,
        "azureml.git.commit": commit,
        "mlflow.source.git.commit": commit,
        "azureml.git.dirty": variables.get("AZUREML_GIT_DIRTY") or facts.get("dirty"),
        "azureml.git.build_id": variables.get("AZUREML_GIT_BUILD_ID"),
        "azureml.git.build_uri": build_uri and without_credentials(build_uri),
    }
    return {name: value for name, value in found.items() if value}


def without_credentials(uri: str) -> str:
    """The address without the user and password that people put into it; the user name of ssh is not a secret."""
    match = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*)://([^/?#]*)(.*)\Z", uri, re.DOTALL)
    if not match:
        return uri
    scheme, authority, rest = match.groups()
    user, at, host = authority.rpartition("@")
    is_ssh = scheme.lower() in ("ssh", "git+ssh")
    kept_user = user.split(":")[0] + "@" if at and is_ssh else ""
    if scheme.lower() in ("http", "https"):
        rest = re.sub(r"[?#].*\Z", "", rest, flags=re.DOTALL)  # tokens are also put behind a question mark
    return f"{scheme}://{kept_user}{host}{rest}"


def _in_repository(folder: str) -> bool:
    at = os.path.abspath(folder)
    while True:
        if os.path.exists(os.path.join(at, ".git")):
            return True
        if os.path.dirname(at) == at:
            return False
        at = os.path.dirname(at)


def _ask(folder: str) -> dict:
    state = _git(
        folder, "--no-optional-locks", "-c", "core.fsmonitor=false", "status", "--porcelain=v2", "--branch", "."
    )
    uri = (_git(folder, "ls-remote", "--get-url") or "").strip()
    facts = {"uri": uri if re.search(r"[:/\\]", uri) else None}
    lines = (state or "").splitlines()
    for line in lines:
        if line.startswith("# branch.oid ") and not line.endswith("(initial)"):
            facts["commit"] = line.split(" ", 2)[2]
        elif line.startswith("# branch.head ") and not line.endswith("(detached)"):
            facts["branch"] = line.split(" ", 2)[2]
    if lines:
        facts["dirty"] = str(any(not line.startswith("#") for line in lines))
    return facts


def _git(folder: str, *arguments: str) -> str | None:
    try:
        result = subprocess.run(
            ["git", *arguments],
            cwd=folder if os.path.isdir(folder) else os.path.dirname(folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=3,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return result.stdout.decode("utf-8", "replace") if result.returncode == 0 else None
