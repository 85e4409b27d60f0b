"""What is said to the person at the terminal, and how it is coloured.

Messages go to standard error, so that standard output holds nothing but what was asked
for. Colour appears on terminals only, and no line is ever wrapped: a path that is broken
in two cannot be copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Console(Console):
    """Leaves a broken pipe to whoever ends the command."""

    def on_broken_pipe(self) -> None:
        """Tell, where rich would end the program."""
        raise BrokenPipeError


def messages() -> Console:
    """Return where messages go."""
    return _Console(stderr=True, highlight=False, soft_wrap=True)


def results() -> Console:
    """Return where results go."""
    return _Console(highlight=False, soft_wrap=True)


def line(*parts: str | tuple[str, str]) -> Text:
    """Return a line of plain and styled text; no mark-up is read in it."""
    return Text.assemble(*parts)


def cut(text: str, width: int) -> str:
    """Return a text, cut short where it has more characters than `width`."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def columns(rows: Iterable[tuple[str, ...]], *, right: frozenset[int] = frozenset()) -> list[str]:
    """Return rows as lines whose columns stand under one another.

    Args:
        rows: Cells of text.
        right: Positions of the columns that are flush right.
    """
    cells = list(rows)
    if not cells:
        return []
    widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))]
    return [
        "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
