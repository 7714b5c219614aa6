"""A run as HTML: no scripts and no styles from elsewhere, so that every notebook front end shows it."""

from __future__ import annotations

from html import escape

from trainyard.notebook_tables import html_table, link
from trainyard.widgets.charts import parallel_chart, series_chart, trials_chart

_COLORS = {"Completed": "#15803d", "Failed": "#b91c1c", "Canceled": "#6b7280"}
_MOST_TRIALS = 20


def view_html(view: dict) -> str:
    """Of what widgets_view.read_view found."""
    parts = [_head(view), _phases(view)]
    if view["error"]:
        parts.append(f'<pre style="color:#b91c1c;white-space:pre-wrap">{escape(view["error"])}</pre>')
    parts += [f"<p>Warning: {escape(text)}</p>" for text in view["warnings"]]
    if "trials" in view:
        parts.append(_sweep(view))
    parts.append(_metrics(view))
    if view["log"]:
        name, text = escape(view["log"]["name"]), escape(view["log"]["text"])
        parts.append(
            f'<details open="open"><summary>{name}</summary>'
            f'<pre style="max-height:20em;overflow:auto;white-space:pre-wrap">{text}</pre></details>'
        )
    return f'<div style="font-family:sans-serif;line-height:1.4">{"".join(parts)}</div>'


def number_text(value: object) -> str:
    """A number of a metric in at most six digits; other things as they are."""
    return f"{value:.6g}" if isinstance(value, (int, float)) else "" if value is None else str(value)


def duration_text(seconds: float) -> str:
    """Such as 7.2 s, 3 min 5 s, 2 h 10 min."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = int(seconds // 60)
    return f"{minutes} min {int(seconds % 60)} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _head(view: dict) -> str:
    color = _COLORS.get(view["status"], "#1d4ed8")
    reason = f": {escape(view['reason'])}" if view["reason"] else ""
    return (
        f"<p><b>{escape(view['display_name'])}</b> in {escape(view['experiment_name'])} "
        f"{link(view['portal_url'], 'Open in Studio')}<br/>"
        f'<b style="color:{color}">{escape(view["status"])}</b>{reason} '
        f"({duration_text(view['seconds'])})</p>"
    )


def _phases(view: dict) -> str:
    words = [f"{escape(one['state'])} {duration_text(one['seconds'])}" for one in view["phases"] if one["seconds"] > 0]
    return f"<p>{' → '.join(words)}</p>" if words else ""


def _sweep(view: dict) -> str:
    counts, objective = view["counts"], view["objective"]
    words = ", ".join(f"{counts[name]} {name}" for name in ("completed", "open", "failed", "canceled", "stopped"))
    rows = [
        {
            "trial": one["number"],
            "status": "Stopped early" if one["outcome"] == "stopped" else one["state"],
            objective["primaryMetric"]: number_text(one["score"]),
            **{f"--{name}": number_text(value) for name, value in one["parameters"].items()},
        }
        for one in view["trials"][:_MOST_TRIALS]
    ]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    table = html_table([{name: row.get(name) for name in columns} for row in rows]) if rows else ""
    left = len(view["trials"]) - len(rows)
    more = f"<p>and {left} more trials</p>" if left > 0 else ""
    charts = trials_chart(view["trials"], objective) + parallel_chart(view["trials"], objective)
    return f"<p>{counts['total']} trials: {words}</p>{charts}{table}{more}"


def _metrics(view: dict) -> str:
    drawn = {plot["name"]: series_chart(plot) for plot in view["plots"]}
    charts = "".join(
        f'<figure style="display:inline-block;margin:4px"><figcaption>{escape(name)}</figcaption>{chart}</figure>'
        for name, chart in drawn.items()
        if chart
    )
    rows = [
        {
            "metric": one["name"],
            "last": number_text(one["last"]) if one["kind"] == "scalar" else one["kind"].replace("_", " "),
            "min": number_text(one["min"]),
            "max": number_text(one["max"]),
            "points": one["count"],
        }
        for one in view["metrics"]
    ]
    return charts + (html_table(rows) if rows else "")
