"""The paths of the server's endpoints, apart from the calls, so that importing a noun loads no HTTP."""

from __future__ import annotations


def api(*parts: str) -> str:
    """The path of an endpoint, such as `api("runs", run, "metrics")`; each part is quoted."""
    from urllib.parse import quote

    return "/api/v1/" + "/".join(quote(part, safe="") for part in parts)


def mlflow(path: str) -> str:
    """The path of an endpoint of MLflow's REST interface, such as `mlflow("runs/search")`."""
    return "/api/2.0/mlflow/" + path


def is_missing(error) -> bool:
    """Whether a ServiceException says that there is no such thing."""
    return error.status_code == 404
