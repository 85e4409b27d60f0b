"""In which ways the records of a kind can be, and which of them a record has.

A way is one row's worth of a kind: its resolved shape in every era, and after each change
between two eras. A record does not show its row, so it is held against all of them in every
era; those it differs least from are the ones it may be. Only members that the eras treat
differently are looked at, and those that tell why.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from simulator.conversion.edits import Edit, edits, unlike
from simulator.primitives.instants import format_instant
from simulator.records import codecs
from simulator.records.api.structures import HIDDEN
from simulator.records.eras import ERAS
from simulator.records.eras.ladder import rungs
from simulator.records.fields import DEFAULTS, FIELDS
from simulator.records.kinds import KINDS
from simulator.records.shapes import Const, Member, Node, Object, conditions, nodes, slots
from simulator.validation.envelope import is_instant
from simulator.validation.variants import fixings, resolved, rows_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from simulator.records.kinds import Kind

_MOST: Final = 5_000
"""Appearances of records that are remembered of a kind; then they are forgotten."""
_DEEPEST: Final = 16
_UNBOUNDED: Final = 1 << 59
_SWITCH: Final = "switch_"

STAGES: Final[tuple[tuple[int, str], ...]] = tuple(
    (above, change.quote) for above, era in enumerate(ERAS) for change in era.changes
)
"""Every change, in order: the era it leads to, and the announcement's row."""

STAGE_OF_ERA: Final = tuple(
    sum(above <= place for above, _ in STAGES) for place in range(len(ERAS))
)
"""How many changes lie before each era."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which the records of a kind can be."""

    stages: tuple[Object, ...]
    """The resolved shape before the first change, and after each."""

    words: Mapping[str, frozenset[str]]
    """Field of a few words to those that go with it."""

    rows: tuple[Mapping[str, int], ...]
    """Rows that look so."""

    span: int
    """Which span of time it belongs to: the number of `Ways.starts` at or before it."""

    _edits: dict[tuple[int, bool], tuple[Edit, ...]] = field(default_factory=dict, compare=False)

    def edits(self, stage: int, *, is_forward: bool = True) -> tuple[Edit, ...]:
        """Return what one change does to such a record, or what undoes it."""
        found = self._edits.get((stage, is_forward))
        if found is None:
            pair = self.stages[stage : stage + 2]
            before, after = pair if is_forward else reversed(pair)
            found = self._edits[stage, is_forward] = tuple(edits(before, after))
        return found

    @property
    def is_usual(self) -> bool:
        """Whether every switch is as it is unless somebody says otherwise."""
        return any(
            all(row[column] == DEFAULTS[column] for column in row if column.startswith(_SWITCH))
            for row in self.rows
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a record."""

    era: int
    """Position in `ERAS`."""
    way: Way

    @property
    def tree(self) -> Object:
        """The resolved shape that the record is read as."""
        return self.way.stages[STAGE_OF_ERA[self.era]]


@dataclass(slots=True, eq=False)
class Found:
    """What all records of one appearance may be."""

    candidates: tuple[Candidate, ...]
    """The readings that they differ least from."""

    memory: dict[object, Any] = field(default_factory=dict)
    """What others worked out for the appearance, and would not like to work out again."""


def appearance(value: Any, counted: Container[tuple[type, object]], depth: int = 0) -> object:  # noqa: ANN401  # JSON
    """Return names, nesting and types of a value, and of its texts and numbers those that count.

    Args:
        value: A record or a part of it.
        counted: Types and values that shapes fix; of others only the type is in the appearance.
        depth: How deep it lies: no shape is as deep as hostile records are.
    """
    if depth == _DEEPEST:
        return type(value)
    if isinstance(value, dict):
        return tuple((name, appearance(inner, counted, depth + 1)) for name, inner in value.items())
    if isinstance(value, list):
        return ("", *(appearance(inner, counted, depth + 1) for inner in value))
    return value if (type(value), value) in counted else type(value)


@dataclass(slots=True)
class Ways:
    """All ways of a kind."""

    kind: Kind
    names: frozenset[str]
    """Members at the top of a record that are looked at; none where all eras are alike."""
    ways: tuple[Way, ...] = ()
    starts: tuple[str, ...] = ()
    """Instants at which ways change within an era."""
    _counted: frozenset[tuple[type, object]] = frozenset()
    _known: dict[object, Found] = field(default_factory=dict)

    def _span(self, record: dict[str, Any]) -> int:
        time = record.get("eventTime")
        return bisect_right(self.starts, str(time)) if is_instant(time) else len(self.starts)

    def _appearance(self, record: dict[str, Any]) -> object:
        """Return what of a record decides which candidates it has."""
        return self._span(record), tuple(
            (name, appearance(value, self._counted))
            for name, value in record.items()
            if name in self.names
        )

    def find(self, record: dict[str, Any]) -> Found:
        """Return what a record may be: the readings it differs least from.

        Where some of them need a switch that is not as usual and others do not, those that do
        are left out.
        """
        appearance = self._appearance(record)
        found = self._known.get(appearance)
        if found is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            found = self._known[appearance] = Found(self._nearest(record))
        return found

    def _nearest(self, record: dict[str, Any]) -> tuple[Candidate, ...]:
        shown = {name: value for name, value in record.items() if name in self.names}
        span = self._span(record)
        found: dict[int, list[Candidate]] = {}
        for way in self.ways:
            if way.span == span:
                for era in range(len(ERAS)):
                    candidate = Candidate(era, way)
                    found.setdefault(unlike(candidate.tree, shown, way.words), []).append(candidate)
        best = found[min(found)]
        return tuple([one for one in best if one.way.is_usual] or best)


_Alike: TypeAlias = "tuple[tuple[bool, ...], tuple[tuple[str, frozenset[str]], ...], int]"


@lru_cache(maxsize=len(KINDS))
def ways_of(kind: Kind) -> Ways:
    """Return all ways of a kind."""
    shapes = [ERAS[0].shape(kind.name)]
    for below, above in pairwise(ERAS):
        shapes += [era.shape(kind.name) for era in rungs(below, above)]
    names = _looked_at(kind.name, shapes)
    if not names:
        return Ways(kind, names)
    pruned = [_pruned(shape, names) for shape in shapes]
    asked = tuple(dict.fromkeys(one for shape in pruned for one in conditions(shape)))
    edges = {edge for condition in asked for edge in condition.bounds("time")}
    starts = sorted(edge for edge in edges if abs(edge) < _UNBOUNDED)
    made: dict[_Alike, list[Mapping[str, int]]] = {}
    for row, words in rows_of(kind.name, pruned):
        span = bisect_right(starts, row["time"]) if starts else 0
        answers = tuple(condition.one(row) for condition in asked)
        made.setdefault((answers, tuple(sorted(words.items())), span), []).append(row)
    # Rows that answer alike look alike.
    ways = tuple(
        Way(tuple(_whole(shape, rows[0]) for shape in pruned), dict(words), tuple(rows), span)
        for (_, words, span), rows in made.items()
    )
    counted: set[tuple[type, object]] = {(str, HIDDEN)}
    for way in ways:
        counted |= {(str, word) for words in way.words.values() for word in words}
        for stage in way.stages:
            counted |= {
                (type(node.value), node.value) for node in nodes(stage) if isinstance(node, Const)
            }
    return Ways(kind, names, ways, tuple(map(format_instant, starts)), frozenset(counted))


def _whole(shape: Object, row: Mapping[str, int]) -> Object:
    made = resolved(shape, row)
    assert isinstance(made, Object)
    return made


def _members(shape: Node) -> dict[str, Member]:
    assert isinstance(shape, Object)
    return {member.name: member for member in shape.members}


def _asked(member: Member) -> set[str]:
    """Return the columns that a member's conditions ask about, or that its words spell."""
    inside = conditions(Object((member,)))
    spelled = {
        codec.column
        for name in slots(member.node)
        if isinstance(codec := FIELDS[name].codec, codecs.Word)
    }
    return spelled | {column for condition in inside for column in condition.columns()}


# Members that show these may be needed for what is added to others.
_SOURCES: Final = frozenset({"store.id", "instance.account", "group.id", "user.id", "user.name"})


def _looked_at(kind: str, shapes: Sequence[Node]) -> frozenset[str]:
    """Return the members that differ between shapes, and those that tell why or by whom."""
    tables = [_members(shape) for shape in shapes]
    changed = {
        name for one, other in pairwise(tables) for name in one if one[name] != other.get(name)
    }
    if not changed:
        return frozenset()
    columns = {column for table in tables for name in changed for column in _asked(table[name])} - {
        "time"
    }
    # What the steps of a flow fix together, one can be told from the other.
    fixed = [set(one) for one in fixings(kind)]
    columns |= {column for one in fixed if one & columns for column in one}
    telling = {
        name
        for table in tables
        for name, member in table.items()
        if _asked(member) & columns or _SOURCES & set(slots(member.node))
    }
    return frozenset(changed | telling)


def _pruned(shape: Node, names: frozenset[str]) -> Object:
    assert isinstance(shape, Object)
    return Object(tuple(member for member in shape.members if member.name in names))


def columns_apart(groups: Sequence[Sequence[Way]]) -> Iterator[str]:
    """Yield the columns whose values keep groups of ways apart."""
    shared = set.intersection(*(set(way.rows[0]) for group in groups for way in group))
    for column in sorted(shared):
        sets = [{row[column] for way in group for row in way.rows} for group in groups]
        if sum(map(len, sets)) == len(set().union(*sets)):
            yield column
