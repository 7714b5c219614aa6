"""What a table's reader says, done to pandas data frames: reading a file, and the steps that were remembered."""

from __future__ import annotations

import enum
import json
import re

from trainyard.errors import DatasetValidationError, UserErrorException

FIRST_FILE = "first file"
_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?\Z")


class PromoteHeadersBehavior(enum.Enum):
    """Which files begin with the columns' names, for `header`."""

    NO_HEADERS = 0
    ONLY_FIRST_FILE_HAS_HEADERS = 1
    COMBINE_ALL_FILES_HEADERS = 2
    ALL_FILES_HAVE_SAME_HEADERS = 3


def header_for_wire(header: object) -> object:
    """True, False or FIRST_FILE, of what from_delimited_files was given. Raises UserErrorException for another value."""
    known = {
        "NO_HEADERS": False,
        "ONLY_FIRST_FILE_HAS_HEADERS": FIRST_FILE,
        "COMBINE_ALL_FILES_HEADERS": True,
        "ALL_FILES_HAVE_SAME_HEADERS": True,
    }
    if header is None or isinstance(header, bool):
        return bool(header)
    name = getattr(header, "name", header)
    if name not in known:
        raise UserErrorException(f"header is {header!r}; expected True, False or a PromoteHeadersBehavior.")
    return known[name]


def read_frame(pandas, reader: dict, path: str):
    """A file as a data frame. Raises what pandas raises, ImportError where it misses a package."""
    if reader["format"] == "parquet":
        return pandas.read_parquet(path)
    encoding = "utf-8-sig" if reader["encoding"].replace("-", "").lower() == "utf8" else reader["encoding"]
    if reader["format"] == "json lines":
        if reader.get("invalid_lines") == "drop":
            return pandas.DataFrame(_valid_lines(path, encoding))
        return pandas.read_json(path, lines=True, encoding=encoding)
    options = {"sep": reader["separator"], "encoding": encoding}
    if not reader["header"]:
        options["header"] = None
    # A column that has a type is read as the text that it is, and made into its type from that.
    options["dtype"] = dict.fromkeys(reader.get("types", {}), str) if reader["infer"] else str
    if reader["empty_as_string"]:
        options["keep_default_na"] = False
    frame = pandas.read_csv(path, **options)
    if not reader["header"]:
        names = reader.get("names") or [f"Column{at}" for at in range(1, len(frame.columns) + 1)]
        if len(names) != len(frame.columns):
            raise ValueError(f"it has {len(frame.columns)} columns, and the first file {len(names)}")
        frame.columns = names
    return frame


def infer_times(pandas, frame, kept: set) -> None:
    """Make times of the columns that hold nothing else, in place, but for the `kept` ones."""
    for name in frame.columns:
        if name not in kept and _holds_times(pandas, frame[name]):
            frame[name] = pandas.to_datetime(frame[name])


def _holds_times(pandas, column) -> bool:
    """Whether every value is a time as ISO 8601 writes it, without a zone; all of one length, so of one form."""
    if not (pandas.api.types.is_object_dtype(column) or pandas.api.types.is_string_dtype(column)):
        return False
    values = column.dropna()
    if not len(values) or not all(isinstance(one, str) and _TIME.match(one) for one in values.unique()):
        return False
    return values.str.len().nunique() == 1 and pandas.to_datetime(values, errors="coerce").notna().all()


def _valid_lines(path: str, encoding: str) -> list:
    found = []
    with open(path, encoding=encoding) as file:
        for line in file:
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if isinstance(value, dict):
                found.append(value)
    return found


def apply_step(frame, step: dict):
    """The frame after `take`, `keep_columns`, `time_before` or another. Raises DatasetValidationError."""
    kind = step["do"]
    if kind == "take":
        return frame.head(step["count"])
    if kind == "skip":
        return frame.iloc[step["count"] :].reset_index(drop=True)
    if kind in ("keep", "drop"):
        missing = [name for name in step["columns"] if name not in frame.columns]
        if missing and kind == "drop":
            # azureml drops what is there; its own notebooks name columns of older data.
            return frame.drop(columns=step["columns"], errors="ignore")
        if missing:
            raise DatasetValidationError(
                f"There is no column {missing[0]!r}; the table has {', '.join(map(str, frame.columns))}."
            )
        return frame[step["columns"]] if kind == "keep" else frame.drop(columns=step["columns"])
    if kind in ("sample", "split"):
        import random

        chooser = random.Random(step["seed"])
        inside = [chooser.random() < step["probability"] for _ in range(len(frame))]
        if step.get("part") == 1:
            inside = [not one for one in inside]
        return frame[inside].reset_index(drop=True)
    return _between(frame, step)


def _between(frame, step: dict):
    import pandas

    # Times without a zone are taken as UTC, in the table and in the question, so that any two compare.
    try:
        times = pandas.to_datetime(frame[step["column"]], utc=True)
    except ValueError:
        # Some with fractions of a second and some without, which pandas takes for two formats.
        times = pandas.to_datetime(frame[step["column"]], utc=True, format="ISO8601")
    keep = pandas.Series(True, index=frame.index)
    if step["start"]:
        start = pandas.to_datetime(step["start"], utc=True)
        keep &= times >= start if step["inclusive"] else times > start
    if step["end"]:
        end = pandas.to_datetime(step["end"], utc=True)
        keep &= times <= end if step["inclusive"] else times < end
    return frame[keep].reset_index(drop=True)
