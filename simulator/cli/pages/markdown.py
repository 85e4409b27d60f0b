"""Markdown: tables, code and links."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def notice(source: str) -> str:
    """Return the first line of a page, which says not to edit it."""
    return f"<!-- Made by `make docs` from {source}: edit that instead. -->\n"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield the lines of a table, and an empty one."""
    yield _row(head)
    yield "|" + "---|" * len(head)
    for row in rows:
        yield _row(row)
    yield ""


def _row(cells: tuple[str, ...]) -> str:
    escaped = (" ".join(cell.split()).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def code(text: str) -> str:
    """Return text as code inside a line."""
    return f"`{text}`" if text else ""


def fenced(text: str, language: str = "") -> Iterator[str]:
    """Yield the lines of a block of code, and an empty one."""
    yield f"```{language}"
    yield from text.rstrip("\n").split("\n")
    yield "```"
    yield ""


def anchor(heading: str) -> str:
    """Return what a heading's link ends with."""
    kept = (mark for mark in heading.lower() if mark.isalnum() or mark in " -_")
    return "".join(kept).replace(" ", "-")


def link(text: str, heading: str) -> str:
    """Return a link to a heading of the same page."""
    return f"[{text}](#{anchor(heading)})"
