"""The language of records: a declared tree of constants and slots.

A shape says which members a record has, in which order, and where each value comes
from. Nothing here knows a member's name; what the trees are made of stands in
`simulator.records.eras`. JSON text, byte templates and table schemas are all derived
from the same tree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from simulator.primitives.conditions import ALWAYS, Condition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Const:
    """A value that never changes."""

    value: str | int | bool | None


@dataclass(frozen=True, slots=True)
class Slot:
    """A value taken from a field of `simulator.records.fields`."""

    field: str


@dataclass(frozen=True, slots=True)
class Text:
    """One string made of fixed text and slots."""

    parts: tuple[str | Slot, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A named member of an object, there only when its condition holds."""

    name: str
    node: Node
    when: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class Object:
    """Members in the order AWS writes them."""

    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Array:
    """Items in order."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """The first node whose condition holds; the last one's always does."""

    cases: tuple[tuple[Condition, Node], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece that several shapes share, by name; an era may change it for all."""

    name: str


Node: TypeAlias = Const | Slot | Text | Object | Array | OneOf | Part

NULL = Const(None)


def obj(*members: Member | tuple[str, Node]) -> Object:
    """Return an object of members, given as `Member` or as name and node."""
    return Object(
        tuple(member if isinstance(member, Member) else Member(*member) for member in members)
    )


def text(*parts: str | Slot) -> Text:
    """Return a string made of fixed text and slots."""
    return Text(parts)


def choose(*cases: tuple[Condition, Node], otherwise: Node) -> OneOf:
    """Return the first node whose condition holds, or `otherwise`."""
    return OneOf((*cases, (ALWAYS, otherwise)))


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to the members of one object, found by path from the root."""

    path: tuple[str, ...]
    apply: Callable[[tuple[Member, ...]], tuple[Member, ...]]


def _split(path: str) -> tuple[tuple[str, ...], str]:
    *above, name = path.split(".")
    return tuple(above), name


def _place(members: tuple[Member, ...], name: str) -> int:
    for place, member in enumerate(members):
        if member.name == name:
            return place
    message = f"no member {name!r} to change"
    raise KeyError(message)


def drop(path: str) -> Edit:
    """Leave a member out from now on."""
    above, name = _split(path)

    def apply(members: tuple[Member, ...]) -> tuple[Member, ...]:
        place = _place(members, name)
        return (*members[:place], *members[place + 1 :])

    return Edit(above, apply)


def put(path: str, node: Node, *, when: Condition = ALWAYS, after: str | None = None) -> Edit:
    """Add a member, behind `after` or at the end."""
    above, name = _split(path)

    def apply(members: tuple[Member, ...]) -> tuple[Member, ...]:
        if any(member.name == name for member in members):
            message = f"member {name!r} is there already"
            raise KeyError(message)
        place = len(members) if after is None else _place(members, after) + 1
        return (*members[:place], Member(name, node, when), *members[place:])

    return Edit(above, apply)


def change(path: str, node: Node, *, when: Condition = ALWAYS) -> Edit:
    """Give a member another node and condition, in the same place."""
    above, name = _split(path)

    def apply(members: tuple[Member, ...]) -> tuple[Member, ...]:
        place = _place(members, name)
        return (*members[:place], Member(name, node, when), *members[place + 1 :])

    return Edit(above, apply)


def edited(node: Node, edit: Edit) -> Node:
    """Return a shape with one edit made."""
    if not isinstance(node, Object):
        message = f"an edit leads through {type(node).__name__}, which has no members"
        raise TypeError(message)
    if not edit.path:
        return Object(edit.apply(node.members))
    head, rest = edit.path[0], edit.path[1:]
    place = _place(node.members, head)
    member = node.members[place]
    inner = edited(member.node, Edit(rest, edit.apply))
    return Object((*node.members[:place], replace(member, node=inner), *node.members[place + 1 :]))


def assembled(node: Node, parts: Mapping[str, Node]) -> Node:
    """Return a shape with every `Part` put in its place."""
    match node:
        case Part(name):
            return assembled(parts[name], parts)
        case Object(members):
            # Not by `replace`, which takes longer than all else that is done here.
            return Object(
                tuple(Member(one.name, assembled(one.node, parts), one.when) for one in members)
            )
        case Array(items):
            return Array(tuple(assembled(item, parts) for item in items))
        case OneOf(cases):
            return OneOf(tuple((when, assembled(inner, parts)) for when, inner in cases))
        case _:
            return node


def nodes(node: Node) -> Iterator[Node]:
    """Yield a node and all below it."""
    yield node
    match node:
        case Object(members):
            for member in members:
                yield from nodes(member.node)
        case Array(items):
            for item in items:
                yield from nodes(item)
        case OneOf(cases):
            for _, inner in cases:
                yield from nodes(inner)
        case _:
            pass


def conditions(node: Node) -> Iterator[Condition]:
    """Yield every condition in a shape, in the order it is met."""
    match node:
        case Object(members):
            for member in members:
                if member.when is not ALWAYS:
                    yield member.when
                yield from conditions(member.node)
        case Array(items):
            for item in items:
                yield from conditions(item)
        case OneOf(cases):
            for when, inner in cases:
                if when is not ALWAYS:
                    yield when
                yield from conditions(inner)
        case _:
            pass


def slots(node: Node) -> Iterator[str]:
    """Yield the name of every field a shape reads."""
    for inner in nodes(node):
        match inner:
            case Slot(field):
                yield field
            case Text(parts):
                for part in parts:
                    if isinstance(part, Slot):
                        yield part.field
            case _:
                pass
