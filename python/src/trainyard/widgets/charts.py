"""Charts as SVG texts: they are drawn by every front end, without a script."""

from __future__ import annotations

from html import escape

_WIDTH, _HEIGHT = 300, 130
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 8, 8, 20
_LINE = "#2563eb"
_BAND = "#93c5fd"
_WORDS = 'font-family="sans-serif" font-size="10" fill="currentColor"'
_AXIS = 'fill="none" stroke="currentColor" stroke-opacity="0.4"'
_MOST_LINES = 200


def series_chart(plot: dict) -> str:
    """One metric over its steps; a band spans least and greatest where many points stand for one."""
    points = [
        (x, mean, low, high)
        for x, mean, low, high in zip(
            plot["step"], plot["mean"], plot.get("min") or plot["mean"], plot.get("max") or plot["mean"]
        )
        if mean is not None
    ]
    if not points:
        return ""
    xs, lows, highs = [one[0] for one in points], [one[2] for one in points], [one[3] for one in points]
    place = _Place(min(xs), max(xs), min(lows), max(highs))
    band = ""
    if plot.get("min"):
        edge = [(x, high) for x, _, _, high in points] + [(x, low) for x, _, low, _ in reversed(points)]
        band = f'<polygon points="{place.points(edge)}" fill="{_BAND}" fill-opacity="0.5"/>'
    middle = place.points([one[:2] for one in points])
    line = f'<polyline points="{middle}" fill="none" stroke="{_LINE}" stroke-width="1.5"/>'
    return _figure(place.axes() + band + line, f"{plot['name']} over {len(points)} points")


def trials_chart(trials: list, objective: dict) -> str:
    """The primary metric of each trial by its number, and the best so far as a line."""
    scored = sorted((one["number"], one["score"]) for one in trials if one["score"] is not None)
    if not scored:
        return ""
    better = max if objective["goal"] == "maximize" else min
    place = _Place(scored[0][0], scored[-1][0], min(one[1] for one in scored), max(one[1] for one in scored))
    best, stairs = scored[0][1], []
    for number, score in scored:
        stairs.append((number, best))
        best = better(best, score)
        stairs.append((number, best))
    dots = "".join(
        f'<circle cx="{place.x(number):.1f}" cy="{place.y(score):.1f}" r="3" fill="{_LINE}">'
        f"<title>trial {number}: {_short(score)}</title></circle>"
        for number, score in scored
    )
    line = f'<polyline points="{place.points(stairs)}" fill="none" stroke="{_BAND}" stroke-width="1.5"/>'
    return _figure(place.axes() + line + dots, f"{objective['primaryMetric']} of {len(scored)} trials")


def parallel_chart(trials: list, objective: dict) -> str:
    """Parallel coordinates: one line a trial through its parameters to its score; the best are the darkest."""
    scored = [one for one in trials if one["score"] is not None][:_MOST_LINES]
    names = sorted({name for one in scored for name in one["parameters"]})
    if len(scored) < 2 or not names:
        return ""
    columns = [(name, [one["parameters"].get(name) for one in scored]) for name in names]
    columns.append((objective["primaryMetric"], [one["score"] for one in scored]))
    width, height, margin = 120 * len(columns), 170, 24
    heights = [_heights(values) for _, values in columns]
    step = (width - 120) / max(1, len(columns) - 1)
    parts = []
    for at, (name, _values) in enumerate(columns):
        x = 60 + at * step
        low, high = heights[at][1]
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{margin}" y2="{height - margin}" {_AXIS}/>'
            f'<text x="{x:.1f}" y="10" text-anchor="middle" {_WORDS}>{escape(name)}</text>'
            f'<text x="{x:.1f}" y="21" text-anchor="middle" {_WORDS}>{escape(high)}</text>'
            f'<text x="{x:.1f}" y="{height - margin + 11}" text-anchor="middle" {_WORDS}>{escape(low)}</text>'
        )
    # Trials come best first, so the best are drawn last, on top.
    for row in reversed(range(len(scored))):
        points = " ".join(
            f"{60 + at * step:.1f},{margin + (1 - heights[at][0][row]) * (height - 2 * margin):.1f}"
            for at in range(len(columns))
            if heights[at][0][row] is not None
        )
        shade = 1 - 0.85 * row / max(1, len(scored) - 1)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{_LINE}" stroke-opacity="{shade:.2f}" stroke-width="1.5">'
            f"<title>trial {scored[row]['number']}: {_short(scored[row]['score'])}</title></polyline>"
        )
    return _figure("".join(parts), "parameters of the trials", width, height)


class _Place:
    """From values to places in the picture."""

    def __init__(self, x0: float, x1: float, y0: float, y1: float) -> None:
        self._x0, self._x1 = x0, x1 if x1 > x0 else x0 + 1
        self._y0, self._y1 = (y0, y1) if y1 > y0 else (y0 - 0.5, y0 + 0.5)
        self._ends = x0, x1, y0, y1

    def x(self, value: float) -> float:
        return _LEFT + (value - self._x0) / (self._x1 - self._x0) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return _TOP + (self._y1 - value) / (self._y1 - self._y0) * (_HEIGHT - _TOP - _BOTTOM)

    def points(self, pairs: list) -> str:
        return " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in pairs)

    def axes(self) -> str:
        x0, x1, y0, y1 = self._ends
        bottom = _HEIGHT - _BOTTOM
        words = [
            (_LEFT, _HEIGHT - 6, "start", x0),
            (_LEFT - 4, self.y(y0) + 3, "end", y0),
            *([(_WIDTH - _RIGHT, _HEIGHT - 6, "end", x1)] if x1 > x0 else []),
            *([(_LEFT - 4, self.y(y1) + 3, "end", y1)] if y1 > y0 else []),
        ]
        return (f'<path d="M{_LEFT} {_TOP}V{bottom}H{_WIDTH - _RIGHT}" {_AXIS}/>') + "".join(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {_WORDS}>{_short(value)}</text>'
            for x, y, anchor, value in words
        )


def _figure(inside: str, title: str, width: int = _WIDTH, height: int = _HEIGHT) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><title>{escape(title)}</title>{inside}</svg>'
    )


def _heights(values: list) -> tuple:
    """Each value's place from 0 to 1 (None where there is none), and the words for the ends of the axis."""
    given = [one for one in values if one is not None]
    if all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in given):
        low, high = min(given), max(given)
        span = (high - low) or 1
        return [None if one is None else (one - low) / span for one in values], (_short(low), _short(high))
    words = sorted({str(one) for one in given})
    places = {word: at / max(1, len(words) - 1) for at, word in enumerate(words)}
    return [None if one is None else places[str(one)] for one in values], (words[0], words[-1])


def _short(value: float) -> str:
    return f"{value:.4g}"
