"""
Columns out of the paths of a table's files, by azureml's `partition_format`:
'/{department}/{day:yyyy/MM/dd}/*.csv' makes of 'Accounts/2019/01/31/data.csv' a text and a time.
"""

from __future__ import annotations

import re
from datetime import datetime

from trainyard.errors import DatasetValidationError, UserErrorException

_PARTS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
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
            "end of the path."
        )
    keys = zip(_KEY.findall(text), found.groups())
    return {name: _time_of(part, times, path) if times else part for (name, times), part in keys}


def _expression(text: str):
    pieces = []
    end = 0
    for key in _KEY.finditer(text):
        pieces.append(_literal(text[end : key.start()]))
        end = key.end()
        pieces.append(f"({_time_expression(key.group(2)) if key.group(2) else '[^/]+'})")
    pieces.append(_literal(text[end:]))
    # A data set's own folder is no part of its paths: folders before the first column may be missing from the front.
    folders = [one for one in text[: _KEY.search(text).start()].rpartition("/")[0].split("/") if one]
    start = _literal(text[: _KEY.search(text).start()].rpartition("/")[2])
    missing = ""
    for folder in folders:
        missing = f"(?:{missing}{_literal(folder)}/)?"
    front = rf"(?:/{_literal('/'.join([*folders, '']))}|\A/{missing})"
    return re.compile(front + start + "".join(pieces[1:]) + r"\Z")


def _literal(text: str) -> str:
    return "".join("[^/]*" if part == "*" else re.escape(part) for part in re.split(r"(\*)", text))


def _time_expression(times: str) -> str:
    return "".join(rf"\d{{{len(piece)}}}" if piece in _PARTS else re.escape(piece) for piece in _TOKEN.split(times))


def _time_of(text: str, times: str, path: str):
    pattern = "".join(_PARTS.get(piece) or piece.replace("%", "%%") for piece in _TOKEN.split(times))
    try:
        return datetime.strptime(text, pattern)
    except (ValueError, re.error) as error:
        raise DatasetValidationError(f"The path {path!r} names no time: {error}.", error) from None
