"""A scenario's document made small: whatever can go without a change to what it gives.

Hierarchical, after Misherghi and Su, "HDD: Hierarchical Delta Debugging" (2006): what stands at
the top is tried first, in pieces of half of it, then what is left one level below. So a storyline
loses whole entries before anything under their `then` is looked at. Numbers that say how many
are made smaller last, and all of it is done again until nothing changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from simulator.cases.reduction.deltas import least, lowest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

Node: TypeAlias = tuple[str | int, ...]
"""A place in a document: keys and positions from the top."""

Document: TypeAlias = dict[str, Any]
"""Mappings, lists, text and numbers."""

Same: TypeAlias = "Callable[[Document], bool]"
"""Tells whether a document does as well as the one there was."""

COUNTS: Final = frozenset({"count", "days", "events", "times"})
"""Keys of which a smaller number is a smaller scenario."""

DEEPEST: Final = {"only": 1, "records": 2}
"""How deep what stands at the top is looked into, where that is not to the ground: these say
which records there are and what is in them."""


def nodes(document: Any, depth: int) -> list[Node]:  # noqa: ANN401  # mappings, lists and text
    """Return every place that lies so deep, in the order of the document."""
    if depth == 0:
        return [()]
    return [(step, *below) for step, inner in _inner(document) for below in nodes(inner, depth - 1)]


def _inner(part: Any) -> Iterator[tuple[str | int, Any]]:  # noqa: ANN401
    if isinstance(part, dict):
        yield from part.items()
    elif isinstance(part, list):
        yield from enumerate(part)


def without(document: Any, gone: Collection[Node]) -> Any:  # noqa: ANN401
    """Return a document without some places, and what lies below them."""
    here = {node[0] for node in gone if len(node) == 1}
    below: dict[str | int, list[Node]] = {}
    for node in gone:
        if len(node) > 1:
            below.setdefault(node[0], []).append(node[1:])
    kept = [
        (step, without(inner, below[step]) if step in below else inner)
        for step, inner in _inner(document)
        if step not in here
    ]
    return dict(kept) if isinstance(document, dict) else [inner for _, inner in kept]


def at(document: Any, node: Node) -> Any:  # noqa: ANN401
    """Return what lies at a place."""
    for step in node:
        document = document[step]
    return document


def having(document: Any, node: Node, value: object) -> Any:  # noqa: ANN401
    """Return a document with another value at a place."""
    if not node:
        return value
    first, *rest = node
    made = {
        step: having(inner, tuple(rest), value) if step == first else inner
        for step, inner in _inner(document)
    }
    return made if isinstance(document, dict) else list(made.values())


def shrunk(document: Document, is_same: Same) -> Document:
    """Return a document from which nothing can be left out.

    Args:
        document: As it is.
        is_same: Tells whether another one does as well.
    """
    while True:
        made = _lowered(_pruned(document, is_same), is_same)
        if made == document:
            return made
        document = made


def _pruned(document: Document, is_same: Same) -> Document:
    """Return a document without what can be left out, level after level."""
    depth = 1
    while level := [one for one in nodes(document, depth) if _is_looked_into(one)]:
        document = _level_pruned(document, level, is_same)
        depth += 1
    return document


def _is_looked_into(node: Node) -> bool:
    return len(node) <= DEEPEST.get(str(node[0]), len(node))


def _level_pruned(document: Document, level: list[Node], is_same: Same) -> Document:
    def rest(kept: Sequence[Node]) -> Document:
        made: Document = without(document, set(level) - set(kept))
        return made

    return rest(least(level, lambda kept: is_same(rest(kept))))


def _lowered(document: Document, is_same: Same) -> Document:
    """Return a document with smaller numbers."""
    for node in _counts(document):
        document = _lowered_at(document, node, is_same)
    return document


def _lowered_at(document: Document, node: Node, is_same: Same) -> Document:
    def holds(number: int) -> bool:
        return is_same(having(document, node, number))

    made: Document = having(document, node, lowest(0, at(document, node), holds))
    return made


def _counts(part: Any, where: Node = ()) -> Iterator[Node]:  # noqa: ANN401
    for step, inner in _inner(part):
        if step in COUNTS and isinstance(inner, int):
            yield (*where, step)
        yield from _counts(inner, (*where, step))
