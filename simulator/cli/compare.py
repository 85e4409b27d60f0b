"""Two records of one event, side by side, for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.cli.console import columns, cut, line
from simulator.primitives.jsontext import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

    from simulator.primitives.comparison import Difference

_MARKS = {"same": " ", "added": "+", "removed": "-", "changed": "~"}
_STYLES = {"same": "dim", "added": "green", "removed": "red", "changed": "yellow"}


def shown(found: list[Difference], before: str, after: str, *, width: int = 44) -> Iterator[Text]:
    """Yield lines for a person: both records side by side, differences marked and coloured.

    Args:
        found: What to show.
        before: What stands above the left column; likewise the right one.
        after: See `before`.
        width: Characters of a value before it is cut short.
    """
    rows = [("", "", before, after)]
    for one in found:
        old = "" if one.what == "added" else _cut(one.before, width)
        new = "" if one.what in {"removed", "same"} else _cut(one.after, width)
        rows.append((_MARKS[one.what], one.path, old, new))
    styles = ["bold", *(_STYLES[one.what] for one in found)]
    for style, text in zip(styles, columns(rows), strict=True):
        yield line((text, style))


def _cut(value: Any, width: int) -> str:  # noqa: ANN401  # JSON
    return cut(json_text(value).decode(), width)
