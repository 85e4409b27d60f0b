"""From plan to records, a column at a time.

Theory of operation. A window of time selects episodes, and their flows say which events
they leave, when, and with which template (see `expansion` and `selection`). A template is
spines and spans in turn (see `layouts`): text of one length for all its records, and texts
that have a length of their own. From the spans' lengths follows where everything begins.
Then, a thousand records at a time, so that they stay in the processor's cache, the first
spines of all records are copied to their places, then the first spans, and so on; last,
what is written for each record, such as times and ids, is punched into the holes of the
spines (see `copying`).

What cannot be laid out takes the general road: a join of texts, with the same bytes.
Nothing here decides anything, and no event or field is named: that stands in the plan, in
flows and in shapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import numpy as np

from simulator.engines.batches import SHARED, RecordBatch, joined
from simulator.engines.copying import Assembly, Copies, rows_of, within
from simulator.engines.expansion import Events, expanded
from simulator.engines.layouts import Span, Stretch, column_of, entries_of
from simulator.engines.selection import Catalogue, Place, Sheet
from simulator.primitives.columns import in_order
from simulator.primitives.jsontext import java_escaped
from simulator.primitives.texts import beside
from simulator.records.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.engines.templates import Template
    from simulator.plan.episodes import Plan
    from simulator.primitives.columns import Column, Tables

ScalarT = TypeVar("ScalarT", bound=np.generic)

Positions: TypeAlias = "NDArray[np.intp] | None"
"""Positions of events, ascending; none for all of them."""


def render(plan: Plan, start: int, end: int) -> RecordBatch:
    """Return the records of all events from `start` until before `end`, in order."""
    memory = plan.tables.remembered(
        "escaped" if plan.escapes else "vectorised", lambda: _Memory.of(plan)
    )
    batches = [
        _rendered(expanded(plan, memory.catalogue, first, last, interval), memory)
        for first, last, interval in memory.catalogue.intervals(plan, start, end)
    ]
    return joined(batches)


@dataclass(slots=True)
class _Memory:
    """What is worked out once for the tables of a plan, whatever the window."""

    catalogue: Catalogue
    spans: dict[Span, tuple[NDArray[np.void], NDArray[np.int64]]] = field(default_factory=dict)
    """A span's rows and their lengths, for every position of its column."""

    @classmethod
    def of(cls, plan: Plan) -> _Memory:
        """Return an empty memory."""
        return cls(Catalogue(plan.tables, is_joined=plan.escapes))

    def rows(self, span: Span, tables: Tables) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        """Return a span's rows and their lengths."""
        made = self.spans.get(span)
        if made is None:
            entries = entries_of(span.stretch, tables)
            assert entries is not None
            assert span.end is not None
            lengths = np.char.str_len(entries).astype(np.int64)
            if span.start:
                octets = entries.view(np.uint8).reshape(len(entries), -1)
                octets = np.ascontiguousarray(octets[:, span.start : span.end])
                entries = octets.view(f"S{octets.shape[1]}")[:, 0]
            width = span.end - span.start
            lengths = np.clip(lengths - span.start, 0, width)
            made = self.spans[span] = (rows_of(entries.astype(f"S{width}", copy=False)), lengths)
        return made


def _rendered(events: Events, memory: _Memory) -> RecordBatch:
    page = _Page.of(events, memory)
    text = page.written()
    sheet = page.sheet
    return RecordBatch(
        text=text,
        starts=text.starts,
        kind=sheet.kind[page.template],
        era=sheet.era[page.template],
        flow=events.of_entry("flow"),
        columns=_Shared(events),
    )


class _Shared(Mapping[str, "Column"]):
    """The columns that a batch passes on, worked out when somebody asks for them."""

    def __init__(self, events: Events) -> None:
        self._events = events

    def __getitem__(self, name: str) -> Column:
        if name not in SHARED:
            raise KeyError(name)
        return self._events.column(name)

    def __iter__(self) -> Iterator[str]:
        return iter(SHARED)

    def __len__(self) -> int:
        return len(SHARED)


# ---- Putting records together --------------------------------------------------------------

_FEW: Final = 4
"""One event in so many is found through the order of templates rather than by asking all."""


class _Sorted:
    """Events in order of template, so that those of a few templates are found at once."""

    def __init__(self, template: NDArray[np.int64], counts: NDArray[np.intp]) -> None:
        self._template, self._counts = template, counts
        self._ends = np.cumsum(counts)
        self._order: NDArray[np.intp] | None = None

    def having(self, templates: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the positions of events that have one of these templates, ascending."""
        if int(self._counts[templates].sum()) * _FEW > len(self._template):
            is_one = np.zeros(len(self._counts), np.bool_)
            is_one[templates] = True
            return np.flatnonzero(is_one.take(self._template))
        if self._order is None:
            self._order = in_order(self._template)
        # Marking them and looking for the marks is faster than sorting their positions.
        is_there = np.zeros(len(self._template), np.bool_)
        for one in templates.tolist():
            is_there[self._order[self._ends[one] - self._counts[one] : self._ends[one]]] = True
        return np.flatnonzero(is_there)


@dataclass(slots=True)
class _Some:
    """Some of a page's events, or all of them."""

    events: Events
    positions: Positions
    _shown: tuple[NDArray[np.intp], NDArray[np.intp]] | None = None

    def __len__(self) -> int:
        """Return how many events they are."""
        return len(self.events) if self.positions is None else len(self.positions)

    def of(self, values: NDArray[ScalarT]) -> NDArray[ScalarT]:
        """Return their part of a column of all events."""
        return values if self.positions is None else values.take(self.positions)

    def column(self, name: str) -> Column:
        """Return a column of a row, with one value for each of them."""
        return self.events.some(name, self.positions)

    def episodes(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the episodes that they belong to, and which of these each belongs to."""
        if self._shown is None:
            episode = self.of(self.events.episode)
            shows = np.zeros(len(self.events.episodes), np.bool_)
            shows[episode] = True
            which = np.flatnonzero(shows)
            number = np.empty(len(shows), np.intp)
            number[which] = np.arange(len(which))
            self._shown = which, number.take(episode)
        return self._shown


@dataclass(frozen=True, slots=True)
class _Page:
    """The records of a window: what is copied where."""

    events: Events
    memory: _Memory
    sheet: Sheet
    template: NDArray[np.int64]
    """Of each event."""
    used: NDArray[np.intp]
    """Templates that occur."""
    sorted: _Sorted
    """Events by template."""
    _found: dict[bytes, _Some | None]
    """Events by which of the templates they have; nothing if there are none."""

    @classmethod
    def of(cls, events: Events, memory: _Memory) -> _Page:
        """Return the records of some events, to be written."""
        sheet = memory.catalogue.sheet()
        template = events.of_entry("template")
        counts = np.bincount(template, minlength=sheet.count)
        order = _Sorted(template, counts)
        return cls(events, memory, sheet, template, np.flatnonzero(counts), order, {})

    @property
    def tables(self) -> Tables:
        """The text of entities."""
        return self.events.episodes.plan.tables

    def written(self) -> Assembly:
        """Say how all records are put together."""
        lines = dict(self._joined())
        spines, spans, lengths = self._measured()
        for position, line in lines.items():
            lengths[position] = len(line)
        starts = np.zeros(len(self.events) + 1, np.int64)
        np.cumsum(lengths, out=starts[1:])
        own = within(starts)
        begins = np.empty((len(spines), len(self.events)), np.int64)
        for level, one in enumerate(spines):
            np.add(own, one, out=begins[level])
        copies: list[Copies] = []
        for level, at in enumerate(begins):
            copies += self._spines(level, at)
            copies += [replace(one, place=one.place + some.of(own)) for some, one in spans[level]]
        copies += self._holes(begins)
        return Assembly(copies, starts, lines)

    def _having(self, is_there: NDArray[np.bool_]) -> _Some | None:
        """Return the events whose template has something, or nothing if there are none."""
        found = is_there[self.used]
        which = found.tobytes()
        if which not in self._found:
            some: _Some | None = None
            if found.all():
                some = _Some(self.events, None) if len(found) else None
            elif found.any():
                some = _Some(self.events, self.sorted.having(self.used[found]))
            self._found[which] = some
        return self._found[which]

    def _measured(
        self,
    ) -> tuple[list[NDArray[np.int64]], list[list[tuple[_Some, Copies]]], NDArray[np.int64]]:
        """Return where spines begin in their records, spans by level, and records' lengths.

        The places of spans, too, are counted from their records' beginnings.
        """
        at = np.zeros(len(self.events), np.int64)
        spines: list[NDArray[np.int64]] = []
        spans: list[list[tuple[_Some, Copies]]] = []
        for lengths, found in zip(self.sheet.spine_lengths, self.sheet.spans, strict=True):
            spines.append(at)
            spans.append([])
            if lengths[self.used].any():
                at = at + lengths.take(self.template)
            widths = []
            for span, is_there in found.items():
                some = self._having(is_there)
                if some is not None:
                    source, row, width = self._span(span, some)
                    copies = Copies(source, row, some.positions, some.of(at), is_hole=False)
                    spans[-1].append((some, copies))
                    widths.append((some.positions, width))
            if widths:
                at = at.copy()
            for where, width in widths:
                at[slice(None) if where is None else where] += width
        return spines, spans, at

    def _span(
        self, span: Span, some: _Some
    ) -> tuple[NDArray[np.void], NDArray[np.intp] | None, NDArray[np.int64]]:
        """Return a span's rows, which of them each record has, and how long each is."""
        if span.end is None:
            values, row = self._spelled(span.stretch, some)
            rows, lengths = rows_of(values), np.char.str_len(values).astype(np.int64)
        else:
            rows, lengths = self.memory.rows(span, self.tables)
            row = self._positions(span.stretch, some)
        return rows, row, lengths if row is None else lengths.take(row)

    def _positions(self, stretch: Stretch, some: _Some) -> NDArray[np.intp]:
        """Return which of a stretch's texts each record has."""
        row = some.column(column_of(stretch)).astype(np.intp, copy=False)
        assert row.min() >= 0
        return row

    def _spines(self, level: int, at: NDArray[np.int64]) -> Iterator[Copies]:
        """Yield the copies of the spines of a level, which begin at `at`."""
        for (mine, _, _), place in sorted(self.sheet.spines.items(), key=lambda item: item[0]):
            some = self._having(place.is_there) if mine == level else None
            if some is not None:
                template = some.of(self.template)
                assert place.source is not None
                yield Copies(
                    place.source,
                    place.row.take(template),
                    some.positions,
                    self._offset(some.of(at), place, template),
                    is_hole=False,
                )

    def _offset(
        self, at: NDArray[np.int64], place: Place, template: NDArray[np.intp]
    ) -> NDArray[np.int64]:
        """Return places at their offsets in spines."""
        offsets = place.offset[self.used[place.is_there[self.used]]]
        if (offsets == offsets[0]).all():
            return at + offsets[0] if offsets[0] else at
        return at + place.offset.take(template)

    def _holes(self, begins: NDArray[np.int64]) -> Iterator[Copies]:
        """Yield what is punched into holes; spines begin at `begins`, by level."""
        for (stretch, _), place in self.sheet.holes.items():
            some = self._having(place.is_there)
            if some is None:
                continue
            template = some.of(self.template)
            levels = place.level[self.used[place.is_there[self.used]]]
            if (levels == levels[0]).all():
                at = some.of(begins[levels[0]])
            else:
                flat = place.level.take(template) * begins.shape[1]
                flat += np.arange(len(flat)) if some.positions is None else some.positions
                at = begins.ravel().take(flat)
            texts, row = self._texts(stretch, some)
            where = self._offset(at, place, template)
            yield Copies(rows_of(texts), row, some.positions, where, is_hole=True)

    def _texts(
        self, stretch: Stretch, some: _Some
    ) -> tuple[NDArray[np.bytes_], NDArray[np.intp] | None]:
        """Return the texts of a stretch of one width, and which of them each record has."""
        entries = entries_of(stretch, self.tables)
        if entries is not None:
            return entries, self._positions(stretch, some)
        return self._spelled(stretch, some)

    def _spelled(
        self, stretch: Stretch, some: _Some
    ) -> tuple[NDArray[np.bytes_], NDArray[np.intp] | None]:
        """Spell a stretch; return its texts, and which of them each record has."""
        spelled = [self._field(name, some) for name in stretch.fields]
        if len(spelled) == 1:
            return spelled[0]
        own = [texts if row is None else texts.take(row) for texts, row in spelled]
        parts = [part for pair in zip(stretch.texts, own, strict=True) for part in pair]
        return beside(len(some), *parts), None

    def _field(self, name: str, some: _Some) -> tuple[NDArray[np.bytes_], NDArray[np.intp] | None]:
        """Spell a field; return its texts, and which of them each record has.

        What all records of an episode show alike is spelled once.
        """
        codec = FIELDS[name].codec.usual()
        if not all(map(self.events.is_of_episode, codec.columns())):
            columns = {column: some.column(column) for column in codec.columns()}
            return codec.many(columns, len(some), self.tables), None
        which, row = some.episodes()
        episodes = self.events.episodes
        columns = {column: episodes.column(column).take(which) for column in codec.columns()}
        return codec.many(columns, len(which), self.tables), row

    # ---- The general road --------------------------------------------------------------

    def _joined(self) -> Iterator[tuple[int, bytes]]:
        """Yield the position and line of every record that is joined text by text."""
        for number in self.used[self.sheet.is_joined[self.used]].tolist():
            template = self.memory.catalogue.templates[number]
            where = np.flatnonzero(self.template == number)
            lines = self._lines(template, where)
            if self.events.episodes.plan.escapes:
                lines = map(java_escaped, lines)
            for position, line in zip(where.tolist(), lines, strict=True):
                yield position, line + b"\n"

    def _lines(self, template: Template, where: NDArray[np.intp]) -> Iterator[bytes]:
        """Yield one line a record: the template's texts and fields in turn."""
        pieces: list[list[bytes] | repeat[bytes]] = [repeat(template.texts[0], len(where))]
        for name, text in zip(template.fields, template.texts[1:], strict=True):
            codec = FIELDS[name].codec
            columns = {column: self.events.some(column, where) for column in codec.columns()}
            pieces.append(codec.many(columns, len(where), self.tables).tolist())
            pieces.append(repeat(text, len(where)))
        return map(b"".join, zip(*pieces, strict=True))
