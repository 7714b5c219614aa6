"""The structured metrics: what log_table and the charts accept."""

from __future__ import annotations

import json

from trainyard.records.wire import Unloggable, describe, plain_json


def chart_value(kind: str, value: object) -> dict:
    """The dict of a chart (confusion_matrix, …) from a dict or its JSON text; Unloggable when it is neither."""
    if isinstance(value, (str, bytes)):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise Unloggable(f"chart:{kind}", f"log_{kind} got a text that is not JSON: {error}; skipped") from None
    if not isinstance(value, dict) or not isinstance(value.get("data"), dict):
        raise Unloggable(
            f"chart:{kind}",
            f'log_{kind} takes a dict, or its JSON text, of "schema_type", "schema_version" and "data" (a dict), '
            f"but got {describe(value)}; skipped",
        )
    schema_type = value.get("schema_type", kind)
    if schema_type != kind:
        raise Unloggable(f"chart:{kind}", f'log_{kind} got "schema_type": {schema_type!r}, expected {kind!r}; skipped')
    return value


def table_rows(value: object) -> list:
    """The rows of a dict of columns. A shorter column leaves its cells out; a single value is a column of one."""
    if not isinstance(value, dict):
        raise Unloggable("table", f"log_table takes a dict of column name to list, but got {describe(value)}; skipped")
    columns = {}
    for name, cells in value.items():
        plain = plain_json(cells)
        columns[str(name)] = plain if isinstance(plain, list) else [plain]
    length = max((len(cells) for cells in columns.values()), default=0)
    return [{name: cells[row] for name, cells in columns.items() if row < len(cells)} for row in range(length)]
