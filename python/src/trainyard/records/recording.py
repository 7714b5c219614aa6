"""What a run records: metrics of every kind, tags, properties, its description, its own failure."""

from __future__ import annotations

import os
from time import time_ns

from trainyard.errors import UserErrorException
from trainyard.records.never_raise import never_raise, warn_about
from trainyard.records.shapes import chart_value, table_rows
from trainyard.records.wire import (
    Unloggable,
    check_name,
    fact_line,
    now_ms,
    other_line,
    plain_step,
    scalar_head,
    scalar_line,
)

_MOST_CACHED_NAMES = 4096
_POINTS_A_WRITE = 4096


class Recording:
    """
    The recording half of a run. Its class says where lines go (`_append`) and where files go (`_store_file`).

    No logging method raises because of what it was given, of the disk or of the network: it says so once on stderr.
    """

    _append: object
    _heads: dict
    _last_image_ms = 0

    def _store_file(self, artifact: str, path: str | None, fill: object) -> None:
        raise NotImplementedError

    def _facts_changed(self) -> None:
        """Called after tags, properties or the description were appended."""

    def _known_properties(self) -> dict:
        """Those that the run is known to have."""
        raise NotImplementedError

    def log(self, name: str, value: object, description: str = "", step: int | None = None) -> None:
        """
        Record one value. The same name again extends the series.

        `value` is a number (also numpy's, torch's and the like; NaN and the infinities too), a str or a bool. `step`
        is a whole number, by default the value's index. `description` is accepted for compatibility and not kept.
        """
        try:
            if type(value) is float and value - value == 0.0 and (step is None or type(step) is int):
                head = self._heads.get(name) or self._new_head(name)
                if step is None:
                    self._append(f'{head}{value!r},"at":{time_ns() // 1000000}}}\n'.encode())
                else:
                    self._append(f'{head}{value!r},"s":{step},"at":{time_ns() // 1000000}}}\n'.encode())
            else:
                self._log_any(name, value, step)
        except Exception as error:
            warn_about("run.log", error)

    def _new_head(self, name: object) -> str:
        name = check_name(name)
        if len(self._heads) >= _MOST_CACHED_NAMES:
            self._heads.clear()
        head = self._heads[name] = scalar_head(name)
        return head

    def _log_any(self, name: object, value: object, step: object) -> None:
        name = check_name(name)
        if step is not None:
            try:
                step = plain_step(step)
            except Unloggable as error:
                warn_about(f"run.log({name!r})", error)
                step = None
        try:
            line = scalar_line(name, value, step, now_ms())
        except Unloggable as error:
            warn_about(f"run.log({name!r})", error)
        else:
            self._append(line.encode())

    @never_raise
    def log_list(self, name: str, value: list, description: str = "") -> None:
        """Record every value of a list, tuple, array or other iterable, of any length, as `log` would."""
        check_name(name)
        at = now_ms()
        lines = []
        for item in _items(value):
            try:
                lines.append(scalar_line(name, item, None, at))
            except Unloggable as error:
                warn_about(f"run.log_list({name!r})", error)
            if len(lines) >= _POINTS_A_WRITE:
                self._append("".join(lines).encode())
                lines.clear()
        if lines:
            self._append("".join(lines).encode())

    @never_raise
    def log_row(self, name: str, description: str | None = None, **columns: object) -> None:
        """Add one row to the table `name`; the keyword arguments are its cells."""
        self._append(other_line(check_name(name), "table", columns, now_ms()).encode())

    @never_raise
    def log_table(self, name: str, value: dict, description: str = "") -> None:
        """Add rows to the table `name` from a dict of column name to list. Shorter columns leave cells out."""
        check_name(name)
        at = now_ms()
        rows = table_rows(value)
        for start in range(0, len(rows), _POINTS_A_WRITE):
            chunk = rows[start : start + _POINTS_A_WRITE]
            self._append("".join(other_line(name, "table", row, at) for row in chunk).encode())

    @never_raise
    def log_image(self, name: str, path: str | None = None, plot: object = None, description: str = "") -> None:
        """
        Record an image, from exactly one of a file's `path` and a `plot` with matplotlib's `savefig`.

        It becomes the artifact `<name>_<ms since epoch>.png`; a file of another kind keeps its own suffix.
        """
        check_name(name)
        if (path is None) == (plot is None):
            raise Unloggable("image", f"log_image({name!r}) takes exactly one of path and plot; skipped")
        self._last_image_ms = at = max(now_ms(), self._last_image_ms + 1)
        suffix = os.path.splitext(os.fspath(path))[1] if path is not None else ""
        stem = "".join(c if c.isalnum() or c in "._- " else "_" for c in name[:200])
        artifact = f"{stem}_{at}{suffix or '.png'}"
        try:
            self._store_file(
                artifact, path, None if plot is None else lambda target: plot.savefig(target, format="png")
            )
        except UserErrorException as error:
            raise Unloggable("image-file", error.message + " Skipped") from None
        self._append(other_line(name, "image", artifact, at).encode())

    @never_raise
    def log_confusion_matrix(self, name: str, value: dict | str, description: str = "") -> None:
        """
        Record a confusion matrix: a dict, or its JSON text, of `schema_type` "confusion_matrix", `schema_version`
        "1.0.0" and `data` with `class_labels` and `matrix` (rows true, columns predicted).
        """
        self._log_chart(name, "confusion_matrix", value)

    @never_raise
    def log_accuracy_table(self, name: str, value: dict | str, description: str = "") -> None:
        """
        Record an accuracy table: `data` with `probability_tables`, `percentile_tables`, `probability_thresholds`,
        `percentile_thresholds` and `class_labels`; a table is classes x thresholds x (TP, FP, TN, FN).
        """
        self._log_chart(name, "accuracy_table", value)

    @never_raise
    def log_predictions(self, name: str, value: dict | str, description: str = "") -> None:
        """Record predictions: `data` with `bin_averages`, `bin_errors`, `bin_counts` and `bin_edges`."""
        self._log_chart(name, "predictions", value)

    @never_raise
    def log_residuals(self, name: str, value: dict | str, description: str = "") -> None:
        """Record residuals: `data` with `bin_edges` and `bin_counts`."""
        self._log_chart(name, "residuals", value)

    def _log_chart(self, name: object, kind: str, value: object) -> None:
        self._append(other_line(check_name(name), kind, chart_value(kind, value), now_ms()).encode())

    @never_raise
    def tag(self, key: str, value: object = None) -> None:
        """Set a tag, to the empty text when no value is given. Values are kept as text."""
        self._append(fact_line(t="g", n=check_name(key), v=_text(value)).encode())
        self._facts_changed()

    @never_raise
    def set_tags(self, tags: dict) -> None:
        """Set the tags of a dict; tags that it does not name stay."""
        for key, value in tags.items():
            self._append(fact_line(t="g", n=check_name(key), v=_text(value)).encode())
        self._facts_changed()

    @never_raise
    def remove_tags(self, keys: list | str) -> None:
        """Remove the tag or the tags of these keys."""
        for key in [keys] if isinstance(keys, str) else keys:
            self._append(fact_line(t="g", n=check_name(key), v=None).encode())
        self._facts_changed()

    def add_properties(self, properties: dict) -> None:
        """
        Add properties, kept as text. Raises UserErrorException for one that the run has with another value: a
        property does not change.
        """
        known = self._known_properties()
        for key, value in properties.items():
            if known.get(key, _text(value)) != _text(value):
                raise UserErrorException(
                    f"The run has the property {key!r} already, as {known[key]!r}, and a property does not change. Use "
                    "a tag for what may change: run.tag(...)."
                )
        self._add_properties(properties)

    @never_raise
    def _add_properties(self, properties: dict) -> None:
        for key, value in properties.items():
            self._append(fact_line(t="r", n=check_name(key), v=_text(value)).encode())
        self._facts_changed()

    def _set_description(self, text: object) -> None:
        try:
            self._append(fact_line(t="d", v=_text(text)).encode())
            self._facts_changed()
        except Exception as error:
            warn_about("run.description", error)

    def _get_description(self) -> str:
        return ""

    description = property(
        lambda self: self._get_description(),
        lambda self, text: self._set_description(text),
        None,
        "What people say of the run. Setting it tells the server.",
    )

    @never_raise
    def _record_failure(self, error_details: object = None, error_code: str | None = None) -> None:
        details = "The script called run.fail()." if error_details is None else _text(error_details)
        code = {} if error_code is None else {"c": _text(error_code)}
        self._append(fact_line(t="e", v=details, **code).encode())


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _items(value: object):
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__iter__"):
        raise Unloggable(
            "list", f"log_list takes a list of values, but got one of type {type(value).__name__}; skipped"
        )
    return value.tolist() if hasattr(value, "tolist") else value
