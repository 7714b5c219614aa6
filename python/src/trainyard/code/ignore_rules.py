"""
Which entries of a source folder stay behind; the same rules as the command line's.

`.amlignore` in the root decides alone when it is there. Without it the `.gitignore` files count as they do for git:
the one in the root, and those in the folders below it.
"""

from __future__ import annotations

import os
import re


class Layer:
    """One ignore file. `base` is "" for the root, else the folder and a slash."""

    def __init__(self, base: str, text: str) -> None:
        self.base = base
        self._rules = [rule for rule in map(_parse_line, text.lstrip("\ufeff").splitlines()) if rule]

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        """True: left out; False: brought back; None: nothing is said. The last matching line counts."""
        inside = path[len(self.base) :]
        for pattern, negated, folders_only in reversed(self._rules):
            if (is_folder or not folders_only) and pattern.match(inside):
                return not negated
        return None

    def bring_back(self, path: str) -> None:
        """From now on this folder is not left out."""
        self._rules.append((re.compile(re.escape(path[len(self.base) :]) + r"\Z"), True, True))


class IgnoreRules:
    """The rules that hold in one folder. `source` is the name of the file that made them, or None."""

    def __init__(self, root: str, layers: list, source: str | None) -> None:
        self._root = root
        self._layers = layers
        self.source = source

    def ignores(self, path: str, is_folder: bool) -> bool:
        """Whether this entry is left out. Its folders are not, or nobody would ask."""
        for depth, layer in enumerate(self._layers):
            verdict = layer.verdict(path, is_folder)
            if verdict is None:
                continue
            if verdict is False and is_folder:
                # A folder that a deeper file brings back is searched, so those above must not refuse its content.
                for above in self._layers[depth + 1 :]:
                    if above.verdict(path, True):
                        above.bring_back(path)
            return verdict
        return False

    def within(self, folder: str) -> IgnoreRules:
        """The rules inside a folder that has this `.gitignore`."""
        if self.source == ".amlignore":
            return self
        layer = _read_layer(self._root, f"{folder}/", ".gitignore")
        return IgnoreRules(self._root, [layer, *self._layers], self.source or ".gitignore") if layer else self


def load_ignore_rules(root: str) -> IgnoreRules:
    """Of a source folder."""
    for name in (".amlignore", ".gitignore"):
        layer = _read_layer(root, "", name)
        if layer:
            return IgnoreRules(root, [layer], name)
    return IgnoreRules(root, [], None)


def ignore_line_for(path: str) -> str:
    """The line that leaves out just this entry."""
    return "/" + re.sub(r"([\\*?\[])", r"\\\1", path)


def _read_layer(root: str, base: str, name: str) -> Layer | None:
    try:
        with open(os.path.join(root, base, name), encoding="utf-8", errors="surrogateescape") as file:
            return Layer(base, file.read())
    except (FileNotFoundError, IsADirectoryError):
        return None


def _parse_line(line: str) -> tuple | None:
    line = re.sub(r"(?<!\\)[ \t]+$", "", line.rstrip("\r\n"))
    if not line or line.startswith("#"):
        return None
    negated = line.startswith("!")
    if negated:
        line = line[1:]
    if line.startswith(("\\#", "\\!")):
        line = line[1:]
    folders_only = line.endswith("/") and not line.endswith("\\/")
    line = line.rstrip("/") if folders_only else line
    if not line:
        return None
    anchored = "/" in line
    expression = _translate(line.lstrip("/"))
    if expression is None:
        return None
    return re.compile(("" if anchored else r"(?:.*/)?") + expression + r"\Z", re.DOTALL), negated, folders_only


def _translate(pattern: str) -> str | None:
    """A gitignore pattern as a regular expression; None when git would never match it."""
    out, at = "", 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            stars = 1
            while pattern[at : at + 1] == "*":
                at, stars = at + 1, stars + 1
            starts = at - stars == 0 or pattern[at - stars - 1] == "/"
            if stars == 2 and starts and pattern[at : at + 1] == "/":
                out, at = out + r"(?:.*/)?", at + 1
            elif stars == 2 and starts and at == len(pattern):
                out += ".+"
            else:
                out += "[^/]*"
        elif char == "?":
            out += "[^/]"
        elif char == "[":
            end = _class_end(pattern, at)
            if end < 0:
                return None
            out, at = out + _character_class(pattern[at:end]), end + 1
        elif char == "\\":
            if at == len(pattern):
                return None
            out, at = out + re.escape(pattern[at]), at + 1
        else:
            out += re.escape(char)
    return out


def _class_end(pattern: str, at: int) -> int:
    first = at + 1 if pattern[at : at + 1] in ("!", "^") else at
    return pattern.find("]", first + 1 if pattern[first : first + 1] == "]" else first)


def _character_class(body: str) -> str:
    negated = body[:1] in ("!", "^")
    if negated:
        body = body[1:]
    names = {"alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s"}
    body = re.sub(r"\[:(\w+):\]", lambda match: names.get(match.group(1), ""), body)
    body = re.sub(r"([\[\]^&~|])", r"\\\1", body)
    return f"(?!/)[{'^' if negated else ''}{body}]"
