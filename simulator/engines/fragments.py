"""Templates as programs of copies: which bytes go where, with how wide a window.

Every field has a scope. A field whose text depends on one small column (which user, which
agent, which word) is written once for every position of that column, fused with the fixed
text around it, into an arena of rows; all other fields are written for each record, runs of
fixed width fused into one row. A record is then a handful of rows copied one after another.

Rows are copied by windows of 32, 64, 128 or 256 bytes, so that a shorter row drags garbage
behind it. Four rules make that right:

1. A record's pieces are copied from left to right, one call for a piece of all records.
2. Nothing spills past a record's end: the last text is copied by two windows that fit
   exactly, and every other piece has at least its window's width of record behind its start.
3. Within one call the windows of two records are disjoint, by rule 2.
4. The buffer has slack of the widest window behind it. Nothing relies on the order of
   assignment inside one call.

A template that cannot obey them takes the general road: a join of texts, with the same
bytes. So does one whose tables would be too large: slower, never different.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.records.codecs import WIDE
from simulator.records.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from simulator.engines.templates import Template
    from simulator.primitives.columns import Tables

WINDOWS: Final = (256, 128, 64, 32)
"""Widths of windows, the widest first."""

WIDEST: Final = WINDOWS[0]
NARROWEST: Final = WINDOWS[-1]

VALUE_WIDTH: Final = WIDE
"""Width of the rows that are written for each record."""

TABLE_BUDGET: Final = 48 << 20
"""Bytes that one fragment's rows may take in the arena."""

FIXED, VALUE = 0, 1
"""Where a piece's rows are: in the arena, or among those written for each record."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one window copies."""

    source: int
    """`FIXED` or `VALUE`."""

    base: int
    """In the arena: the first row. Otherwise: which of the program's value rows."""

    column: str
    """The row's column that is added to `base`; none for fixed text."""

    window: int
    """Width of the window."""

    length: int
    """Bytes, where all rows have as many; -1 where the row's own length counts."""


@dataclass(frozen=True, slots=True)
class ValueRow:
    """Fields written for each record, with the fixed text between them."""

    parts: tuple[bytes | str, ...]
    """Fixed text, or the name of a field."""

    width: int
    """Bytes in all; -1 for a single field whose width varies."""


@dataclass(frozen=True, slots=True)
class Program:
    """How a template's records are copied together."""

    pieces: tuple[Piece, ...]
    """From left to right, without the tail."""

    values: tuple[ValueRow, ...]
    """What is written for each record."""

    pins: tuple[str, ...]
    """Columns that say, by not being -1, that a record's values do not fit."""

    tail: tuple[int, int]
    """Rows of the arena with the tail's first and last window."""

    tail_length: int
    """Bytes of fixed text at the record's end, line end included."""

    tail_window: int
    """Width of both windows: at most the tail's length, at least half of it."""


class Arena:
    """Rows of text, each as wide as the widest window, with their lengths."""

    def __init__(self) -> None:
        """Begin without rows."""
        self.rows = np.zeros((1024, WIDEST), np.uint8)
        self.lengths = np.zeros(1024, np.int32)
        self.count = 0
        self._known: dict[object, int] = {}

    def add(self, what: object, texts: Callable[[], Iterable[bytes]]) -> int:
        """Return the first of the rows that hold texts, adding them unless they are there."""
        known = self._known.get(what)
        if known is not None:
            return known
        made = list(texts())
        first, needed = self.count, self.count + len(made)
        if needed > len(self.rows):
            size = max(needed, 2 * len(self.rows))
            rows = np.zeros((size, WIDEST), np.uint8)
            rows[: self.count] = self.rows[: self.count]
            lengths = np.zeros(size, np.int32)
            lengths[: self.count] = self.lengths[: self.count]
            self.rows, self.lengths = rows, lengths
        block = np.array(made, f"S{WIDEST}")
        self.rows[first:needed] = block.view(np.uint8).reshape(len(made), WIDEST)
        self.lengths[first:needed] = [len(text) for text in made]
        self.count = needed
        self._known[what] = first
        return first


@dataclass(frozen=True, slots=True)
class _Fragment:
    """Fixed text and fields of one column, or one value row."""

    column: str
    parts: tuple[bytes | str, ...]
    value: ValueRow | None = None


def _single_column(field: str) -> str:
    (column,) = FIELDS[field].codec.columns()
    return column


def _is_tabled(field: str, tables: Tables) -> bool:
    entries = FIELDS[field].codec.extent(tables).entries
    return entries is not None and len(entries) * WIDEST <= TABLE_BUDGET


class _Cutter:
    """Cuts a template into fragments, from left to right."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.fragments: list[_Fragment] = []
        self.column = ""
        self.parts: list[bytes | str] = []
        self.run: list[bytes | str] = []
        self.run_width = 0

    def text(self, text: bytes) -> None:
        """Add fixed text to what is open: a run of values, or else fixed text."""
        if text and self.run:
            self.run.append(text)
            self.run_width += len(text)
            if self.run_width > VALUE_WIDTH:
                self.close_run()
        elif text:
            self.parts.append(text)

    def close_fixed(self) -> None:
        if self.parts:
            self.fragments.append(_Fragment(self.column, tuple(self.parts)))
        self.column, self.parts = "", []

    def close_run(self) -> None:
        if self.run:
            # Fixed text at the end of a run belongs to what follows.
            last = self.run.pop() if isinstance(self.run[-1], bytes) else b""
            width = self.run_width - len(last)
            self.fragments.append(_Fragment("", (), ValueRow(tuple(self.run), width)))
            if last:
                self.parts.append(last)
        self.run, self.run_width = [], 0

    def field(self, name: str) -> bool:
        """Add a field; return whether it could be."""
        if _is_tabled(name, self.tables):
            self.close_run()
            mine = _single_column(name)
            if self.column not in ("", mine):
                self.close_fixed()
            self.column = mine
            self.parts.append(name)
            return True
        width = FIELDS[name].codec.extent(self.tables).width
        if width is None or width > VALUE_WIDTH:
            return False
        if width < 0:
            self.close_run()
            self.close_fixed()
            self.fragments.append(_Fragment("", (), ValueRow((name,), -1)))
            return True
        if self.run and self.run_width + width > VALUE_WIDTH:
            self.close_run()
        if not self.run:
            self.close_fixed()
        self.run.append(name)
        self.run_width += width
        return True


def _fragments(template: Template, tables: Tables) -> list[_Fragment] | None:
    """Cut a template, but for its last text, into fragments, if all its fields can be."""
    cutter = _Cutter(tables)
    for text, name in zip(template.texts, template.fields, strict=False):
        cutter.text(text)
        if not cutter.field(name):
            return None
    cutter.close_run()
    cutter.close_fixed()
    return cutter.fragments


def _texts(fragment: _Fragment, tables: Tables) -> list[bytes]:
    """Return a fixed fragment's text for every position of its column."""
    columns: list[list[bytes]] = []
    count = 1
    for part in fragment.parts:
        if isinstance(part, str):
            entries = FIELDS[part].codec.extent(tables).entries
            if entries is None:
                message = f"field {part!r} has no table"
                raise TypeError(message)
            columns.append(entries.tolist())
            count = len(entries)
    if not columns:
        return [b"".join(part for part in fragment.parts if isinstance(part, bytes))]
    turn = iter(columns)
    pieces = [[part] * count if isinstance(part, bytes) else next(turn) for part in fragment.parts]
    return [b"".join(row) for row in zip(*pieces, strict=True)]


def _window_for(length: int, room: int) -> int:
    """Return the narrowest window that covers a length, or the widest there is room for."""
    fitting = [window for window in WINDOWS if window <= room]
    covering = [window for window in fitting if window >= length]
    return covering[-1] if covering else fitting[0]


def _value_window(value: ValueRow, room: int) -> int | None:
    """Return the window that copies a value row whole, if there is room for one."""
    width = VALUE_WIDTH if value.width < 0 else value.width
    window = _window_for(width, room)
    return window if width <= window <= VALUE_WIDTH else None


def programmed(template: Template, tables: Tables, arena: Arena) -> Program | None:
    """Return how a template's records are copied, or nothing if they cannot be."""
    tail = template.texts[-1] + b"\n"
    if len(tail) < NARROWEST:
        return None
    fragments = _fragments(template, tables)
    if fragments is None:
        return None
    texts = [
        [] if fragment.value is not None else _texts(fragment, tables) for fragment in fragments
    ]
    least = [
        max(fragment.value.width, 0)
        if fragment.value is not None
        else min(len(text) for text in rows)
        for fragment, rows in zip(fragments, texts, strict=True)
    ]
    cut = max(len(tail) - 2 * WIDEST, 0)
    tail_start, tail = tail[:cut], tail[cut:]
    behind = len(tail) + cut
    pieces: list[Piece] = []
    values: list[ValueRow] = []
    if cut:
        fixed = _Fragment("", (tail_start,))
        pieces += _cut(fixed, [tail_start], cut, len(tail), arena)
    for fragment, rows, shortest in zip(
        reversed(fragments), reversed(texts), reversed(least), strict=True
    ):
        after = behind
        behind += shortest
        if fragment.value is not None:
            window = _value_window(fragment.value, behind)
            if window is None:
                return None
            values.append(fragment.value)
            pieces.insert(0, Piece(VALUE, len(values) - 1, "", window, fragment.value.width))
        else:
            pieces[:0] = _cut(fragment, rows, shortest, after, arena)
    window = next(window for window in WINDOWS if window <= len(tail))
    ends = (
        arena.add((tail, "first", window), lambda: [tail[:window]]),
        arena.add((tail, "last", window), lambda: [tail[-window:]]),
    )
    extents = (FIELDS[name].codec.extent(tables) for name in template.fields)
    pins = tuple(dict.fromkeys(extent.unless for extent in extents if extent.unless))
    return Program(tuple(pieces), tuple(values), pins, ends, len(tail), window)


def _cut(
    fragment: _Fragment, rows: list[bytes], shortest: int, after: int, arena: Arena
) -> list[Piece]:
    """Cut rows into pieces no wider than a window that fits before the record's end.

    Args:
        shortest: Length of the shortest row.
        after: Bytes that every record has behind the fragment, at least.
    """
    longest = max(len(row) for row in rows)
    pieces = []
    start = 0
    while start < longest:
        # A row that ends before `start` has an empty piece, which begins at the row's end.
        window = _window_for(longest - start, max(shortest - start, 0) + after)
        end = start + window
        base = arena.add(
            (fragment.column, fragment.parts, start, end),
            partial(_columns_of, rows, start, end),
        )
        length = min(longest, end) - start if shortest == longest else -1
        pieces.append(Piece(FIXED, base, fragment.column, window, length))
        start = end
    return pieces


def _columns_of(rows: list[bytes], start: int, end: int) -> list[bytes]:
    return [row[start:end] for row in rows]
