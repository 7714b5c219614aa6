"""Small HTML tables, for what a notebook shows of an object."""

from __future__ import annotations

from html import escape


class Link(str):
    """HTML that is already escaped."""


def link(address: str, text: str) -> Link:
    """A link that opens a page of its own."""
    return Link(f'<a href="{escape(address)}" target="_blank" rel="noopener">{escape(text)}</a>')


def html_table(rows: list) -> str:
    """A table of dicts with the same keys; a single dict is a table of one row."""
    head = "".join(f"<th>{escape(str(key))}</th>" for key in (rows[0] if rows else {}))
    body = "".join("<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row.values()) + "</tr>" for row in rows)
    return f'<table style="width:100%"><tr>{head}</tr>{body}</table>'


def _cell(value: object) -> str:
    return value if isinstance(value, Link) else escape("" if value is None else str(value))
