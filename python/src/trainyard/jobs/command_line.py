"""From a script and its arguments, or a command, to the command line of a job spec (src/core/command.ts)."""

from __future__ import annotations

import os
import re

_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+\Z")
_LINKS = re.compile(r"\A(?:mkdir -p .+? && \{ \[ -e .+?; false; \}; \} && )+")
_VARIABLE = re.compile(r"\$(?=[A-Za-z_]|\{[A-Za-z_][A-Za-z0-9_]*\})")


class CommandLine:
    """Words of a shell command, of which some are places for the paths of inputs and outputs."""

    def __init__(self) -> None:
        self._parts: list = []
        self._source = ""

    def word(self, value: object) -> None:
        """One word; `$NAME` and `${NAME}` in it mean the variable on the node, as azureml's launcher has it."""
        self.text(quote_word(str(value)))

    def text(self, text: str) -> None:
        """A piece of the line as it is."""
        self._space()
        self._add(text)

    def binding(self, kind: str, name: str, prefix: str = "") -> None:
        """The place of `inputs` or `outputs` `name`, as a word; `prefix` stands before it in the same word."""
        self._space()
        self._add(prefix)
        self._parts.append({"binding": kind, "name": name})
        self._source += f"${{{{{kind}.{name}}}}}"

    def link(self, kind: str, name: str, path: str) -> None:
        """
        Before the words: the place of `inputs` or `outputs` `name` is found at this path below the job's folder too.
        Processes of one node may all do it.
        """
        place = quote_word(path)
        self.text(f"mkdir -p {quote_word(os.path.dirname(path) or '.')} && {{ [ -e {place} ] || ln -sn")
        self.binding(kind, name)
        # Without -n the second of two processes would put its link into the data that the first one's leads to.
        sorry = quote_word(f"{path} cannot be made in the job's folder")
        self.text(f"{place} 2>/dev/null || [ -e {place} ] || {{ echo {sorry} >&2; false; }}; }} &&")

    def to_wire(self) -> dict:
        """As a job spec has it."""
        return {"source": self._source, "parts": self._parts}

    def _space(self) -> None:
        if self._source:
            self._add(" ")

    def _add(self, text: str) -> None:
        if not text:
            return
        self._source += text
        if self._parts and "text" in self._parts[-1]:
            self._parts[-1]["text"] += text
        else:
            self._parts.append({"text": text})


def without_links(text: str) -> str:
    """A command's text without what `link` put before it."""
    return _LINKS.sub("", text)


def quote_word(text: str) -> str:
    """One word for the shell that means this text, but for variables, which are filled in on the node."""
    if _PLAIN.match(text):
        return text
    if not _VARIABLE.search(text):
        return "'" + text.replace("'", "'\\''") + "'"
    escaped = re.sub(r'([\\"`])', r"\\\1", text)
    return '"' + re.sub(r"\$(?![A-Za-z_]|\{[A-Za-z_][A-Za-z0-9_]*\})", r"\\$", escaped) + '"'
