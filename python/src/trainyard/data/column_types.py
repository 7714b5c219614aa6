"""The types that a table's columns are read as: azureml's DataType."""

from __future__ import annotations

from trainyard.errors import DatasetValidationError, UserErrorException

_TRUE = {"true", "t", "yes", "y", "1", "1.0"}
_FALSE = {"false", "f", "no", "n", "0", "0.0"}


class DataType:
    """What `set_column_types={'zip': DataType.to_string()}` gives for a column."""

    def __init__(self, kind: str, formats: list | None = None) -> None:
        self.kind = kind
        self.formats = formats

    @staticmethod
    def to_string() -> DataType:
        """Text as it stands in the file: '007' stays '007'."""
        return DataType("string")

    @staticmethod
    def to_long() -> DataType:
        """Whole numbers."""
        return DataType("long")

    @staticmethod
    def to_float(decimal_mark: str = ".") -> DataType:
        """Numbers with a fraction. Raises UserErrorException for a mark that is neither '.' nor ','."""
        if decimal_mark not in (".", ","):
            raise UserErrorException(f"decimal_mark is '.' or ',', not {decimal_mark!r}.")
        return DataType("float" if decimal_mark == "." else "comma float")

    @staticmethod
    def to_bool() -> DataType:
        """True and False, also written yes and no, t and f, y and n, 1 and 0."""
        return DataType("bool")

    @staticmethod
    def to_datetime(formats: object = None) -> DataType:
        """Times; `formats` are those of strptime, the first that fits is taken, and by default ISO 8601 is."""
        return DataType("datetime", [formats] if isinstance(formats, str) else formats and list(formats))

    def __repr__(self) -> str:
        return f"DataType({self.kind!r})"


def column_types_for_wire(types: dict | None) -> dict:
    """`column -> {type, formats}`, as JSON keeps it. Raises UserErrorException for what is no DataType."""
    kept = {}
    for name, one in (types or {}).items():
        if not isinstance(one, DataType):
            raise UserErrorException(
                f"set_column_types: {name!r} has {one!r}, which is no DataType. Write DataType.to_string() or the like, "
                "from azureml.data."
            )
        kept[name] = {"type": one.kind, **({"formats": one.formats} if one.formats else {})}
    return kept


def convert_columns(frame, types: dict, is_strict: bool) -> None:
    """
    Give the frame's columns their types, in place. What cannot be read as its type becomes null.

    Raises DatasetValidationError for a column that is not there and, when `is_strict`, for what cannot be read.
    """
    for name, wanted in types.items():
        if name not in frame.columns:
            raise DatasetValidationError(
                f"set_column_types names {name!r}; the table has {', '.join(map(str, frame.columns))}."
            )
        before = frame[name]
        after = _converted(before, wanted)
        lost = before[before.notna() & after.isna()]
        if is_strict and len(lost):
            raise DatasetValidationError(
                f"{lost.iloc[0]!r} in row {lost.index[0]} of {name!r} is no {wanted['type']}. "
                "to_pandas_dataframe(on_error='null') reads it as null."
            )
        frame[name] = after


def _converted(column, wanted: dict):
    import pandas

    kind = wanted["type"]
    if kind == "string":
        return column.map(str, na_action="ignore")
    if kind == "bool":
        return column.map(_truth, na_action="ignore")
    if kind == "datetime":
        return _times(column, wanted.get("formats"))
    if kind == "comma float":
        column = column.map(lambda text: str(text).replace(",", "."), na_action="ignore")
    numbers = pandas.to_numeric(column, errors="coerce")
    if kind != "long":
        return numbers.astype("float64")
    whole = numbers.where(numbers == numbers.round())
    return whole.astype("int64" if whole.notna().all() else "Int64")


def _truth(value: object):
    text = str(value).strip().lower()
    return True if text in _TRUE else False if text in _FALSE else None


def _times(column, formats: list | None):
    import pandas

    if not formats:
        return pandas.to_datetime(column, errors="coerce")
    times = pandas.to_datetime(column, format=formats[0], errors="coerce")
    for one in formats[1:]:
        times = times.fillna(pandas.to_datetime(column, format=one, errors="coerce"))
    return times
