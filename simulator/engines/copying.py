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
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

AT_ONCE: Final = 2048
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
    """Where in the record's piece each copy begins: see `within`."""

    is_hole: bool
    """Whether it is punched into a hole, whose width is the row's."""


def rows_of(texts: NDArray[np.generic]) -> NDArray[np.void]:
    """Return texts of one width as rows that can be copied."""
    return texts.view(f"V{texts.dtype.itemsize}")


@dataclass(slots=True)
class Assembly:
    """Records that are put together when somebody reads them, some at a time.

    A piece is at most so many records that it stays in the processor's cache until it is
    written; the next one takes its place.
    """

    copies: Sequence[Copies]
    """In order: what may spill from left to right, then what fits exactly."""

    starts: NDArray[np.int64]
    """Where each record begins, and where the last one ends."""

    lines: Mapping[int, bytes]
    """Records that are finished already, by position."""

    is_checked: bool = field(default_factory=lambda: sys.flags.dev_mode)
    """Whether to make sure of the rules."""

    def pieces(self) -> Iterator[NDArray[np.uint8]]:
        """Yield the records' bytes in turn; a piece holds until the next one is asked for.

        Raises:
            AssertionError: A rule is broken, and they are checked.
        """
        if self.is_checked:
            check(self.copies, self.starts)
        count = len(self.starts) - 1
        edges = np.minimum(np.arange(0, count + AT_ONCE, AT_ONCE), count)
        sizes = np.diff(self.starts[edges]).tolist()
        out = np.empty(max(sizes, default=0), np.uint8)
        # One for all calls, so that it stays in the cache.
        widest = max((one.source.dtype.itemsize for one in self.copies), default=0)
        spare = np.empty(min(AT_ONCE, count) * widest, np.uint8)
        calls = [_call(one, out, spare, edges) for one in self.copies if len(one.place)]
        finished = sorted(self.lines)
        cuts = [bisect_left(finished, edge) for edge in edges.tolist()]
        for block, size in enumerate(sizes):
            if self.is_checked:
                out[:size] = _NO_TEXT
            for copy, bounds in calls:
                first, last = bounds[block], bounds[block + 1]
                if first < last:
                    copy(first, last)
            for position in finished[cuts[block] : cuts[block + 1]]:
                line = self.lines[position]
                begin = int(self.starts[position] - self.starts[block * AT_ONCE])
                out[begin : begin + len(line)] = np.frombuffer(line, np.uint8)
            if self.is_checked:
                assert not np.isin(out[:size], (_NO_TEXT, 0)).any(), "every byte is copied to"
            yield out[:size]


def in_turn(
    parts: Sequence[tuple[NDArray[np.bytes_], NDArray[np.intp] | None]],
    records: NDArray[np.intp] | None,
    lines: Mapping[int, bytes],
    count: int,
) -> Assembly:
    """Return records that are texts one behind another, put together when somebody reads them.

    Args:
        parts: Texts, and which of them each record has; without that each has its own, and
            all have one width. So do those of the last part, and what follows a text has as
            many bytes as that is shorter than the longest of its part.
        records: Which records are put together, ascending; without it, all.
        lines: All others, finished.
        count: How many there are together.
    """
    lengths = np.empty(count, np.int64)
    for position, line in lines.items():
        lengths[position] = len(line)
    at = np.zeros(count if records is None else len(records), np.int64)
    places = []
    for texts, row in parts:
        places.append(at)
        at = at + (texts.dtype.itemsize if row is None else np.char.str_len(texts).take(row))
    lengths[slice(None) if records is None else records] = at
    starts = np.zeros(count + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    begins = within(starts)
    begins = begins if records is None else begins.take(records)
    copies = [
        Copies(rows_of(texts), row, records, begins + place, is_hole=False)
        for (texts, row), place in zip(parts, places, strict=True)
    ]
    return Assembly(copies, starts, lines)


def within(starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where records begin in the pieces that they are put together in."""
    begins = starts[:-1].copy()
    for first in range(0, len(begins), AT_ONCE):
        begins[first : first + AT_ONCE] -= starts[first]
    return begins


_NO_TEXT: Final = 0xFF
"""A byte that no UTF-8 text has."""


def _call(
    copies: Copies, out: NDArray[np.uint8], spare: NDArray[np.uint8], edges: NDArray[np.intp]
) -> tuple[Callable[[int, int], None], list[int]]:
    """Return what copies some of the rows, and which of them belong to each piece."""
    width = copies.source.dtype.itemsize
    window = np.ndarray((len(out) - width + 1,), f"V{width}", buffer=out.data, strides=(1,))
    found = edges if copies.records is None else np.searchsorted(copies.records, edges)
    source, row, place, taken = copies.source, copies.row, copies.place, copies.source.take
    buffer = spare[: len(spare) // width * width].view(f"V{width}")

    def copy(first: int, last: int) -> None:
        window[place[first:last]] = source[first:last]

    def take(first: int, last: int) -> None:
        assert row is not None
        rows = buffer[: last - first]
        taken(row[first:last], None, rows, "clip")
        window[place[first:last]] = rows

    return copy if row is None else take, found.tolist()


def check(copies: Sequence[Copies], starts: NDArray[np.int64]) -> None:
    """Make sure that copies obey the rules.

    Raises:
        AssertionError: One is broken.
    """
    count = len(starts) - 1
    begins = within(starts)
    ends = begins + np.diff(starts)
    reached = np.zeros(count, np.int64)
    holes_begun = False
    for one in copies:
        mine = np.arange(count) if one.records is None else one.records
        width = one.source.dtype.itemsize
        rows = len(one.source if one.row is None else one.row)
        assert len(mine) == len(one.place) == rows, "a place and a row for each record"
        assert (np.diff(mine) > 0).all(), "records in order"
        assert (one.place >= begins[mine]).all(), "rule 2: a window begins before its record"
        assert (one.place + width <= ends[mine]).all(), "rule 2: a window spills"
        if one.row is not None and len(one.row):
            assert 0 <= one.row.min() <= one.row.max() < len(one.source), "rows that are there"
        holes_begun |= one.is_hole
        assert one.is_hole or not holes_begun, "rule 1: what spills comes before what fits"
        if not one.is_hole:
            assert (one.place >= reached[mine]).all(), "rule 1: from left to right"
            reached[mine] = one.place
