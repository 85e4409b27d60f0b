"""What is said to the person at the terminal, and how it is coloured.

Messages go to standard error, so that standard output holds nothing but what was asked
for. Colour appears on terminals only, and no line is ever wrapped: a path that is broken
in two cannot be copied.
"""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from simulator.primitives.alignment import columns

__all__ = ["columns", "line", "messages", "results"]


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
