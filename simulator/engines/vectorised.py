"""From plan to records, a column at a time.

Theory of operation. A window of time selects episodes, and their flows say which events
they leave and when (see `expansion`). The events of a kind are gathered from all steps into
columns. Records of one kind, era and combination of members share a
template, and a template is a program of copies (see `fragments`): most of a record is rows
of text that were written once for each user, agent or word; only times and ids are written
for each record. Then, a thousand records at a time, so that they stay in the processor's
cache, the first pieces of all records are copied to their places, then the second, and so on.

Nothing here decides anything, and no event or field is named: that stands in the plan, in
flows and in shapes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.engines.batches import SHARED, RecordBatch
from simulator.engines.expansion import Events, Gathered, Patterns, expanded
from simulator.engines.fragments import (
    FIXED,
    VALUE,
    VALUE_WIDTH,
    WIDEST,
    WINDOWS,
    Arena,
    Program,
    ValueRow,
    programmed,
)
from simulator.engines.templates import Template, compiled
from simulator.flows import FLOW_INDEX
from simulator.primitives.columns import dtype_of
from simulator.primitives.jsontext import java_escaped
from simulator.records.eras import ERAS
from simulator.records.fields import FIELDS
from simulator.records.kinds import GROUPS, KINDS
from simulator.records.shapes import conditions, slots

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from simulator.plan.episodes import Plan
    from simulator.primitives.columns import Column, Tables
    from simulator.primitives.conditions import Condition
    from simulator.records.shapes import Node

IN_CACHE: Final = 1024
"""Records that are put together at a time: about a megabyte."""

GENERAL: Final = 255
"""Code of a record that takes the general road."""


@dataclass(slots=True)
class _Memory:
    """What is worked out once for the tables of a plan, whatever the window."""

    arena: Arena = field(default_factory=Arena)
    shapes: dict[tuple[int, int], _Asked] = field(default_factory=dict)
    templates: dict[tuple[int, int, int], tuple[Template, Program | None]] = field(
        default_factory=dict
    )
    patterns: Patterns = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A shape with what has to be known to fill it."""

    shape: Node
    conditions: tuple[Condition, ...]
    columns: tuple[str, ...]


def render(plan: Plan, start: int, end: int) -> RecordBatch:
    """Return the records of all events from `start` until before `end`, in order."""
    memory = plan.tables.remembered("vectorised", _Memory)
    by_kind: dict[int, list[Events]] = {}
    for block in plan.touching(start, end):
        for kind, events in expanded(block, plan, memory.patterns, start, end):
            by_kind.setdefault(kind, []).append(events)
    kinds = {kind: Gathered(by_kind[kind], plan) for kind in sorted(by_kind)}
    whole = _whole(kinds, plan)
    order = _in_order(whole)
    page = _Page(plan, memory, whole, order)
    first = 0
    for kind, gathered in kinds.items():
        page.place(kind, gathered, first)
        first += gathered.count
    data, starts = page.written()
    placed = {name: values[order] for name, values in whole.items()}
    return RecordBatch(
        data=data,
        starts=starts,
        kind=placed["kind"].astype(np.int64, copy=False),
        era=placed["era"].astype(np.int64, copy=False),
        flow=placed["flow"].astype(np.int64, copy=False),
        columns={name: placed[name] for name in SHARED},
    )


# ---- All events of the window --------------------------------------------------------------


def _whole(kinds: Mapping[int, Gathered], plan: Plan) -> dict[str, Column]:
    """Return the columns that all events have, kind after kind."""
    names = dict.fromkeys((*SHARED, "request"))
    whole: dict[str, Column] = {
        name: np.concatenate(
            [np.zeros(0, dtype_of(name)), *(one.column(name) for one in kinds.values())]
        )
        for name in names
    }
    counts = [one.count for one in kinds.values()]
    whole["kind"] = np.repeat(np.array(list(kinds), np.int64), counts)
    eras = [
        plan.boundaries.era_at_many(
            one.column("time").astype(np.int64, copy=False), is_group=KINDS[kind].group == GROUPS
        )
        for kind, one in kinds.items()
    ]
    whole["era"] = np.concatenate([np.zeros(0, np.int64), *eras])
    parts = [part for one in kinds.values() for part in one.parts]
    whole["flow"] = np.repeat(
        np.array([FLOW_INDEX[part.block.flow.name] for part in parts], np.int64),
        [len(part.positions) for part in parts],
    )
    return whole


def _in_order(whole: Mapping[str, Column]) -> NDArray[np.int64]:
    """Return the events in order of time, then episode key, then step."""
    time = whole["time"].astype(np.int64, copy=False)
    if not len(time):
        return np.zeros(0, np.int64)
    # Numbers of 16 bits are sorted by radix, ten times as fast as wider ones.
    past = time - time.min()
    order = np.argsort((past & 0xFFFF).astype(np.uint16), kind="stable")
    shift = 16
    while int(past.max()) >> shift:
        digit = ((past >> shift) & 0xFFFF).astype(np.uint16)
        order = order[np.argsort(digit[order], kind="stable")]
        shift += 16
    sorted_time = time[order]
    same = sorted_time[1:] == sorted_time[:-1]
    if same.any():
        tied = np.zeros(len(time), np.bool_)
        tied[1:] |= same
        tied[:-1] |= same
        places = np.flatnonzero(tied)
        members = order[places]
        inner = np.lexsort(
            (
                whole["step"][members],
                whole["key_low"][members],
                whole["key_high"][members],
                sorted_time[places],
            )
        )
        order[places] = members[inner]
    return order.astype(np.int64, copy=False)


# ---- Putting records together --------------------------------------------------------------


class _Page:
    """The records of a window: what is copied where."""

    def __init__(
        self,
        plan: Plan,
        memory: _Memory,
        whole: Mapping[str, Column],
        order: NDArray[np.int64],
    ) -> None:
        count = len(order)
        self.plan, self.memory, self.whole, self.count = plan, memory, whole, count
        self.rank = np.empty(count, np.int64)
        self.rank[order] = np.arange(count)
        self.rows: list[NDArray[np.int32]] = []
        self.codes: list[NDArray[np.uint8]] = []
        self.lengths: list[NDArray[np.int32]] = []
        self.seen: list[set[int]] = []
        self.tails = np.zeros((2, count), np.int32)
        self.tail_codes = np.zeros(count, np.uint8)
        self.tail_lengths = np.zeros(count, np.int64)
        self.values: list[NDArray[np.uint8]] = []
        self.value_lengths: list[NDArray[np.int32]] = []
        self.value_count = 0
        self.general: dict[int, bytes] = {}
        self.texts: dict[str, NDArray[np.bytes_]] = {}

    def place(self, kind: int, events: Gathered, first: int) -> None:
        """Say for every event of a kind what its record is made of."""
        eras = self.whole["era"][first : first + events.count]
        for era in np.unique(eras).tolist():
            chosen = np.flatnonzero(eras == era)
            asked = self._asked(kind, era)
            rows = {name: events.column(name)[chosen] for name in asked.columns}
            for code, members in _variants(asked.conditions, rows, len(chosen)):
                part = {name: values[members] for name, values in rows.items()}
                self._variant(kind, era, code, part, first + chosen[members])

    def _asked(self, kind: int, era: int) -> _Asked:
        made = self.memory.shapes.get((kind, era))
        if made is None:
            shape = ERAS[era].shape(KINDS[kind].name)
            asked = tuple(dict.fromkeys(when for when in conditions(shape) if when.columns()))
            read = {name for when in asked for name in when.columns()}
            read |= {name for slot in slots(shape) for name in FIELDS[slot].codec.columns()}
            made = self.memory.shapes[kind, era] = _Asked(shape, asked, tuple(sorted(read)))
        return made

    def _variant(
        self, kind: int, era: int, code: int, rows: dict[str, Column], events: NDArray[np.int64]
    ) -> None:
        known = self.memory.templates.get((kind, era, code))
        if known is None:
            asked = self._asked(kind, era)
            answers = {when: bool(code >> bit & 1) for bit, when in enumerate(asked.conditions)}
            template = compiled(asked.shape, answers, self.plan.tables)
            program = programmed(template, self.plan.tables, self.memory.arena)
            known = self.memory.templates[kind, era, code] = (template, program)
        template, program = known
        if program is None or self.plan.escapes:
            self._join(template, rows, events)
            return
        odd = _irregular(program.pins, rows)
        if odd is not None:
            there = np.flatnonzero(odd)
            self._join(
                template, {name: column[there] for name, column in rows.items()}, events[there]
            )
            even = np.flatnonzero(~odd)
            rows, events = {name: column[even] for name, column in rows.items()}, events[even]
        if len(events):
            self._copy(program, rows, events)

    def _join(
        self, template: Template, rows: Mapping[str, Column], events: NDArray[np.int64]
    ) -> None:
        """Take the general road: join texts record by record."""
        lines = _joined(template, rows, len(events), self.plan.tables)
        if self.plan.escapes:
            lines = map(java_escaped, lines)
        for rank, line in zip(self.rank[events].tolist(), lines, strict=True):
            self.general[rank] = line + b"\n"
            self.tail_lengths[rank] = len(line) + 1

    def _copy(
        self, program: Program, rows: Mapping[str, Column], events: NDArray[np.int64]
    ) -> None:
        """Note the rows that a template's records are copied from."""
        ranks = self.rank[events]
        bases = [self._write(value, rows, events) for value in program.values]
        arena = self.memory.arena
        while len(self.rows) < len(program.pieces):
            self.rows.append(np.zeros(self.count, np.int32))
            self.codes.append(np.zeros(self.count, np.uint8))
            self.lengths.append(np.zeros(self.count, np.int32))
            self.seen.append(set())
        for place, piece in enumerate(program.pieces):
            code = 1 + piece.source * len(WINDOWS) + WINDOWS.index(piece.window)
            self.seen[place].add(code)
            if piece.source == VALUE:
                base, lengths = bases[piece.base]
                row = base + np.arange(len(events), dtype=np.int32)
            else:
                lengths = None
                if piece.column:
                    assert rows[piece.column].min() >= 0
                    row = (piece.base + rows[piece.column].astype(np.int64, copy=False)).astype(
                        np.int32
                    )
                else:
                    row = np.full(len(events), piece.base, np.int32)
            self.rows[place][ranks] = row
            self.codes[place][ranks] = code
            if piece.length >= 0:
                self.lengths[place][ranks] = piece.length
            else:
                self.lengths[place][ranks] = arena.lengths[row] if lengths is None else lengths
        self.tails[0, ranks], self.tails[1, ranks] = program.tail
        self.tail_codes[ranks] = 1 + WINDOWS.index(program.tail_window)
        self.tail_lengths[ranks] = program.tail_length

    def _write(
        self, value: ValueRow, rows: Mapping[str, Column], events: NDArray[np.int64]
    ) -> tuple[int, NDArray[np.int32] | None]:
        """Write one row for each event and return the first one's place."""
        count, base = len(events), self.value_count
        made = np.zeros((count, VALUE_WIDTH), np.uint8)
        self.values.append(made)
        self.value_count += count
        at = 0
        lengths = None
        for part in value.parts:
            if isinstance(part, bytes):
                made[:, at : at + len(part)] = np.frombuffer(part, np.uint8)
                at += len(part)
                continue
            texts = self._spelled(part, rows, events)
            width = texts.dtype.itemsize
            made[:, at : at + width] = (
                np.ascontiguousarray(texts).view(np.uint8).reshape(count, width)
            )
            at += width
            if value.width < 0:
                lengths = np.count_nonzero(made, axis=1).astype(np.int32)
        return base, lengths

    def _spelled(
        self, name: str, rows: Mapping[str, Column], events: NDArray[np.int64]
    ) -> NDArray[np.bytes_]:
        """Return a field's text for some events; what all events can have is spelled at once."""
        codec = FIELDS[name].codec
        if codec.columns() <= self.whole.keys():
            if name not in self.texts:
                self.texts[name] = codec.many(self.whole, self.count, self.plan.tables)
            return self.texts[name][events]
        return codec.many(rows, len(events), self.plan.tables)

    def written(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Copy all records together; return the bytes and where each record begins."""
        lengths = self.tail_lengths.copy()
        for part in self.lengths:
            lengths += part
        starts = np.zeros(self.count + 1, np.int64)
        np.cumsum(lengths, out=starts[1:])
        total = int(starts[-1])
        out = np.empty(total + WIDEST, np.uint8)
        offsets = [starts[:-1]]
        for part in self.lengths:
            offsets.append(offsets[-1] + part)
        self._assemble(out, offsets, starts[1:])
        for rank, line in self.general.items():
            first = int(starts[rank])
            out[first : first + len(line)] = np.frombuffer(line, np.uint8)
        return out[:total], starts

    def _assemble(
        self, out: NDArray[np.uint8], offsets: list[NDArray[np.int64]], ends: NDArray[np.int64]
    ) -> None:
        total = len(out)
        windows = [
            np.ndarray((total - width + 1,), f"V{width}", buffer=out.data, strides=(1,))
            for width in WINDOWS
        ]
        arena = self.memory.arena.rows
        values = (
            np.concatenate(self.values) if self.values else np.zeros((1, VALUE_WIDTH), np.uint8)
        )
        # A window is never wider than the rows it copies from.
        sources = [
            [
                rows[:, : min(width, rows.shape[1])].view(f"V{min(width, rows.shape[1])}")[:, 0]
                for width in WINDOWS
            ]
            for rows in (arena, values)
        ]
        for first in range(0, self.count, IN_CACHE):
            here = slice(first, min(first + IN_CACHE, self.count))
            for place, seen in enumerate(self.seen):
                codes, rows, at = (
                    self.codes[place][here],
                    self.rows[place][here],
                    offsets[place][here],
                )
                for code in sorted(seen):
                    source, width = divmod(code - 1, len(WINDOWS))
                    mine = np.flatnonzero(codes == code)
                    if len(mine) == 0:
                        continue
                    if len(mine) == len(codes):
                        windows[width][at] = sources[source][width][rows]
                    else:
                        windows[width][at[mine]] = sources[source][width][rows[mine]]
            codes = self.tail_codes[here]
            for code in np.unique(codes).tolist():
                if code == 0:
                    continue
                width = code - 1
                mine = np.flatnonzero(codes == code) + first
                end = ends[mine]
                windows[width][end - self.tail_lengths[mine]] = sources[FIXED][width][
                    self.tails[0, mine]
                ]
                windows[width][end - WINDOWS[width]] = sources[FIXED][width][self.tails[1, mine]]


def _variants(
    asked: tuple[Condition, ...], rows: Mapping[str, Column], count: int
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield every combination of answers that occurs, as bits, and which rows give it."""
    codes = np.zeros(count, np.int64)
    for bit, when in enumerate(asked):
        codes |= when.many(rows, count).astype(np.int64) << bit
    least, most = (int(codes.min()), int(codes.max())) if count else (0, 0)
    if least == most:
        yield least, np.arange(count)
        return
    for code in np.unique(codes).tolist():
        yield code, np.flatnonzero(codes == code)


def _irregular(pins: tuple[str, ...], rows: Mapping[str, Column]) -> NDArray[np.bool_] | None:
    """Return which rows have a fixed value, which the program has no room for, if any has."""
    odd = None
    for name in pins:
        found = rows[name] != -1
        if found.any():
            odd = found if odd is None else odd | found
    return odd


def _joined(
    template: Template, rows: Mapping[str, Column], count: int, tables: Tables
) -> Iterator[bytes]:
    """Yield one line a row: the template's texts and fields in turn."""
    pieces: list[list[bytes] | repeat[bytes]] = [repeat(template.texts[0], count)]
    for name, text in zip(template.fields, template.texts[1:], strict=True):
        pieces.append(FIELDS[name].codec.many(rows, count, tables).tolist())
        pieces.append(repeat(text, count))
    return map(b"".join, zip(*pieces, strict=True))
