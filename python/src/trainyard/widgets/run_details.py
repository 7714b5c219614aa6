"""RunDetails: a run as it goes on, live in notebooks and as text elsewhere."""

from __future__ import annotations

import json
import sys
import threading

from trainyard.errors import AzureMLException
from trainyard.widgets.html import duration_text, number_text, view_html
from trainyard.widgets.view import read_view

_REFRESH_SECONDS = 5
_MIME = "application/aml.mini.widget.v1"


class RunDetails:
    """
    `RunDetails(run).show()` in a notebook shows the run's state, metrics, logs and, of a sweep, its trials, and brings
    them up to date every 5 seconds until the run ends; the cell is done at once. Elsewhere it prints the same once.
    """

    def __new__(cls, run_instance: object):
        """The widget of the run's kind."""
        kind = _HyperDriveWidget if getattr(run_instance, "type", None) == "hyperdrive" else _UserRunWidget
        return super().__new__(kind if cls is RunDetails else cls)

    def __init__(self, run_instance: object) -> None:
        self._run = run_instance
        self._settings: dict = {}

    def show(self, render_lib: object = None, widget_settings: dict | None = None) -> None:
        """
        Show it. `render_lib` is accepted: the front end is found by itself. Of `widget_settings` "refresh_seconds" is
        heeded.
        """
        self._settings = dict(widget_settings or {})
        if not hasattr(self._run, "experiment") or not hasattr(self._run, "_facts"):
            print(f"{self._run!r}\nOnly runs on a server have details to show.")
        elif is_notebook():
            _LiveDisplay(self._run, self._settings.get("refresh_seconds", _REFRESH_SECONDS), repr(self)).begin()
        else:
            print(view_text(read_view(self._run)))

    def get_widget_data(self, widget_settings: dict | None = None) -> dict:
        """What is shown, as a dict."""
        return read_view(self._run)

    def _repr_html_(self) -> str:
        return view_html(read_view(self._run))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(widget_settings={self._settings!r})"


class _UserRunWidget(RunDetails):
    """Of a run."""


class _HyperDriveWidget(RunDetails):
    """Of a sweep."""


class _LiveDisplay:
    """One output of a cell, replaced by a thread until the run ends."""

    def __init__(self, run: object, refresh_seconds: float, words: str) -> None:
        self._run = run
        self._refresh_seconds = max(1.0, float(refresh_seconds))
        self._words = words

    def begin(self) -> None:
        from IPython.display import display

        bundle, ended = self._bundle()
        handle = display(bundle, raw=True, display_id=True)
        if not ended:
            threading.Thread(target=self._follow, args=(handle,), name="trainyard-details", daemon=True).start()

    def _follow(self, handle) -> None:
        pause = threading.Event()
        ended = False
        while not ended:
            pause.wait(self._refresh_seconds)
            try:
                bundle, ended = self._bundle()
            except AzureMLException:
                continue  # a server that is away comes back, and the last picture stays until then
            handle.update(bundle, raw=True)

    def _bundle(self) -> tuple:
        view = read_view(self._run)
        # As a text: notebooks may keep objects only of types whose names end in json.
        facts = {name: view[name] for name in ("run_id", "experiment_name", "status", "portal_url")}
        return {"text/plain": self._words, "text/html": view_html(view), _MIME: json.dumps(facts)}, view["ended"]


def is_notebook() -> bool:
    """Whether this process is the kernel of a notebook, whatever shows it."""
    # Without IPython loaded there is no kernel, and importing it takes long.
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return getattr(shell, "kernel", None) is not None


def view_text(view: dict) -> str:
    """The same as lines of text."""
    lines = [
        f"RunId: {view['run_id']}",
        f"Web View: {view['portal_url']}",
        f"{view['status']}{': ' + view['reason'] if view['reason'] else ''} ({duration_text(view['seconds'])})",
    ]
    lines += [f"  {one['state']:<16} {duration_text(one['seconds'])}" for one in view["phases"] if one["seconds"] > 0]
    if view["error"]:
        lines += ["", view["error"]]
    if "trials" in view:
        metric = view["objective"]["primaryMetric"]
        lines += ["", f"{len(view['trials'])} trials, the best first:"]
        for one in view["trials"][:10]:
            given = " ".join(f"--{name} {number_text(value)}" for name, value in one["parameters"].items())
            lines.append(
                f"  {one['number']:>4} {one['state']:<12} {metric} {number_text(one['score']) or '-'}  {given}"
            )
    if view["metrics"]:
        lines += ["", "Metrics:"]
        for one in view["metrics"]:
            last = number_text(one["last"]) if one["kind"] == "scalar" else one["kind"].replace("_", " ")
            lines.append(f"  {one['name']}: {last}" + (f" ({one['count']} points)" if one["count"] > 1 else ""))
    if view["log"]:
        lines += ["", f"{view['log']['name']}:", view["log"]["text"]]
    return "\n".join(lines)
