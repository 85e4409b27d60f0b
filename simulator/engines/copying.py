"""Putting records together by copies to arbitrary places, many at a time.

`np.ndarray((n,), "V64", buffer, strides=(1,))` is a view whose element i is the 64 bytes
from byte i on. Assigning rows to its elements copies each row to a place of its own: a
ragged scatter at the price of a memcpy an item. A row that is shorter than the window
drags garbage behind it, which the next row of the same record covers. Four rules make that
right:

1. A record's rows are copied from left to right, one call for a place of all records; what
   is punched into holes comes last, by windows that fit exactly.
2. Nothing spills past a record's end: every window fits into what its record has from
   there on, at least. The record's last text is covered exactly, by two windows if need be.
3. Within one call the windows of two records are disjoint, by rule 2.
4. Nothing relies on the order of assignment inside one call, and no window reaches past the
   buffer: the last record's does not, by rule 2.

`check` states them; tests and `python -X dev` ask it of every window of records.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

AT_ONCE: Final = 1024
"""Records that are put together at a time, so that they stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Copies:
    """What one call copies for each of some records."""

    source: NDArray[np.void]
    """Rows of text; their width is the window's."""

    row: NDArray[np.intp] | None
    """Which row each record takes; without it, each takes its own, in turn."""

    records: NDArray[np.intp] | None
    """Which records, ascending; without it, all."""

    place: NDArray[np.intp]
    """Where in the buffer each copy begins."""

    is_hole: bool
    """Whether it is punched into a hole, whose width is the row's."""


def rows_of(texts: NDArray[np.generic]) -> NDArray[np.void]:
    """Return texts of one width as rows that can be copied."""
    return texts.view(f"V{texts.dtype.itemsize}")


def assembled(
    copies: Sequence[Copies],
    starts: NDArray[np.int64],
    lines: Mapping[int, bytes],
    *,
    checked: bool | None = None,
) -> NDArray[np.uint8]:
    """Return the bytes of records that are put together by copies.

    Args:
        copies: In order: what may spill from left to right, then what fits exactly.
        starts: Where each record begins, and where the last one ends.
        lines: Records that are finished already, by position.
        checked: Whether to make sure of the rules; by default in Python's development mode.

    Raises:
        AssertionError: A rule is broken.
    """
    total, count = int(starts[-1]), len(starts) - 1
    out = np.empty(total, np.uint8)
    is_checked = sys.flags.dev_mode if checked is None else checked
    if is_checked:
        check(copies, starts)
        out[:] = _NO_TEXT
    calls = [_Call(one, out, count) for one in copies]
    for block in range(-(-count // AT_ONCE)):
        for call in calls:
            first, last = call.bounds[block], call.bounds[block + 1]
            if first < last:
                call.copy(first, last)
    for position, line in lines.items():
        first = int(starts[position])
        out[first : first + len(line)] = np.frombuffer(line, np.uint8)
    assert not is_checked or not np.isin(out, (_NO_TEXT, 0)).any(), "every byte is copied to"
    return out


_NO_TEXT: Final = 0xFF
"""A byte that no UTF-8 text has."""


class _Call:
    """One of the copies, made ready to be called block after block."""

    __slots__ = ("bounds", "buffer", "place", "row", "source", "window")

    def __init__(self, copies: Copies, out: NDArray[np.uint8], count: int) -> None:
        width = copies.source.dtype.itemsize
        self.source, self.row, self.place = copies.source, copies.row, copies.place
        self.window = np.ndarray(
            (len(out) - width + 1,), f"V{width}", buffer=out.data, strides=(1,)
        )
        self.buffer = np.empty(AT_ONCE if copies.row is not None else 0, f"V{width}")
        edges = np.arange(0, count + AT_ONCE, AT_ONCE)
        edges[-1] = count
        found = edges if copies.records is None else np.searchsorted(copies.records, edges)
        self.bounds: list[int] = found.tolist()

    def copy(self, first: int, last: int) -> None:
        if self.row is None:
            self.window[self.place[first:last]] = self.source[first:last]
        else:
            taken = self.buffer[: last - first]
            self.source.take(self.row[first:last], None, taken, "clip")
            self.window[self.place[first:last]] = taken


def check(copies: Sequence[Copies], starts: NDArray[np.int64]) -> None:
    """Make sure that copies obey the rules.

    Raises:
        AssertionError: One is broken.
    """
    count = len(starts) - 1
    reached = np.zeros(count, np.int64)
    holes_begun = False
    for one in copies:
        mine = np.arange(count) if one.records is None else one.records
        width = one.source.dtype.itemsize
        rows = len(one.source if one.row is None else one.row)
        assert len(mine) == len(one.place) == rows, "a place and a row for each record"
        assert (np.diff(mine) > 0).all(), "records in order"
        assert (one.place >= starts[mine]).all(), "rule 2: a window begins before its record"
        assert (one.place + width <= starts[mine + 1]).all(), "rule 2: a window spills"
        if one.row is not None and len(one.row):
            assert 0 <= one.row.min() <= one.row.max() < len(one.source), "rows that are there"
        holes_begun |= one.is_hole
        assert one.is_hole or not holes_begun, "rule 1: what spills comes before what fits"
        if not one.is_hole:
            assert (one.place >= reached[mine]).all(), "rule 1: from left to right"
            reached[mine] = one.place
