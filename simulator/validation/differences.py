"""How a record differs from a form, in structure and in the values that the form fixes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.records.api.structures import HIDDEN
from simulator.records.fields import FIELDS
from simulator.records.shapes import Array, Const, Node, Object, Slot, Text
from simulator.validation.layouts import is_number

if TYPE_CHECKING:
    from simulator.validation.layouts import Path, Value
    from simulator.validation.variants import Variant


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a record is unlike a form."""

    path: Path
    what: str
    """`missing`, `extra`, `order`, `type`, `value`, `word`, `shown` or `time`."""
    expected: str
    """What the form has there, in words."""


def leaf_at(node: Node, path: Path) -> Node | None:
    """Return what a form has at a path of a record; `None` where it has nothing."""
    for name in path:
        match node:
            case Object(members):
                found = next((member.node for member in members if member.name == name), None)
                if found is None:
                    return None
                node = found
            case Array(items) if items and isinstance(name, int):
                node = items[min(name, len(items) - 1)]
            case _:
                return None
    return node


def wording(node: Node) -> str:
    """Return what a form has somewhere, in words."""
    match node:
        case Const(value):
            return {None: "null", True: "true", False: "false"}.get(value, repr(value))  # type: ignore[arg-type]  # a look-up of whatever it is
        case Slot(name):
            return FIELDS[name].meaning.rstrip(".").lower()
        case Text(parts):
            return "".join(part if isinstance(part, str) else "…" for part in parts)
        case Array():
            return "a list"
        case _:
            return "an object"


def differences(form: Variant, record: dict[str, Value]) -> list[Difference]:
    """Return every way in which the structure and fixed values of a record are unlike a form."""
    found: list[Difference] = []
    _compare(form, form.tree, record, (), found)
    return found


def _compare(  # noqa: C901, PLR0912  # one case a node
    form: Variant, node: Node, value: Value, path: Path, found: list[Difference]
) -> None:
    match node:
        case Object():
            if isinstance(value, dict):
                _compare_members(form, node, value, path, found)
            else:
                found.append(Difference(path, "type", wording(node)))
        case Array(items):
            if not isinstance(value, list):
                found.append(Difference(path, "type", wording(node)))
            else:
                # Lists of one kind of thing: their length is the caller's business.
                for place, item in enumerate(value if items else []):
                    inner = items[min(place, len(items) - 1)]
                    _compare(form, inner, item, (*path, place), found)
        case Const(expected):
            if type(value) is not type(expected):
                found.append(Difference(path, "type", wording(node)))
            elif value != expected:
                what = "shown" if expected == HIDDEN else "value"
                found.append(Difference(path, what, wording(node)))
        case Slot(name):
            if type(value) is not (int if is_number(node) else str):
                found.append(Difference(path, "type", wording(node)))
            elif name in form.words and value not in form.words[name]:
                words = " or ".join(sorted(form.words[name]))
                found.append(Difference(path, "word", words))
        case _:
            if type(value) is not str:
                found.append(Difference(path, "type", wording(node)))


def _compare_members(
    form: Variant, node: Object, value: dict[str, Value], path: Path, found: list[Difference]
) -> None:
    names = [member.name for member in node.members]
    shown = [name for name in value if name in names]
    wanted = [name for name in names if name in value]
    if shown != wanted:
        first = next(one for one, other in zip(shown, wanted, strict=True) if one != other)
        found.append(Difference(path, "order", first))
    for member in node.members:
        here = (*path, member.name)
        if member.name in value:
            _compare(form, member.node, value[member.name], here, found)
        else:
            found.append(Difference(here, "missing", wording(member.node)))
    found += [Difference((*path, name), "extra", "nothing") for name in value if name not in names]
