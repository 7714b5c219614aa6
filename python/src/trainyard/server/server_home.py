"""Finds the server that a script means: TRAINYARD_URL, else the one of TRAINYARD_HOME, which is started if needed."""

from __future__ import annotations

import json
import os

from trainyard.errors import UserErrorException

_START_SECONDS = 60


def home_folder() -> str:
    """TRAINYARD_HOME, by default `~/.trainyard`; absolute."""
    return os.path.abspath(os.environ.get("TRAINYARD_HOME") or os.path.join(os.path.expanduser("~"), ".trainyard"))


def find_address(url: str | None = None) -> tuple:
    """
    `(url, token, home)` of the server at `url`, by default of the one that the environment names. The home folder is
    None for a server that is named by its address.

    Raises UserErrorException when there is no token for it, or when the home folder's own server cannot be started.
    """
    url = url or os.environ.get("TRAINYARD_URL")
    if url:
        url = _checked(url)
        return url, _token_for(url), None
    home = home_folder()
    server = read_server_file(home)
    if not server or not answers(server["url"]):
        _start(home)
        server = read_server_file(home)
        if not server:
            raise UserErrorException(
                f"The server was started, but {home} has no server.json. Look at server.log there."
            )
    token = os.environ.get("TRAINYARD_TOKEN") or _read_token(home)
    if not token:
        raise UserErrorException(
            f"The server at {server['url']} runs, but there is no token in {home}. Set TRAINYARD_TOKEN."
        )
    return server["url"], token, home


def relocate(url: str, home: str | None) -> str:
    """Where the server of this home folder is by now; `url` itself when it was named by that, or none runs there."""
    server = read_server_file(home) if home else None
    return server["url"] if server else url


def read_server_file(home: str) -> dict | None:
    """The content of server.json; None when there is none or it is broken."""
    try:
        with open(os.path.join(home, "server.json"), encoding="utf-8") as file:
            server = json.load(file)
    except (OSError, ValueError):
        return None
    return server if isinstance(server, dict) and isinstance(server.get("url"), str) else None


def answers(url: str, timeout_seconds: float = 5) -> bool:
    """Whether a Trainyard server answers there."""
    import urllib.error
    import urllib.request

    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{url}/healthz", timeout=timeout_seconds) as response:
            return json.load(response).get("status") == "ok"
    except (OSError, ValueError, urllib.error.URLError):
        return False


def _token_for(url: str) -> str:
    # A job's own token comes before a person's: it is what the job was given.
    inside_job = os.environ.get("TRAINYARD_RUN_FOLDER") and os.environ.get("AZUREML_RUN_TOKEN")
    token = inside_job or os.environ.get("TRAINYARD_TOKEN")
    if token:
        return token
    # The home folder's token goes to the home folder's own server only, never to a stranger's address.
    own = read_server_file(home_folder())
    token = _read_token(home_folder()) if own and _origin(own["url"]) == _origin(url) else None
    if token:
        return token
    raise UserErrorException(
        f"The server is {url}, but TRAINYARD_TOKEN is not set. Set it to your token on that server (the file `token` "
        "in its TRAINYARD_HOME), or unset TRAINYARD_URL to use a server of your own."
    )


def _checked(url: str) -> str:
    from urllib.parse import urlsplit

    if urlsplit(url).scheme not in ("http", "https"):
        raise UserErrorException(f"The server's address is {url!r}. Expected one such as http://127.0.0.1:7171.")
    return url.rstrip("/")


def _origin(url: str) -> tuple:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _read_token(home: str) -> str | None:
    try:
        with open(os.path.join(home, "token"), encoding="utf-8") as file:
            return file.read().strip() or None
    except OSError:
        return None


def _start(home: str) -> None:
    import subprocess

    program = _find_program()
    if program is None:
        raise UserErrorException(
            f"No server runs for {home}, and there is no `trainyard` command on PATH to start one. Install it, or set "
            "TRAINYARD_URL and TRAINYARD_TOKEN to use a server that runs elsewhere."
        )
    environ = dict(os.environ, TRAINYARD_HOME=home)
    try:
        result = subprocess.run(
            [program, "server", "start"],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_START_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UserErrorException(f"The server of {home} could not be started by {program}: {error}", error) from None
    if result.returncode != 0:
        said = result.stdout.decode("utf-8", "replace").strip()
        raise UserErrorException(f"The server of {home} could not be started by {program}:\n{said}")


def _find_program() -> str | None:
    import shutil

    found = shutil.which("trainyard")
    if found:
        return found
    # This file lies in <package>/python/src/trainyard when it came with the server.
    package = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
    beside = os.path.join(package, "bin", "trainyard")
    return beside if os.access(beside, os.X_OK) else None
