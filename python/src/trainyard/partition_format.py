"""
Columns out of the paths of a table's files, by azureml's `partition_format`:
'/{department}/{day:yyyy/MM/dd}/*.csv' makes of 'Accounts/2019/01/31/data.csv' a text and a time.
"""

from __future__ import annotations

import re
from datetime import datetime

from trainyard.errors import DatasetValidationError, UserErrorException

_PARTS = {"yyyy": "year", "MM": "month", "dd": "day", "HH": "hour", "mm": "minute", "ss": "second"}
_TOKEN = re.compile("(" + "|".join(_PARTS) + ")")
_KEY = re.compile(r"\{([^{}:]+)(?::([^{}]*))?\}")


def partition_keys(text: str) -> list:
    """The names of its columns, in their order. Raises UserErrorException for a format that cannot be meant."""
    keys = []
    for name, times in _KEY.findall(text):
        if name in keys:
            raise UserErrorException(f"partition_format {text!r} has the column {name!r} twice.")
        if times and "yyyy" not in times:
            raise UserErrorException(
                f"partition_format {text!r}: {times!r} of {name!r} names no year. A time is written with yyyy, and MM, "
                "dd, HH, mm, ss as far as the path has them."
            )
        keys.append(name)
    if not keys:
        raise UserErrorException(
            f"partition_format {text!r} names no column. Write one as {{name}}, or {{name:yyyy/MM/dd}} for a time."
        )
    return keys


def partition_values(text: str, path: str) -> dict:
    """`column -> text or datetime` of a file's path inside its data set. Raises DatasetValidationError."""
    found = _expression(text).search("/" + path)
    if found is None:
        raise DatasetValidationError(
            f"The path {path!r} does not have the form of partition_format {text!r}. The format is compared with the "
            "end of the path, and may only name folders that a data set's pattern leaves open: (datastore, 'sales/**')."
        )
    values: dict = {}
    for at, (name, times) in enumerate(_KEY.findall(text)):
        values[name] = _time_of(found, at, path) if times else found.group(f"k{at}")
    return values


def _expression(text: str):
    pieces = []
    end = 0
    for at, key in enumerate(_KEY.finditer(text)):
        pieces.append(_literal(text[end : key.start()]))
        end = key.end()
        pieces.append(_time_expression(at, key.group(2)) if key.group(2) else f"(?P<k{at}>[^/]+)")
    pieces.append(_literal(text[end:]))
    whole = "".join(pieces)
    return re.compile((whole if text.startswith("/") else "/" + whole) + r"\Z")


def _literal(text: str) -> str:
    return "".join("[^/]*" if part == "*" else re.escape(part) for part in re.split(r"(\*)", text))


def _time_expression(at: int, times: str) -> str:
    pieces = []
    for piece in _TOKEN.split(times):
        part = _PARTS.get(piece)
        pieces.append(f"(?P<k{at}{part}>\\d{{{len(piece)}}})" if part else re.escape(piece))
    return "".join(pieces)


def _time_of(found, at: int, path: str):
    start = f"k{at}"
    parts = {"month": 1, "day": 1}
    for name, digits in found.groupdict().items():
        if name.startswith(start) and name != start and not name[len(start)].isdigit():
            parts[name[len(start) :]] = int(digits)
    try:
        return datetime(**parts)
    except ValueError as error:
        raise DatasetValidationError(f"The path {path!r} names no time: {error}.", error) from None
