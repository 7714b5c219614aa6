"""Reads the YAML of conda files and run configurations, by PyYAML where it is installed."""

from __future__ import annotations

import re

from trainyard.errors import UserErrorException


def read_yaml(text: str, where: str) -> object:
    """
    The document as dicts, lists and scalars. Without PyYAML the usual subset is understood: no anchors, no tags, no
    several documents. Raises UserErrorException with the line at fault; `where` names the file.
    """
    try:
        import yaml
    except ImportError:
        return _Reader(text, where).document()
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UserErrorException(f"{where} is not YAML: {error}") from None


def write_yaml(value: object, indent: int = 0) -> str:
    """Dicts, lists and scalars as block YAML, ending in a newline."""
    pad = "  " * indent
    if isinstance(value, dict):
        return (
            "".join(f"{pad}{_scalar_text(key)}:{_after_key(item, indent)}" for key, item in value.items())
            or f"{pad}{{}}\n"
        )
    if isinstance(value, (list, tuple)):
        return "".join(f"{pad}-{_after_dash(item, indent)}" for item in value) or f"{pad}[]\n"
    return f"{pad}{_scalar_text(value)}\n"


def _after_key(item: object, indent: int) -> str:
    if isinstance(item, (dict, list, tuple)):
        return "\n" + write_yaml(item, indent + 1) if item else (" {}\n" if isinstance(item, dict) else " []\n")
    return f" {_scalar_text(item)}\n"


def _after_dash(item: object, indent: int) -> str:
    if item in ({}, [], ()):
        return _after_key(item, indent)
    if isinstance(item, (dict, list, tuple)):
        return " " + write_yaml(item, indent + 1).lstrip(" ")
    return f" {_scalar_text(item)}\n"


def _scalar_text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        return repr(value)
    text = str(value)
    plain = (
        re.match(r"[A-Za-z0-9_./<>=~$(-][^\n:#{}\[\],&*?|'\"%@`]*\Z", text)
        and text == text.strip()
        and not text.startswith("- ")
    )
    if plain and _scalar(text) == text:
        return text
    import json

    return json.dumps(text)


class _Reader:
    def __init__(self, text: str, where: str) -> None:
        self._where = where
        self._lines = []
        for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
            bare = _without_comment(line).rstrip()
            if bare.strip() in ("", "---", "..."):
                continue
            if "\t" in line[: len(line) - len(line.lstrip())]:
                raise self._fault(number, "a tab stands in its indentation")
            self._lines.append((number, len(bare) - len(bare.lstrip()), bare.lstrip()))
        self._at = 0

    def document(self) -> object:
        if not self._lines:
            return None
        value = self._block(self._lines[0][1])
        if self._at < len(self._lines):
            raise self._fault(self._lines[self._at][0], "its indentation fits nothing above it")
        return value

    def _block(self, indent: int) -> object:
        number, _, text = self._lines[self._at]
        if text == "-" or text.startswith("- "):
            return self._list(indent)
        if _key_of(text) is not None:
            return self._mapping(indent)
        self._at += 1
        return self._flow(text, number)

    def _list(self, indent: int) -> list:
        items = []
        while self._at < len(self._lines):
            number, own, text = self._lines[self._at]
            if own != indent or not (text == "-" or text.startswith("- ")):
                break
            rest = text[1:].lstrip()
            if not rest:
                self._at += 1
                items.append(self._nested(indent))
            elif _key_of(rest) is not None or rest.startswith("- "):
                # What stands behind the dash is a block of its own, as deep as it stands.
                inner = indent + len(text) - len(rest)
                self._lines[self._at] = (number, inner, rest)
                items.append(self._block(inner))
            else:
                self._at += 1
                items.append(self._flow(rest, number))
        return items

    def _mapping(self, indent: int) -> dict:
        found: dict = {}
        while self._at < len(self._lines):
            number, own, text = self._lines[self._at]
            split = _key_of(text)
            if own != indent or split is None or text.startswith("- "):
                break
            key, rest = split
            if key in found:
                raise self._fault(number, f"the key {key!r} stands twice")
            self._at += 1
            if rest in ("|", "|-", ">", ">-"):
                found[key] = self._text(indent, rest)
            else:
                found[key] = self._flow(rest, number) if rest else self._nested(indent, is_value=True)
        return found

    def _nested(self, indent: int, is_value: bool = False) -> object:
        if self._at >= len(self._lines):
            return None
        _, own, text = self._lines[self._at]
        # A list may stand as deep as the key that it belongs to.
        if own > indent or (is_value and own == indent and (text == "-" or text.startswith("- "))):
            return self._block(own)
        return None

    def _text(self, indent: int, style: str) -> str:
        lines = []
        while self._at < len(self._lines) and self._lines[self._at][1] > indent:
            lines.append(self._lines[self._at][2])
            self._at += 1
        return ("\n" if style[0] == "|" else " ").join(lines) + ("" if style.endswith("-") else "\n")

    def _flow(self, text: str, number: int) -> object:
        if text[:1] in "[{":
            pieces = re.findall(
                r"\"(?:\\.|[^\"])*\"|'(?:''|[^'])*'|[\[\]{},:]|[^\[\]{},:\s][^\[\]{},]*?(?=\s*(?:[\[\]{},]|:\s|$))",
                text,
            )
            value, rest = self._flow_value(pieces, number)
            if rest:
                raise self._fault(number, f"something stands behind the end of {text!r}")
            return value
        return _scalar(text)

    def _flow_value(self, pieces: list, number: int) -> tuple:
        if not pieces:
            raise self._fault(number, "a bracket is not closed")
        head, rest = pieces[0], pieces[1:]
        if head not in ("[", "{"):
            return _scalar(head), rest
        items, end = [], {"[": "]", "{": "}"}[head]
        while rest and rest[0] != end:
            value, rest = self._flow_value(rest, number)
            if head == "{":
                item, rest = self._flow_value(rest[1:], number)
                value = (value, item)
            items.append(value)
            if rest and rest[0] == ",":
                rest = rest[1:]
        if not rest:
            raise self._fault(number, "a bracket is not closed")
        return (dict(items) if head == "{" else items), rest[1:]

    def _fault(self, number: int, why: str) -> UserErrorException:
        return UserErrorException(f"{self._where}, line {number}: {why}.")


def _key_of(text: str) -> tuple | None:
    """`(key, rest)` of `key: rest`; None when it is no pair."""
    match = re.match(r"(\"(?:\\.|[^\"])*\"|'(?:''|[^'])*'|[^\s\[{\"'#-][^#]*?|-[^\s][^#]*?)\s*:(?:\s+(.*))?\Z", text)
    return (_scalar(match.group(1)), (match.group(2) or "").strip()) if match else None


def _without_comment(line: str) -> str:
    if "#" not in line:
        return line
    quote = None
    for at, char in enumerate(line):
        if quote:
            quote = None if char == quote else quote
        elif char in "'\"" and (at == 0 or line[at - 1] in " [{,:"):
            quote = char
        elif char == "#" and (at == 0 or line[at - 1] in " \t"):
            return line[:at]
    return line


def _scalar(text: str) -> object:
    if text[:1] == '"':
        import json

        return json.loads(text)
    if text[:1] == "'":
        return text[1:-1].replace("''", "'")
    words = {"": None, "~": None, "null": None, "true": True, "false": False, "yes": True, "no": False}
    if text.lower() in words:
        return words[text.lower()]
    if re.match(r"[-+]?\d+\Z", text):
        return int(text)
    if re.match(r"[-+]?(\d+\.\d*|\.\d+|\d+)([eE][-+]?\d+)?\Z", text):
        return float(text)
    return text
