"""What a record shows of the fields that its shape names, and what else is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.records.api.structures import HIDDEN
from simulator.records.shapes import Array, Const, Node, Object, Slot, Text, slots
from simulator.validation.looks import EXPANDED, is_lenient, look_of, text_look

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.conversion.resolver import Resolver


def shown(tree: Node, value: Any) -> dict[str, str]:  # noqa: ANN401  # JSON
    """Return the fields whose values a record shows, read as a resolved shape.

    Values that do not look like their field are no values of it.
    """
    found: dict[str, str] = {}
    for name, text in _shown(tree, value):
        found.setdefault(name, text)
    return found


def _shown(tree: Node, value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401  # JSON
    match tree:
        case Object(members) if isinstance(value, dict):
            for member in members:
                if member.name in value:
                    yield from _shown(member.node, value[member.name])
        case Array(items) if isinstance(value, list):
            for item, inner in zip(items, value, strict=False):
                yield from _shown(item, inner)
        case Slot(name) if isinstance(value, str) and value != HIDDEN:
            if look_of(name)(value) or is_lenient(name, value):
                yield name, value
                yield from _parts(name, value)
        case _:
            return


def _parts(name: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield the fields that a field's text is made of."""
    if name not in EXPANDED:
        return
    look, fields = text_look(EXPANDED[name])
    match = look(value)
    if match is not None:
        yield from zip(fields, match.groups(), strict=True)


def completed(
    fields: dict[str, str], resolver: Resolver | None, given: Mapping[str, str]
) -> dict[str, str]:
    """Return fields with what is known of them besides: from a resolver, or given for all.

    What a record shows comes first, but for the name of a user whose id it shows: only the
    resolver knows whether what was typed is the name.
    """
    made = dict(given) | fields
    if resolver is not None:
        resolver.complete(made)
    return made


def spelled(node: Node, fields: Mapping[str, str]) -> tuple[Any, tuple[str, ...]]:
    """Return the value of a resolved shape, or the fields that it wants and nobody knows."""
    missing = tuple(name for name in dict.fromkeys(slots(node)) if _text(name, fields) is None)
    return (None, missing) if missing else (_value(node, fields), ())


def _text(name: str, fields: Mapping[str, str]) -> str | None:
    if name in fields or name not in EXPANDED:
        return fields.get(name)
    parts = [
        part if isinstance(part, str) else fields.get(part.field) for part in EXPANDED[name].parts
    ]
    return None if None in parts else "".join(part or "" for part in parts)


def _value(node: Node, fields: Mapping[str, str]) -> Any:  # noqa: ANN401  # JSON
    match node:
        case Const(value):
            return value
        case Slot(name):
            return _text(name, fields)
        case Text(parts):
            return "".join(
                part if isinstance(part, str) else _text(part.field, fields) or "" for part in parts
            )
        case Object(members):
            return {member.name: _value(member.node, fields) for member in members}
        case Array(items):
            return [_value(item, fields) for item in items]
        case _:
            message = f"{type(node).__name__} has no value"
            raise TypeError(message)
