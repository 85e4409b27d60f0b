"""Which template each event's record has, and what all templates in use are copied from.

A template follows from the kind of event, the era and the few columns that a shape asks
about. Flows ask about a few more. All of these are small numbers, so that the episodes of
a window fall into a few dozen classes; what stands here is asked once a class, not once a
record, and remembered for the windows that follow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from simulator.engines.layouts import Layout, Span, Stretch, laid_out, windows
from simulator.engines.templates import Template, compiled
from simulator.flows import FLOW_INDEX
from simulator.primitives.quantiles import NONE, Quantiles, stacked
from simulator.records.eras import ERAS
from simulator.records.fields import FIELDS
from simulator.records.kinds import GROUPS, KIND_INDEX, KINDS
from simulator.records.shapes import conditions, slots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from simulator.flows.steps import Flow, Step
    from simulator.plan.episodes import Plan
    from simulator.primitives.columns import Tables
    from simulator.primitives.conditions import Condition
    from simulator.records.shapes import Node

Class: TypeAlias = "tuple[int, int]"
"""Where in the catalogue's entries the steps of a class of episodes begin, and how many."""

TIME: Final = "time"
_NEVER: Final = -(1 << 62)


@dataclass(frozen=True, slots=True)
class Interval:
    """A span of time in which neither eras nor conditions on time change."""

    since: int
    """The last change before it."""
    eras: tuple[int, int]
    """Positions in `ERAS`: of group events, and of all others."""

    def era_of(self, kind: int) -> int:
        """Return the era of a kind's records."""
        return self.eras[0] if KINDS[kind].group == GROUPS else self.eras[1]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A shape with what has to be known to choose its template."""

    shape: Node
    conditions: tuple[Condition, ...]
    words: tuple[str, ...]
    """Columns of words, which become part of the template."""
    pins: tuple[str, ...]
    """Columns that say, by not being -1, that a value is another than usual."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What a flow's classes of episodes are told apart by."""

    columns: tuple[str, ...]
    bounds: Mapping[str, NDArray[np.int64]]
    """Column to the values at which an answer may change; without an entry, every value
    is a class of its own."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A step that happens in the episodes of a class."""

    step: Step
    place: int
    """The step's place in its flow."""
    request: int
    """Place of the step that began the HTTP request."""
    template: int
    flow: int
    """Position in `flows.FLOWS`."""


@dataclass(slots=True)
class Catalogue:
    """Every template needed so far, by number, and every class of episodes."""

    tables: Tables
    is_joined: bool
    """Whether all records take the general road."""
    templates: list[Template] = field(default_factory=list)
    layouts: list[Layout | None] = field(default_factory=list)
    """By template; none where texts are joined record by record."""
    entries: list[Entry] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    eras: list[int] = field(default_factory=list)
    _numbers: dict[object, int] = field(default_factory=dict)
    _moments: dict[str, frozenset[int]] = field(default_factory=dict)
    _asked: dict[tuple[int, int], _Asked] = field(default_factory=dict)
    _questions: dict[tuple[str, tuple[int, int]], Questions] = field(default_factory=dict)
    _classes: dict[object, Class] = field(default_factory=dict)
    _sheet: Sheet | None = None
    _columns: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    _gaps: list[Quantiles] = field(default_factory=list)
    _stacked: NDArray[np.int64] | None = None

    def intervals(self, plan: Plan, start: int, end: int) -> Iterator[tuple[int, int, Interval]]:
        """Cut a window of time where an era begins or a condition on time changes."""
        kinds = {step.kind for block in plan.touching(start, end) for step in block.flow.steps}
        changes = {*plan.boundaries.groups, *plan.boundaries.rest}
        for kind in kinds:
            changes |= self._moments_of(kind)
        edges = [start, *sorted(at for at in changes if start < at < end), end]
        for first, last in pairwise(edges):
            since = max((at for at in changes if at <= first), default=_NEVER)
            groups = plan.boundaries.era_at(first, is_group=True)
            rest = plan.boundaries.era_at(first, is_group=False)
            yield first, last, Interval(since, (groups, rest))

    def _moments_of(self, kind: str) -> frozenset[int]:
        """Return when a condition of a kind's shapes that asks for the time changes."""
        made = self._moments.get(kind)
        if made is None:
            whens = [
                when for era in ERAS if kind in era.shapes for when in conditions(era.shape(kind))
            ]
            made = frozenset[int]().union(*(when.bounds(TIME) for when in whens))
            self._moments[kind] = made
        return made

    def questions(self, flow: Flow, interval: Interval) -> Questions:
        """Return what tells a flow's classes apart in an interval."""
        made = self._questions.get((flow.name, interval.eras))
        if made is None:
            kinds = dict.fromkeys(KIND_INDEX[step.kind] for step in flow.steps)
            asked = [self._asked_of(kind, interval) for kind in kinds]
            whens = dict.fromkeys(step.when for step in flow.steps)
            whens |= dict.fromkeys(when for one in asked for when in one.conditions)
            words = {name for one in asked for name in one.words}
            # A pin is there or not; which text it is makes no difference.
            bounds = {name: {0} for one in asked for name in one.pins}
            for when in whens:
                for name in when.columns() - {TIME}:
                    bounds.setdefault(name, set()).update(when.bounds(name))
            made = Questions(
                tuple(sorted(words | bounds.keys())),
                {
                    name: np.array(sorted(values), np.int64)
                    for name, values in bounds.items()
                    if name not in words
                },
            )
            self._questions[flow.name, interval.eras] = made
        return made

    def known_class(self, flow: Flow, interval: Interval, key: object) -> Class | None:
        """Return a class that has been asked for before, by what tells it from others."""
        return self._classes.get((flow.name, interval, key))

    def class_of(
        self, flow: Flow, interval: Interval, row: Mapping[str, int], key: object
    ) -> Class:
        """Return the class of an episode, whose steps that happen become entries.

        Args:
            row: The episode, with every column that is asked about.
            key: What tells its class from others.
        """
        first, request = len(self.entries), 0
        for place, step in enumerate(flow.steps):
            if not step.when.one(row):
                continue
            if step.gap is not None or len(self.entries) == first:
                request = place
            kind = KIND_INDEX[step.kind]
            template = self._number(kind, interval, {**row, **step.sets})
            self.entries.append(Entry(step, place, request, template, FLOW_INDEX[flow.name]))
        made = first, len(self.entries) - first
        self._classes[flow.name, interval, key] = made
        return made

    def _asked_of(self, kind: int, interval: Interval) -> _Asked:
        era = interval.era_of(kind)
        made = self._asked.get((kind, era))
        if made is None:
            shape = ERAS[era].shape(KINDS[kind].name)
            codecs = [FIELDS[name].codec for name in slots(shape)]
            made = self._asked[kind, era] = _Asked(
                shape,
                tuple(dict.fromkeys(when for when in conditions(shape) if when.columns())),
                tuple(sorted({codec.word for codec in codecs} - {""})),
                tuple(sorted({codec.pin for codec in codecs} - {""})),
            )
        return made

    def _number(self, kind: int, interval: Interval, row: Mapping[str, int]) -> int:
        asked, era = self._asked_of(kind, interval), interval.era_of(kind)
        full = {**row, TIME: interval.since}
        answers = {when: when.one(full) for when in asked.conditions}
        known = {name: row[name] for name in asked.words if name in row}
        is_odd = any(row[name] != -1 for name in asked.pins)
        key = (kind, era, tuple(answers.values()), tuple(known.items()), is_odd)
        number = self._numbers.get(key)
        if number is None:
            template = compiled(asked.shape, answers, self.tables, known)
            has_pin = any(FIELDS[name].codec.pin for name in template.fields)
            is_joined = self.is_joined or (is_odd and has_pin)
            number = self._numbers[key] = len(self.templates)
            self.templates.append(template)
            self.layouts.append(None if is_joined else laid_out(template, self.tables))
            self.kinds.append(kind)
            self.eras.append(era)
        return number

    def column(self, name: str) -> NDArray[np.int64]:
        """Return what entries say, as a column: `place`, `request`, `template` or `flow`."""
        return self._of_entries(name, lambda entry: getattr(entry, name))

    def fixed(self, name: str) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Return which entries' steps fix a column of the row, and to what."""
        is_fixed = self._of_entries(f"is {name}", lambda entry: name in entry.step.sets)
        value = self._of_entries(f"sets {name}", lambda entry: entry.step.sets.get(name, 0))
        return is_fixed.astype(np.bool_), value

    def gaps(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return which of the stacked distributions each entry's gap is drawn from, and all."""
        number = self._of_entries("gap", self._gap)
        if self._stacked is None or len(self._stacked) != len(self._gaps):
            self._stacked = stacked(self._gaps)
        return number, self._stacked

    def _gap(self, entry: Entry) -> int:
        gap = entry.step.gap or NONE
        if gap not in self._gaps:
            self._gaps.append(gap)
        return self._gaps.index(gap)

    def _of_entries(self, name: str, what: Callable[[Entry], int]) -> NDArray[np.int64]:
        made = self._columns.get(name)
        if made is None or len(made) != len(self.entries):
            # What is there already stays as it is.
            known = [] if made is None else made.tolist()
            known += [what(entry) for entry in self.entries[len(known) :]]
            made = self._columns[name] = np.array(known, np.int64)
        return made

    def sheet(self) -> Sheet:
        """Return all templates as columns."""
        if self._sheet is None or self._sheet.count != len(self.templates):
            self._sheet = Sheet.of(self)
        return self._sheet


@dataclass(slots=True)
class Place:
    """A place in records, with the templates that have something there."""

    is_there: NDArray[np.bool_]
    """By template."""
    level: NDArray[np.intp]
    """By template: in which spine it is."""
    offset: NDArray[np.int64]
    """By template: where in the spine."""
    row: NDArray[np.intp]
    """By template: which row is copied; a spine's."""
    source: NDArray[np.void] | None = None
    """Rows of a spine's texts."""


@dataclass(slots=True)
class Sheet:
    """Templates as columns: what is asked of all events of a window at once."""

    count: int
    kind: NDArray[np.int64]
    era: NDArray[np.int64]
    is_joined: NDArray[np.bool_]
    spine_lengths: NDArray[np.int64]
    """By level and template: bytes of the spine."""
    spines: dict[tuple[int, int, int], Place]
    """By level, number of the window in its spine, and width."""
    spans: list[dict[Span, NDArray[np.bool_]]]
    """By level: the spans that some templates have there."""
    holes: dict[tuple[Stretch, int], Place]
    """By stretch, and how often it stood in a record before."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> Sheet:
        """Turn templates into columns."""
        layouts, count = catalogue.layouts, len(catalogue.layouts)
        levels = max((len(one.spines) for one in layouts if one is not None), default=1)
        lengths = np.zeros((levels, count), np.int64)
        rows: dict[int, list[bytes]] = {}
        sheet = cls(
            count,
            np.array(catalogue.kinds, np.int64),
            np.array(catalogue.eras, np.int64),
            np.array([one is None for one in layouts], np.bool_),
            lengths,
            {},
            [{} for _ in range(levels)],
            {},
        )
        for number, layout in enumerate(layouts):
            if layout is not None:
                sheet._note(number, layout, rows)
        for (_, _, width), place in sheet.spines.items():
            texts = np.array(rows[width], f"S{width}")
            place.source = texts.view(f"V{width}")
        return sheet

    def _note(self, number: int, layout: Layout, rows: dict[int, list[bytes]]) -> None:
        for level, (spine, room) in enumerate(zip(layout.spines, layout.rooms, strict=True)):
            self.spine_lengths[level, number] = len(spine)
            for nth, (first, width) in enumerate(windows(len(spine), room)):
                place = self.spines.setdefault((level, nth, width), self._place())
                texts = rows.setdefault(width, [])
                self._fill(place, number, level, first, len(texts))
                texts.append(spine[first : first + width])
        for level, span in enumerate(layout.spans):
            none = np.zeros(self.count, np.bool_)
            self.spans[level].setdefault(span, none)[number] = True
        seen: dict[Stretch, int] = {}
        for hole in layout.holes:
            nth = seen[hole.stretch] = seen.get(hole.stretch, -1) + 1
            place = self.holes.setdefault((hole.stretch, nth), self._place())
            self._fill(place, number, hole.spine, hole.offset, 0)

    def _place(self) -> Place:
        return Place(
            np.zeros(self.count, np.bool_),
            np.zeros(self.count, np.intp),
            np.zeros(self.count, np.int64),
            np.zeros(self.count, np.intp),
        )

    @staticmethod
    def _fill(place: Place, number: int, level: int, offset: int, row: int) -> None:
        place.is_there[number] = True
        place.level[number] = level
        place.offset[number] = offset
        place.row[number] = row
