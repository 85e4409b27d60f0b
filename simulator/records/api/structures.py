"""What a call's payload is made of, and how values are put into that form.

A structure is plain JSON: an object of members in the order they are recorded (`?` marks
those that may be left out), a list with the structure of its items, or a word for a leaf:
`string`, `number`, `flag`, `date`, `hidden` (recorded masked), `any` (any JSON), or the
words of an enumeration with bars between them. The member `*` stands for any name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from simulator.primitives.instants import format_java_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.primitives.jsontext import Json

Structure: TypeAlias = "str | list[Structure] | dict[str, Structure]"

LEAVES: Final = frozenset({"string", "number", "flag", "date", "hidden", "any"})
"""Words that are no enumeration."""

HIDDEN: Final = "HIDDEN_DUE_TO_SECURITY_REASONS"

_JAVA_DATE: Final = re.compile(
    r"[A-Z][a-z]{2} [1-9][0-9]?, [12][0-9]{3},? [1-9][0-9]?:[0-5][0-9]:[0-5][0-9] [AP]M"
)
_PYTHON: Final = {"number": (int, float), "flag": (bool,)}
_WORDED: Final = {"number": "a number", "flag": "true or false"}


class StructureError(ValueError):
    """A value that a structure has no place for: where, and why."""

    def __init__(self, path: tuple[str | int, ...], message: str) -> None:
        """Keep the path, so that the caller can say where that stands in a file."""
        super().__init__(message)
        self.path = path
        self.message = message


@dataclass(frozen=True, slots=True)
class Flaw:
    """A place where a recorded payload is not as its structure says."""

    path: tuple[str | int, ...]
    what: str
    """`extra`, `missing`, `order`, `type` or `value`."""
    expected: str


def members(structure: Mapping[str, Structure]) -> Iterator[tuple[str, Structure, bool]]:
    """Yield the members of an object: name, structure, and whether it must be there."""
    for name, inner in structure.items():
        yield name.removesuffix("?"), inner, not name.endswith("?")


def arranged(
    structure: Structure, value: object, *, comma: bool = False, path: tuple[str | int, ...] = ()
) -> Json:
    """Return a value as it is recorded: members in order, secrets masked, dates spelled.

    Args:
        value: JSON; dates are whole milliseconds since 1970.
        comma: Whether the service writes a comma after a date's year.

    Raises:
        StructureError: The value is not of the structure.
    """
    if isinstance(structure, dict):
        return _object(structure, value, comma=comma, path=path)
    if isinstance(structure, list):
        if not isinstance(value, list | tuple):
            raise StructureError(path, "expected a list")
        return [
            arranged(structure[0], item, comma=comma, path=(*path, place))
            for place, item in enumerate(value)
        ]
    return _leaf(structure, value, comma=comma, path=path)


def _object(
    structure: dict[str, Structure], value: object, *, comma: bool, path: tuple[str | int, ...]
) -> Json:
    if not isinstance(value, dict):
        raise StructureError(path, "expected members and their values")
    if "*" in structure:
        return {
            name: arranged(structure["*"], inner, comma=comma, path=(*path, name))
            for name, inner in value.items()
        }
    known = {name for name, _, _ in members(structure)}
    for name in value:
        if name not in known:
            raise StructureError((*path, name), f"no such member: there are {', '.join(known)}")
    made: dict[str, Json] = {}
    for name, inner, is_required in members(structure):
        if name in value:
            made[name] = arranged(inner, value[name], comma=comma, path=(*path, name))
        elif is_required:
            raise StructureError((*path, name), "is missing")
    return made


def _leaf(structure: str, value: object, *, comma: bool, path: tuple[str | int, ...]) -> Json:
    if structure == "hidden":
        return HIDDEN
    if structure == "any":
        return value  # type: ignore[return-value]  # JSON by the caller's word
    if structure == "date" and isinstance(value, int):
        return format_java_date(value, comma=comma)
    if structure in _PYTHON:
        is_right = isinstance(value, _PYTHON[structure]) and (
            structure == "flag" or not isinstance(value, bool)
        )
        if not is_right:
            raise StructureError(path, f"expected {_WORDED[structure]}")
        return value  # type: ignore[return-value]  # a number or a flag
    if not isinstance(value, str):
        raise StructureError(path, "expected text")
    if structure not in LEAVES and value not in structure.split("|"):
        raise StructureError(path, f"expected one of {', '.join(structure.split('|'))}")
    return value


def flaws(structure: Structure, value: object, path: tuple[str | int, ...] = ()) -> Iterator[Flaw]:
    """Yield where a recorded payload differs from a structure."""
    if isinstance(structure, dict):
        if isinstance(value, dict):
            yield from _object_flaws(structure, value, path)
        else:
            yield Flaw(path, "type", "an object")
    elif isinstance(structure, list):
        if isinstance(value, list):
            for place, item in enumerate(value):
                yield from flaws(structure[0], item, (*path, place))
        else:
            yield Flaw(path, "type", "a list")
    else:
        yield from _leaf_flaws(structure, value, path)


def _object_flaws(
    structure: dict[str, Structure], value: dict[str, object], path: tuple[str | int, ...]
) -> Iterator[Flaw]:
    if "*" in structure:
        for name, inner in value.items():
            yield from flaws(structure["*"], inner, (*path, name))
        return
    known = {name: inner for name, inner, _ in members(structure)}
    for name, inner in value.items():
        if name in known:
            yield from flaws(known[name], inner, (*path, name))
        else:
            yield Flaw((*path, name), "extra", "no such member")
    for name, _, is_required in members(structure):
        if is_required and name not in value:
            yield Flaw((*path, name), "missing", name)
    in_order = [name for name in known if name in value]
    if [name for name in value if name in known] != in_order:
        yield Flaw(path, "order", ", ".join(in_order))


def _leaf_flaws(structure: str, value: object, path: tuple[str | int, ...]) -> Iterator[Flaw]:
    if structure == "any":
        return
    if structure in _PYTHON:
        if not isinstance(value, _PYTHON[structure]) or (
            structure == "number" and isinstance(value, bool)
        ):
            yield Flaw(path, "type", _WORDED[structure])
    elif not isinstance(value, str):
        yield Flaw(path, "type", "text")
    elif structure == "hidden" and value != HIDDEN:
        yield Flaw(path, "value", HIDDEN)
    elif structure == "date" and not _JAVA_DATE.fullmatch(value):
        yield Flaw(path, "value", "a date such as Jan 13, 2025 8:00:00 AM")
    elif structure not in LEAVES and value not in structure.split("|"):
        yield Flaw(path, "value", f"one of {', '.join(structure.split('|'))}")
