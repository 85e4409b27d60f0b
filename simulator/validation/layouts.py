"""The layout of a record: names, nesting and types of its members, and how to take it apart."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from simulator.records import codecs
from simulator.records.documents import Document
from simulator.records.fields import FIELDS
from simulator.records.shapes import Array, Const, Node, Object, OneOf, Part, Slot, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Path: TypeAlias = "tuple[str | int, ...]"
Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"

_OPEN, _CLOSE, _LIST, _END, _ITEM, _DEEP = range(6)
_DEEPEST: Final = 24


def flatten(
    members: dict[str, Value], names: list[object], values: list[object], depth: int
) -> None:
    """Append the names, nesting and types of members, and the values of their leaves."""
    for name, item in members.items():
        names.append(name)
        if type(item) is str:
            values.append(item)
        else:
            _other(item, names, values, depth)


def _other(item: Value, names: list[object], values: list[object], depth: int) -> None:
    if isinstance(item, dict | list) and depth >= _DEEPEST:
        names.append(_DEEP)
        values.append(None)
    elif isinstance(item, dict):
        names.append(_OPEN)
        flatten(item, names, values, depth + 1)
        names.append(_CLOSE)
    elif isinstance(item, list):
        names.append(_LIST)
        for inner in item:
            names.append(_ITEM)
            if type(inner) is str:
                values.append(inner)
            else:
                _other(inner, names, values, depth + 1)
        names.append(_END)
    else:
        names.append(type(item))
        values.append(item)


@dataclass(frozen=True, slots=True)
class Container:
    """One object or list of a layout, and how to take its leaves out of a record."""

    parent: int
    """Place of the container it is in; the record itself is first."""
    name: str | int
    """Its name, or place, in there."""
    names: tuple[str, ...] | None
    """Names of all members in order; `None` for a list."""
    length: int
    leaves: tuple[str | int, ...]
    take: Callable[[Any], tuple[Any, ...]]
    """Returns the values of the leaves."""
    types: tuple[type, ...]


def taker(leaves: Sequence[str | int]) -> Callable[[Any], tuple[Any, ...]]:  # Any: JSON
    """Return a function that takes what has these names or places."""
    if not leaves:
        return lambda _: ()
    taken: Callable[[Any], Any] = itemgetter(*leaves)
    return taken if len(leaves) > 1 else lambda held: (taken(held),)


def containers(record: dict[str, Value]) -> tuple[tuple[Container, ...], tuple[Path, ...]]:
    """Return a record's objects and lists, outer ones first, and the paths of its leaves."""
    found: list[Container] = []
    paths: list[Path] = []
    waiting: list[tuple[int, str | int, Path, Value]] = [(0, "", (), record)]
    while waiting:
        parent, name, path, held = waiting.pop(0)
        inside: list[tuple[str | int, Value]] = (
            list(held.items()) if isinstance(held, dict) else list(enumerate(held))  # type: ignore[arg-type]  # else it is a list
        )
        leaves: list[tuple[str | int, Value]] = []
        for one, inner in inside:
            if isinstance(inner, dict | list) and len(path) < _DEEPEST:
                waiting.append((len(found), one, (*path, one), inner))
            else:
                leaves.append((one, inner))
        names = tuple(one for one, _ in leaves)
        found.append(
            Container(
                parent,
                name,
                tuple(held) if isinstance(held, dict) else None,
                len(inside),
                names,
                taker(names),
                tuple(type(inner) for _, inner in leaves),
            )
        )
        paths += [(*path, one) for one in names]
    return tuple(found), tuple(paths)


def at_path(record: Value, path: Path) -> Value:
    """Return what stands at a path; the path must exist."""
    for name in path:
        record = record[name]  # type: ignore[index]  # the path was made from the record
    return record


def is_number(slot: Slot) -> bool:
    """Return whether a slot's value is a number."""
    return isinstance(FIELDS[slot.field].codec, codecs.Number)


def is_document(node: Node) -> bool:
    """Return whether a node is a whole JSON value."""
    return isinstance(node, Slot) and isinstance(FIELDS[node.field].codec, Document)


def keys_of(value: Value) -> int:
    """Return the number of named members in a value, at any depth."""
    if isinstance(value, dict):
        return len(value) + sum(map(keys_of, value.values()))
    return sum(map(keys_of, value)) if isinstance(value, list) else 0


def form_names(node: Node, names: list[object]) -> None:  # noqa: C901  # one case a node
    """Append what `flatten` gives for records of a form."""
    match node:
        case Object(members):
            names.append(_OPEN)
            for member in members:
                names.append(member.name)
                form_names(member.node, names)
            names.append(_CLOSE)
        case Array(items):
            names.append(_LIST)
            for item in items:
                names.append(_ITEM)
                form_names(item, names)
            names.append(_END)
        case Const(value):
            if not isinstance(value, str):
                names.append(type(value))
        case Slot():
            if is_number(node):
                names.append(int)
        case Text():
            pass
        case OneOf() | Part():
            message = "the shape was not resolved"
            raise TypeError(message)
