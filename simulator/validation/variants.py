"""Every concrete form that the records of a kind may have, worked out from its shapes.

A shape has conditions on columns of a row, and a record does not show its row. So each
column is cut into cells at the numbers its conditions ask about, the steps of the flows
say which columns are fixed together, and for every combination the shape is resolved to a
tree without conditions. Trees that come out alike are one variant, which knows the eras
and the spans of time it belongs to.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from simulator.flows import FLOWS
from simulator.primitives.conditions import All, AnyOf, Condition, Within
from simulator.primitives.instants import format_instant
from simulator.records import codecs
from simulator.records.api.operations import OPERATIONS
from simulator.records.eras import ERAS
from simulator.records.fields import COLUMNS, FIELDS
from simulator.records.shapes import (
    Array,
    Const,
    Node,
    Object,
    OneOf,
    Slot,
    Text,
    conditions,
    nodes,
    slots,
)
from simulator.records.shapes import Member as ShapeMember

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulator.records.kinds import Kind

_UNBOUNDED: Final = 1 << 60


@dataclass(frozen=True, slots=True)
class Variant:
    """One concrete form of a kind's records."""

    tree: Object
    """A shape whose conditions all hold and which has no `OneOf` and no `Part`."""

    words: Mapping[str, frozenset[str]]
    """Field of a few words to those that go with this form."""

    when: frozenset[tuple[int, int]]
    """Eras the form belongs to, each with a span of time: positions in `ERAS` and, for the
    span, the number of `Variants.starts` that lie at or before it."""


@dataclass(frozen=True, slots=True)
class Variants:
    """All forms of a kind."""

    kind: Kind
    forms: tuple[Variant, ...]
    starts: tuple[str, ...]
    """Instants at which forms change within an era, as records write them."""


def _atoms(condition: Condition) -> Iterator[Within]:
    match condition:
        case Within():
            yield condition
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _atoms(part)
        case _:
            pass


def _cells(column: str, atoms: Sequence[Within]) -> list[int]:
    """Return one number for every set of answers that the atoms of a column can give."""
    edges = {atom.low for atom in atoms} | {atom.high + 1 for atom in atoms}
    tried = [0, *sorted(edge for edge in edges if -_UNBOUNDED < edge < _UNBOUNDED)]
    if column == "time":
        return [-_UNBOUNDED, *tried[1:]]
    # -1 is the position of nothing; no other number below zero occurs.
    found: dict[tuple[bool, ...], int] = {}
    for number in sorted({-1, *tried}) if _may_be_absent(column) else tried:
        found.setdefault(tuple(atom.one({column: number}) for atom in atoms), number)
    return list(found.values())


def _may_be_absent(column: str) -> bool:
    return "-1" in COLUMNS.get(column, "")


def _words(
    column: str, number: int, atoms: Sequence[Within], words: Sequence[str], *, is_fixed: bool
) -> frozenset[str]:
    """Return the words of a column that answer every atom as a number does."""
    if is_fixed:
        return frozenset({words[number]})
    return frozenset(
        word
        for place, word in enumerate(words)
        if all(atom.one({column: place}) == atom.one({column: number}) for atom in atoms)
    )


def resolved(node: Node, row: Mapping[str, int]) -> Node:
    """Return a shape as it is for one row, without conditions."""
    match node:
        case Object(members):
            return Object(
                tuple(
                    ShapeMember(member.name, resolved(member.node, row))
                    for member in members
                    if member.when.one(row)
                )
            )
        case Array(items):
            return Array(tuple(resolved(item, row) for item in items))
        case OneOf(cases):
            return resolved(next(inner for when, inner in cases if when.one(row)), row)
        case _:
            return node


def fixings(kind: str) -> list[dict[str, int]]:
    """Return the columns that steps of a kind fix, once for each set of them."""
    found = {
        tuple(sorted(step.sets.items()))
        for flow in FLOWS
        for step in flow.steps
        if step.kind == kind
    }
    return [dict(one) for one in sorted(found)] or [{}]


def _is_possible(row: Mapping[str, int]) -> bool:
    # Whoever is neither known nor unknown is nobody.
    if row.get("known", 0) > 1 or row.get("verified", 0) > 1:
        return False
    # Nobody is verified whom the identity store does not know, only what administrators do is
    # delivered to two accounts and only what users do happens in another Region, nothing is
    # answered to a call that fails, and a service that calls on somebody's behalf does so in
    # no browser.
    return not (
        (row.get("known") == 0 and row.get("verified") == 1)
        or (row.get("actor") == 0 and row.get("copy", 0) > 0)
        or (row.get("actor") == 1 and row.get("region", -1) >= 0)
        or (row.get("error", -1) >= 0 and row.get("response_document", -1) >= 0)
        or (row.get("invoked_by", -1) >= 0 and row.get("console") == 1)
    )


@dataclass(frozen=True, slots=True)
class _Question:
    """What the shape of one kind in one era asks about."""

    shape: Node
    asked: tuple[Condition, ...]
    atoms: Mapping[str, tuple[Within, ...]]
    words: Mapping[str, tuple[str, tuple[str, ...]]]
    """Field to its column and words."""


def _question(shape: Node) -> _Question:
    asked = tuple(dict.fromkeys(conditions(shape)))
    atoms: dict[str, tuple[Within, ...]] = {}
    for atom in dict.fromkeys(atom for condition in asked for atom in _atoms(condition)):
        atoms[atom.column] = (*atoms.get(atom.column, ()), atom)
    words = {
        name: (codec.column, codec.words)
        for name in dict.fromkeys(slots(shape))
        if isinstance(codec := FIELDS[name].codec, codecs.Word)
    }
    return _Question(shape, asked, atoms, words)


def rows_of(
    kind: str, shapes: Sequence[Node]
) -> Iterator[tuple[Mapping[str, int], Mapping[str, frozenset[str]]]]:
    """Yield a row for every set of answers that the conditions of shapes can have together.

    Beside the row, each field of a few words with those that go with it. `time` is the start of
    a span in which the answers are the same.

    Args:
        kind: Whose steps say which columns are fixed together.
        shapes: Shapes without parts.
    """
    questions = [_question(shape) for shape in shapes]
    atoms: dict[str, tuple[Within, ...]] = {}
    words: dict[str, tuple[str, tuple[str, ...]]] = {}
    for question in questions:
        words.update(question.words)
        for column, asked in question.atoms.items():
            atoms[column] = tuple(dict.fromkeys((*atoms.get(column, ()), *asked)))
    for fixed in fixings(kind):
        free = sorted(atoms.keys() - fixed.keys())
        for numbers in itertools.product(*(_cells(column, atoms[column]) for column in free)):
            row = {**fixed, **dict(zip(free, numbers, strict=True))}
            if _is_possible(row):
                yield row, dict(_words_of(words, row, atoms, fixed))


def _words_of(
    words: Mapping[str, tuple[str, Sequence[str]]],
    row: Mapping[str, int],
    atoms: Mapping[str, tuple[Within, ...]],
    fixed: Mapping[str, int],
) -> Iterator[tuple[str, frozenset[str]]]:
    for name, (column, spelled) in words.items():
        if column in row:
            asked = atoms.get(column, ())
            yield name, _words(column, row[column], asked, spelled, is_fixed=column in fixed)


def _forms(
    fixings: Sequence[Mapping[str, int]], question: _Question, starts: Sequence[int]
) -> Iterator[tuple[Object, tuple[tuple[str, frozenset[str]], ...], int]]:
    """Yield every form of a kind in one era, with its words and its span of time."""
    seen = set()
    for fixed in fixings:
        free = sorted((question.atoms.keys() | {"time"}) - fixed.keys())
        choices = [
            [-_UNBOUNDED, *starts] if column == "time" else _cells(column, question.atoms[column])
            for column in free
        ]
        for numbers in itertools.product(*choices):
            row = {**fixed, **dict(zip(free, numbers, strict=True))}
            if not _is_possible(row):
                continue
            words = tuple(_words_of(question.words, row, question.atoms, fixed))
            span = sum(row["time"] >= start for start in starts)
            answers = tuple(condition.one(row) for condition in question.asked)
            if (answers, words, span) not in seen:
                seen.add((answers, words, span))
                tree = resolved(question.shape, row)
                assert isinstance(tree, Object)
                yield tree, words, span


_NAME: Final = "eventName"


def _with_name(shape: Node, name: str) -> Object:
    """Return a shape whose event has another name."""
    assert isinstance(shape, Object)
    return Object(
        tuple(
            replace(member, node=Const(name)) if member.name == _NAME else member
            for member in shape.members
        )
    )


_MODELS: Final[dict[tuple[object, ...], Kind]] = {}


@cache
def model_of(kind: Kind) -> Kind:
    """Return the first kind met whose records differ from those of a kind in the name alone.

    There are many calls and few shapes of calls, and working out forms takes its time.
    """
    if kind.name not in OPERATIONS:
        return kind
    shapes = tuple(_with_name(era.shape(kind.name), "") for era in ERAS)
    fixed = tuple(tuple(one.items()) for one in fixings(kind.name))
    return _MODELS.setdefault((shapes, fixed, kind.basis.startswith("Unverified")), kind)


def variants_of(kind: Kind) -> Variants:
    """Return every form that the records of a kind may have, in any era."""
    questions = [_question(era.shape(kind.name)) for era in ERAS]
    edges = {
        edge
        for question in questions
        for atom in question.atoms.get("time", ())
        for edge in (atom.low, atom.high + 1)
    }
    starts = sorted(edge for edge in edges if -_UNBOUNDED < edge < _UNBOUNDED)
    found: dict[tuple[Object, tuple[tuple[str, frozenset[str]], ...]], set[tuple[int, int]]] = {}
    fixed = fixings(kind.name)
    # What no era has changed is worked out once.
    eras_of: dict[Node, list[int]] = {}
    for era, question in enumerate(questions):
        eras_of.setdefault(question.shape, []).append(era)
    for eras in eras_of.values():
        for tree, words, span in _forms(fixed, questions[eras[0]], starts):
            found.setdefault((tree, words), set()).update((era, span) for era in eras)
    return Variants(
        kind,
        tuple(Variant(tree, dict(words), frozenset(when)) for (tree, words), when in found.items()),
        tuple(format_instant(start) for start in starts),
    )


Leaf = Const | Slot | Text


def leaves(node: Node) -> tuple[Leaf, ...]:
    """Return the leaves of a resolved shape, in the order a record shows them."""
    return tuple(inner for inner in nodes(node) if isinstance(inner, Const | Slot | Text))
