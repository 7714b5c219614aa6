"""From the values that people log to the lines of a record stream. The format is `RunRecord` in src/core/metric.ts."""

from __future__ import annotations

import json
from time import time_ns

_LARGEST_EXACT = 2**53
"""Beyond it a reader of JSON sees the nearest double anyway."""

_LONGEST_NAME = 1000
_LONGEST_LINE_BYTES = 8_000_000
"""What the server takes; a longer line would hold up the rest of its file."""

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


class Unloggable(Exception):
    """This value cannot be logged. `kind` groups the warnings that are said once."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return time_ns() // 1_000_000


def check_name(name: object) -> str:
    """The name itself, when it is a str of 1 to 1000 characters; else Unloggable."""
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
        raise Unloggable(
            "name",
            f"a name must be a str of 1 to {_LONGEST_NAME} characters, but got {describe(name)}; skipped",
        )
    return str(name)


def plain_scalar(value: object) -> float | int | str | bool:
    """
    A Python number, str or bool from what may be one of numpy, torch, TensorFlow, decimal and the like.

    Raises Unloggable for everything that is not one value.
    """
    if isinstance(value, (bool, str)):
        return value if isinstance(value, bool) else str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    try:
        if hasattr(value, "item"):
            value = value.item()
            if isinstance(value, (bool, str, int, float)):
                return value
        if hasattr(value, "__float__"):
            return float(value)
    except Exception as error:  # a tensor of many elements, one without data: whatever the library raises
        raise Unloggable(
            f"value:{type(value).__name__}", f"{describe(value)} is not one number: {error}; skipped"
        ) from None
    hint = "; log_list takes a list of numbers" if isinstance(value, (list, tuple)) else ""
    raise Unloggable(
        f"value:{type(value).__name__}", f"{describe(value)} is not a number, a str or a bool; skipped{hint}"
    )


def describe(value: object) -> str:
    """The value and its type, short, for a message."""
    text = repr(value)
    return f"a value of type {type(value).__name__} ({text if len(text) <= 60 else text[:57] + '...'})"


def wire_number(value: float | int) -> str:
    """The number as JSON; what JSON cannot say becomes "NaN", "Infinity" or "-Infinity" in quotes."""
    if isinstance(value, int):
        if -_LARGEST_EXACT <= value <= _LARGEST_EXACT:
            return repr(value)
        try:
            value = float(value)
        except OverflowError:
            return '"Infinity"' if value > 0 else '"-Infinity"'
    if value - value == 0.0:
        return repr(value)
    return '"NaN"' if value != value else '"Infinity"' if value > 0 else '"-Infinity"'


def scalar_head(name: str) -> str:
    """A scalar's line up to its value."""
    return f'{{"t":"m","n":{_encode(name)},"v":'


def scalar_line(name: str, value: object, step: int | None, at: int) -> str:
    """One point: of the scalar series `name` for a number, of kind `text` for a str or bool."""
    value = plain_scalar(value)
    if isinstance(value, (bool, str)):
        return other_line(name, "text", value, at, step)
    tail = "" if step is None else f',"s":{step}'
    return f'{scalar_head(name)}{wire_number(value)}{tail},"at":{at}}}\n'


def other_line(name: str, kind: str, value: object, at: int, step: int | None = None) -> str:
    """One record of any kind but scalar."""
    record = {"t": "x", "n": name, "k": kind, "v": plain_json(value)}
    if step is not None:
        record["s"] = step
    record["at"] = at
    # The encoder's text is ASCII: a character is a byte.
    line = _encode(record) + "\n"
    if len(line) > _LONGEST_LINE_BYTES:
        raise Unloggable(
            f"size:{kind}",
            f"{name!r} holds {len(line)} bytes as JSON and one record can hold {_LONGEST_LINE_BYTES}; skipped. "
            "upload_file takes a file of any size",
        )
    return line


def fact_line(**fields: str | None) -> str:
    """A record without a time: a tag, a property, the description, an error."""
    return _encode(fields) + "\n"


def plain_step(step: object) -> int:
    """The step as an int, from an int, an integral float, or a library's scalar of either; else Unloggable."""
    try:
        number = plain_scalar(step)
        if int(number) == number and abs(number) <= _LARGEST_EXACT:
            return int(number)
    except (Unloggable, ValueError, OverflowError):
        pass
    raise Unloggable("step", f"step must be a whole number, but is {describe(step)}; the point is logged without it")


def plain_json(value: object) -> object:
    """
    The same value out of dicts, lists, texts, finite numbers, bools and None. Arrays and tensors become lists,
    non-finite numbers their words, and what has no such form its str().
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if -_LARGEST_EXACT <= value <= _LARGEST_EXACT else json.loads(wire_number(int(value)))
    if isinstance(value, float):
        return float(value) if value - value == 0.0 else json.loads(wire_number(value))
    if isinstance(value, dict):
        return {str(key): plain_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset, range)):
        return [plain_json(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    for convert in ("tolist", "item"):
        if hasattr(value, convert):
            plain = getattr(value, convert)()
            # numpy.longdouble converts to itself.
            return plain_json(plain) if type(plain) is not type(value) else plain_json(float(plain))
    if hasattr(value, "__float__"):
        return plain_json(float(value))
    return str(value)
