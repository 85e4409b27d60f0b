"""What a change of era does to a record: the shape before it and the shape after it, compared.

An era's change is written down once, as edits of shapes. Here a shape is one for a known row,
without conditions, and what an edit made of it is read off member by member, so that the same
can be made of a record: a member put in its place, left out, or given another value. Backward
is the same comparison the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from simulator.records.api.structures import HIDDEN
from simulator.records.shapes import Array, Const, Node, Object, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Step: TypeAlias = "str | Object"
"""A member's name, or what an item of a list looks like."""

What: TypeAlias = Literal["added", "removed", "changed"]
State: TypeAlias = Literal["before", "after", "other"]


@dataclass(frozen=True, slots=True)
class Edit:
    """What becomes of one member."""

    path: tuple[Step, ...]
    """Where its object is."""

    name: str
    """The member."""

    what: What
    before: Node | None
    """What it was; none where it is added."""
    after: Node | None
    """What it is then; none where it is removed."""

    order: tuple[str, ...] = ()
    """Names of the object's members afterwards, where one is added."""


def edits(before: Node, after: Node, path: tuple[Step, ...] = ()) -> Iterator[Edit]:
    """Yield what makes one resolved shape of another, in the order of the older."""
    match before, after:
        case _ if before == after:
            return
        case Array(), Array():
            for old, new in zip(before.items, after.items, strict=True):
                if isinstance(old, Object):
                    yield from edits(old, new, (*path, old))
        case Object(), Object():
            yield from _member_edits(before, after, path)
        case _:
            message = f"{type(before).__name__} became {type(after).__name__}"
            raise TypeError(message)


def _member_edits(before: Object, after: Object, path: tuple[Step, ...]) -> Iterator[Edit]:
    olds = {member.name: member.node for member in before.members}
    news = {member.name: member.node for member in after.members}
    for name, old in olds.items():
        new = news.get(name)
        if new is None:
            yield Edit(path, name, "removed", old, None)
        elif isinstance(old, Object | Array) and type(old) is type(new):
            yield from edits(old, new, (*path, name))
        elif old != new:
            yield Edit(path, name, "changed", old, new)
    for name, new in news.items():
        if name not in olds:
            yield Edit(path, name, "added", None, new, tuple(news))


def unlike(node: Node, value: Any, words: Mapping[str, frozenset[str]]) -> int:  # noqa: ANN401, PLR0911  # JSON; a case each
    """Return in how many members a value differs from a resolved shape.

    Args:
        node: The shape.
        value: Its counterpart in a record.
        words: Field to the few words it may be here.
    """
    match node:
        case Object(members):
            if not isinstance(value, dict):
                return 1 + len(members)
            names = {member.name for member in members}
            return sum(
                unlike(member.node, value[member.name], words) if member.name in value else 1
                for member in members
            ) + sum(name not in names for name in value)
        case Array(items):
            if not isinstance(value, list) or not items:
                return int(not isinstance(value, list))
            # Some lists are as long as somebody made them.
            return sum(min(unlike(item, one, words) for item in items) for one in value)
        case Const(expected):
            return int(type(value) is not type(expected) or value != expected)
        case Slot(name) if name in words:
            return int(not isinstance(value, str) or value not in words[name])
        case _:
            # What a slot spells is a text or a number, and never the mask.
            return int(not isinstance(value, str | int) or value == HIDDEN)


def objects(record: dict[str, Any], path: tuple[Step, ...]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield every object of a record that a path leads to, with how a person writes the path."""
    held: list[tuple[Any, str]] = [(record, "")]
    for step in path:
        inside: list[tuple[Any, str]] = []
        for value, shown in held:
            if isinstance(step, str):
                if isinstance(value, dict) and step in value:
                    inside.append((value[step], f"{shown}{step}."))
            elif isinstance(value, list):
                inside += [
                    (item, f"{shown}{place}.")
                    for place, item in enumerate(value)
                    if isinstance(item, dict) and _is_such(step, item)
                ]
        held = inside
    for value, shown in held:
        if isinstance(value, dict):
            yield value, shown


def _is_such(item: Object, value: dict[str, Any]) -> bool:
    """Return whether an item has the fixed values that tell it from its neighbours.

    The mask tells nothing: it is what changes.
    """
    return all(
        value.get(member.name) == member.node.value
        for member in item.members
        if isinstance(member.node, Const) and member.node.value != HIDDEN
    )


_ABSENT: Final[Mapping[What, State | None]] = {
    "added": "before",
    "removed": "after",
    # What was never added cannot change.
    "changed": None,
}
_UNLIKE: Final[Mapping[What, State]] = {"added": "after", "removed": "before", "changed": "other"}


def state(
    edit: Edit, members: Mapping[str, Any], words: Mapping[str, frozenset[str]]
) -> State | None:
    """Return whether an object is as it was before an edit or as it is after.

    None where the edit is not about it.
    """
    if edit.name not in members:
        return _ABSENT[edit.what]
    value = members[edit.name]
    if edit.after is not None and not unlike(edit.after, value, words):
        return "after"
    if edit.before is not None and not unlike(edit.before, value, words):
        return "before"
    # A member that is there is there, whatever is in it.
    return _UNLIKE[edit.what]


def applied(edit: Edit, members: dict[str, Any], value: Any) -> None:  # noqa: ANN401  # JSON
    """Make an edit to an object of a record, in place; what it has besides stays as it is.

    Args:
        edit: What to do.
        members: The object.
        value: The value of what is added or changed.
    """
    if edit.what == "removed":
        members.pop(edit.name, None)
    elif edit.what == "changed" or edit.name in members:
        members[edit.name] = value
    else:
        place = edit.order.index(edit.name)
        names = list(members)
        above = [names.index(name) + 1 for name in edit.order[:place] if name in members]
        pairs = list(members.items())
        pairs.insert(max(above, default=0), (edit.name, value))
        members.clear()
        members.update(pairs)
