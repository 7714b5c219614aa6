"""Calls of the server's API: JSON and streams over HTTP, in the standard library."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from urllib.parse import urlencode, urlsplit

from trainyard import __version__
from trainyard.errors import AuthenticationException, ServiceException
from trainyard.server.endpoints import api, is_missing, mlflow
from trainyard.server.server_home import find_address, relocate

TIMEOUT_SECONDS = 100
"""Of one answer. The server's own long polls and heartbeats are shorter."""

PATIENCE_SECONDS = 15.0
"""How long a call waits for a server that does not answer, such as one that is being restarted."""

_AWAY = (ConnectionError, http.client.BadStatusLine, http.client.CannotSendRequest, http.client.IncompleteRead)


__all__ = ["Connection", "api", "is_missing", "mlflow"]


class Connection:
    """
    A server and what proves who asks. Threads may share one.

    Every call raises ServiceException with the server's own sentence when it refuses, and after `patience_seconds`
    without an answer.
    """

    def __init__(self, url: str, token: str, home: str | None = None) -> None:
        """`home`: the folder whose server it is, which is looked for there again when it is gone."""
        self.url = url
        self._token = token
        self._home = home
        self._local = threading.local()

    @staticmethod
    def open(url: str | None = None) -> Connection:
        """To the server at `url`, by default to the one that the environment names, which is started if needed."""
        return Connection(*find_address(url))

    def __reduce__(self) -> tuple:
        # The token stays out of pickles; who opens one proves anew who they are.
        return Connection.open, (self.url,)

    def get(self, path: str, /, **query: object) -> dict:
        """GET: the JSON of the answer. Query values that are None are left out."""
        return self.call("GET", path, query=query)

    def post(self, path: str, body: object, /, **query: object) -> dict:
        """POST a JSON body: the JSON of the answer."""
        return self.call("POST", path, query=query, body=json.dumps(body).encode(), kind="application/json")

    def patch(self, path: str, body: object) -> dict:
        """PATCH a JSON body: the JSON of the answer."""
        return self.call("PATCH", path, body=json.dumps(body).encode(), kind="application/json")

    def put(self, path: str, body: object, /, **query: object) -> dict:
        """PUT a JSON body: the JSON of the answer."""
        return self.call("PUT", path, query=query, body=json.dumps(body).encode(), kind="application/json")

    def delete(self, path: str) -> dict:
        """DELETE: the JSON of the answer."""
        return self.call("DELETE", path)

    def call(
        self,
        method: str,
        path: str,
        query: dict | None = None,
        body: object = None,
        kind: str = "application/octet-stream",
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> dict:
        """
        One request: the JSON of the answer.

        `body` is bytes, or a function that opens them anew for each try and may return (file, size in bytes). A call
        whose answer was lost is made again.
        """
        with self._patiently(method, path, query, body, kind, patience_seconds, self._kept_link) as response:
            text = response.read()
        return json.loads(text) if text else {}

    def stream(self, path: str, /, **query: object) -> http.client.HTTPResponse:
        """GET: the answer itself, whose bytes the caller reads; it must be closed. It has a connection of its own."""
        return self._patiently("GET", path, query, None, "", PATIENCE_SECONDS, self._new_link)

    def _patiently(self, method, path, query, body, kind, patience_seconds, link_of) -> http.client.HTTPResponse:
        target = path + _query_text(query)
        deadline = time.monotonic() + patience_seconds
        pause = 0.02
        while True:
            try:
                return self._once(link_of(), method, target, body, kind)
            except _AWAY as error:
                self._local.__dict__.clear()
                if time.monotonic() > deadline:
                    raise ServiceException(
                        f"The server at {self.url} does not answer: {error or type(error).__name__}. See whether it "
                        "runs: trainyard server status",
                        inner_exception=error,
                    ) from None
            time.sleep(pause)
            pause = min(1.0, pause * 2)
            self.url = relocate(self.url, self._home)

    def _once(self, link, method: str, target: str, body: object, kind: str) -> http.client.HTTPResponse:
        headers = {"Authorization": f"Bearer {self._token}", "User-Agent": f"trainyard-python/{__version__}"}
        data = body() if callable(body) else body
        if self._local.__dict__.get("kept") is None or self._local.kept.link is not link:
            headers["Connection"] = "close"
        if data is not None:
            headers["Content-Type"] = kind
        opened = None
        if isinstance(data, tuple):
            data, headers["Content-Length"] = data[0], str(data[1])
            opened = data
        try:
            link.request(method, urlsplit(self.url).path.rstrip("/") + target, body=data, headers=headers)
            response = link.getresponse()
        except BaseException:
            self._local.__dict__.clear()
            link.close()
            raise
        finally:
            if opened is not None:
                opened.close()
        if response.status >= 400:
            with response:
                raise _refusal(response.status, response.read())
        return response

    def _kept_link(self) -> http.client.HTTPConnection:
        kept = self._local.__dict__.get("kept")
        if kept is None or kept.url != self.url:
            kept = self._local.kept = _Kept(self._new_link(), self.url)
        return kept.link

    def _new_link(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        return connect(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)


class _Kept:
    """A connection that is used again, and closed when nobody has it any more."""

    def __init__(self, link: http.client.HTTPConnection, url: str) -> None:
        self.link = link
        self.url = url

    def __del__(self) -> None:
        self.link.close()


def _query_text(query: dict | None) -> str:
    given = {name: value for name, value in (query or {}).items() if value is not None}
    words = {name: str(value).lower() if isinstance(value, bool) else value for name, value in given.items()}
    return "?" + urlencode(words) if words else ""


def _refusal(status: int, text: bytes) -> ServiceException:
    try:
        problem = json.loads(text)
    except ValueError:
        problem = None
    if not isinstance(problem, dict):
        said = text.decode("utf-8", "replace")[:500]
        return ServiceException(f"The server answered {status}: {said}", status)
    code = problem.get("code") or problem.get("error_code") or ""
    message = problem.get("title") or problem.get("message") or f"The server answered {status}."
    hint = problem.get("hint")
    message = _sentence(message)
    if hint:
        message = f"{message.rstrip('.')}. {_sentence(hint)}"
    kind = AuthenticationException if status == 401 else ServiceException
    return kind(message, status, str(code), problem.get("details"))


def _sentence(text: str) -> str:
    # A first word such as min_instances is a name, which stays as it is.
    return text[0].upper() + text[1:] if re.match(r"[a-z]+[ ,:]", text) else text
