"""The columns of a dataset's tables of records, derived from the shapes.

A record's shape differs from kind to kind and era to era; a table has one. So all shapes are
laid over each other: a member that any of them has is a column. Payloads of calls, of which
there are hundreds, become JSON text. Nothing here knows pyarrow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from simulator.records import codecs
from simulator.records.documents import Document
from simulator.records.eras import ERAS
from simulator.records.fields import FIELDS
from simulator.records.kinds import KINDS
from simulator.records.shapes import Array, Const, Node, Object, OneOf, Part, Slot, Text

if TYPE_CHECKING:
    from collections.abc import Iterator


class Type(StrEnum):
    """What a cell holds."""

    text = "text"
    flag = "flag"
    number = "number"
    instant = "instant"
    """Milliseconds since 1970 UTC."""
    json = "json"
    """A JSON value, as text."""
    texts = "texts"
    """A list of texts."""


@dataclass(frozen=True, slots=True)
class Column:
    """A named place in a table."""

    name: str
    """As the record spells it, or with underscores for dots where a table is flat."""

    type: Type | tuple[Column, ...]
    """What it holds, or the members of the object that it is."""

    is_list: bool = False
    """Whether it holds a list of that."""


@dataclass(slots=True)
class _Seen:
    """What shapes have in one place."""

    types: set[Type] = field(default_factory=set)
    members: dict[str, _Seen] = field(default_factory=dict)
    items: _Seen | None = None
    is_object: bool = False
    is_anything: bool = False
    """Whether a call may fill it as it likes."""
    is_drawn: bool = False
    """Whether any shape has a value there that differs from record to record."""


_OF_CODEC: Final[dict[type, Type]] = {
    codecs.IsoInstant: Type.instant,
    codecs.Number: Type.number,
}
_OF_CONSTANT: Final[dict[type, Type]] = {bool: Type.flag, int: Type.number, str: Type.text}


def _look(node: Node, seen: _Seen) -> None:  # noqa: C901  # a case for each sort of node
    """Lay a shape over what is seen already."""
    match node:
        case Object(members):
            _look_inside([(member.name, member.node) for member in members], seen)
        case Array(items):
            seen.items = seen.items or _Seen()
            for item in items:
                _look(item, seen.items)
        case OneOf(cases):
            for _, inner in cases:
                _look(inner, seen)
        case Slot(name):
            codec = FIELDS[name].codec
            seen.is_drawn = True
            if isinstance(codec, Document):
                seen.is_anything = True
            else:
                seen.types.add(_OF_CODEC.get(type(codec), Type.text))
        case Text():
            seen.is_drawn = True
            seen.types.add(Type.text)
        case Const(value):
            if value is not None:
                seen.types.add(_OF_CONSTANT[type(value)])
        case Part():
            message = "a shape's parts are put in their places"
            raise TypeError(message)


def _look_inside(members: list[tuple[str, Node]], seen: _Seen) -> None:
    """Lay an object over others: a member new to them comes behind the one before it."""
    seen.is_object = True
    before = None
    for name, node in members:
        if name not in seen.members:
            names = list(seen.members)
            names.insert(0 if before is None else names.index(before) + 1, name)
            seen.members = {one: seen.members.get(one) or _Seen() for one in names}
        _look(node, seen.members[name])
        before = name


@cache
def _laid() -> _Seen:
    """Return all shapes of all eras, laid over each other."""
    seen = _Seen()
    for kind in KINDS:
        for era in ERAS:
            if kind.name in era.shapes:
                _look(era.shape(kind.name), seen)
    return seen


def _column(name: str, seen: _Seen) -> Column:
    forms = (bool(seen.types), seen.is_object, seen.items is not None)
    if seen.is_anything or sum(forms) != 1:
        return Column(name, Type.json)
    if seen.items is not None:
        one = _column(name, seen.items)
        return Column(name, Type.json) if one.is_list else Column(name, one.type, is_list=True)
    if seen.is_object:
        # Parquet has no object without members.
        inner = tuple(_column(*member) for member in seen.members.items())
        return Column(name, inner or Type.json)
    (only, *others) = seen.types
    return Column(name, Type.json if others else only)


@cache
def nested() -> tuple[Column, ...]:
    """Return the columns of `records`: the members of a record, objects as objects."""
    return tuple(_column(*member) for member in _laid().members.items())


@dataclass(frozen=True, slots=True)
class Flat:
    """A column of `flat`, and whence it comes."""

    column: Column
    """Dots of the path, and what else a name may not hold everywhere, as underscores."""

    path: tuple[str, ...]
    """Names of members, from the record on."""


@cache
def flat() -> tuple[Flat, ...]:
    """Return the columns of `flat` that stand in `records` too: all values outside lists."""
    return tuple(_flattened(nested(), ()))


@cache
def picked() -> tuple[Flat, ...]:
    """Return the columns of `flat` that are taken out of payloads.

    Those that a shape spells out and that differ from record to record; what calls have by
    table alone is in the payload's text.
    """
    found: list[Flat] = []
    for name, seen in _laid().members.items():
        if seen.is_anything:
            found += _picked(seen, (name,))
    return tuple(found)


def _flattened(columns: tuple[Column, ...], above: tuple[str, ...]) -> Iterator[Flat]:
    for column in columns:
        path = (*above, column.name)
        if column.is_list:
            continue
        if isinstance(column.type, tuple):
            yield from _flattened(column.type, path)
        else:
            yield Flat(Column(flat_name(path), column.type), path)


def _picked(seen: _Seen, path: tuple[str, ...]) -> Iterator[Flat]:
    for name, inner in seen.members.items():
        below = (*path, name)
        if inner.is_object:
            yield from _picked(inner, below)
        elif inner.is_drawn and inner.items is None and len(inner.types) == 1:
            (only,) = inner.types
            yield Flat(Column(flat_name(below), only), below)


def flat_name(path: tuple[str, ...]) -> str:
    """Return a path as the name of one column."""
    return "_".join(path).replace(":", "_")


LABELS: Final = (
    Column("eventID", Type.text),
    Column("eventTime", Type.instant),
    Column("kind", Type.text),
    Column("era", Type.text),
    Column("label", Type.text),
    Column("techniques", Type.texts),
    Column("play", Type.text),
    Column("play_id", Type.text),
    Column("step", Type.text),
    Column("actor", Type.text),
    Column("user_id", Type.text),
    Column("user_name", Type.text),
    Column("administrator", Type.text),
    Column("episode", Type.text),
    Column("flow", Type.text),
    Column("entry", Type.text),
    Column("action", Type.text),
    Column("outcome", Type.text),
    Column("override", Type.flag),
    Column("split_time", Type.text),
    Column("split_user", Type.text),
    Column("split_play", Type.text),
)
"""Of `labels`: the truth of each record, and where it stands in each split."""

SESSIONS: Final = (
    Column("episode", Type.text),
    Column("flow", Type.text),
    Column("actor", Type.text),
    Column("user_id", Type.text),
    Column("user_name", Type.text),
    Column("administrator", Type.text),
    Column("start", Type.instant),
    Column("end", Type.instant),
    Column("records", Type.number),
    Column("label", Type.text),
    Column("techniques", Type.texts),
    Column("play", Type.text),
    Column("play_id", Type.text),
    Column("entry", Type.text),
    Column("action", Type.text),
    Column("outcome", Type.text),
    Column("era", Type.text),
    Column("split_time", Type.text),
    Column("split_user", Type.text),
    Column("split_play", Type.text),
)
"""Of `sessions`: an episode each."""

USERS: Final = (
    Column("user_id", Type.text),
    Column("user_name", Type.text),
    Column("first_seen", Type.instant),
    Column("last_seen", Type.instant),
    Column("records", Type.number),
    Column("episodes", Type.number),
    Column("benign", Type.number),
    Column("suspicious", Type.number),
    Column("malicious", Type.number),
    Column("split_user", Type.text),
)
"""Of `users`: those that any record is of."""

RESOLVER: Final = (
    Column("user_id", Type.text),
    Column("user_name", Type.text),
    Column("handle", Type.text),
    Column("value", Type.text),
    Column("first_seen", Type.instant),
    Column("last_seen", Type.instant),
    Column("records", Type.number),
)
"""Of `resolver`: what records show in place of users, and whose it is."""

FLAT_LEAD: Final = (Column("kind", Type.text), Column("era", Type.text))
"""What `flat` begins with, before the members of the record."""

RECORD: Final = Column("record", Type.text)
"""The whole record as it was written, in `records` where that is asked for."""


def flat_columns() -> tuple[Column, ...]:
    """Return all columns of `flat`, in order."""
    found = (*flat(), *picked())
    return (*FLAT_LEAD, *(one.column for one in found))
