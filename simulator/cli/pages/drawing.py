"""Small drawings in SVG: boxes, lines and text on a light card, legible on any background.

They are narrow, so that a phone shows them without being scrolled.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH: Final = 520
"""Of every drawing; its height is what it needs."""

INK: Final = "#16302b"
QUIET: Final = "#4a625d"
LINE: Final = "#7d9691"
CARD: Final = "#f6faf9"
FILLS: Final = ("#dfe9e6", "#bfe3da", "#8fd0c1")
"""From the oldest to the newest."""

_TEXT: Final = 13
_LETTER: Final = 0.5  # of the text's size: what a letter of most sans-serif faces takes, about


def drawing(title: str, description: str, height: int, marks: Iterable[str]) -> str:
    """Return a whole drawing.

    Args:
        title: What it is of.
        description: What it shows, for those who do not see it.
    """
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-labelledby="t d" '
        f'font-family="system-ui, sans-serif" font-size="{_TEXT}">'
    )
    lines = [
        head,
        f'<title id="t">{escape(title)}</title>',
        f'<desc id="d">{escape(description)}</desc>',
        box(0.5, 0.5, WIDTH - 1, height - 1, fill=CARD, radius=8),
        *marks,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def box(left: float, top: float, width: float, height: float, *, fill: str, radius: int = 4) -> str:
    """Return a box."""
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" rx="{radius}" '
        f'fill="{fill}" stroke="{LINE}"/>'
    )


def stroke(left: float, top: float, right: float, bottom: float, *, dashed: bool = False) -> str:
    """Return a line."""
    dashes = ' stroke-dasharray="3 3"' if dashed else ""
    return (
        f'<line x1="{left:g}" y1="{top:g}" x2="{right:g}" y2="{bottom:g}" '
        f'stroke="{LINE}" stroke-width="1.5"{dashes}/>'
    )


def dot(left: float, top: float, *, fill: str = INK) -> str:
    """Return a dot."""
    return f'<circle cx="{left:g}" cy="{top:g}" r="5" fill="{fill}"/>'


def text(
    left: float,
    top: float,
    words: str,
    *,
    colour: str = INK,
    bold: bool = False,
    code: bool = False,
    anchor: str = "start",
) -> str:
    """Return a line of text."""
    weight = ' font-weight="600"' if bold else ""
    # Letters of one width are wider.
    face = ' font-family="ui-monospace, monospace" font-size="12"' if code else ""
    at = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return (
        f'<text x="{left:g}" y="{top:g}" fill="{colour}"{weight}{face}{at}>{escape(words)}</text>'
    )


def wrapped(words: str, width: float) -> list[str]:
    """Return text as lines that fit a width."""
    return textwrap.wrap(words, int(width / (_TEXT * _LETTER)))
