"""Shapes as byte templates: fixed text between the fields that fill its gaps.

Which members a record has depends on conditions, so a shape has one template for each
combination of answers that occurs. Words of a short list, such as the kind of a credential,
are part of a template too: they cost nothing there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.primitives.jsontext import json_text, string_content
from simulator.records.fields import FIELDS
from simulator.records.shapes import (
    Array,
    Const,
    Member,
    Node,
    Object,
    OneOf,
    Slot,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.primitives.columns import Tables
    from simulator.primitives.conditions import Condition

_CONSTANT: Final = {"instance": 0}
"""Columns that have one value in all rows."""


@dataclass(frozen=True, slots=True)
class Template:
    """Fixed text and fields in turn: one more text than fields."""

    texts: tuple[bytes, ...]
    fields: tuple[str, ...]


class _Writer:
    """Collects text and fields, joining neighbouring texts."""

    def __init__(
        self, answers: Mapping[Condition, bool], tables: Tables, known: Mapping[str, int]
    ) -> None:
        self.answers = answers
        self.known = {**_CONSTANT, **known}
        self.tables = tables
        self.texts = [b""]
        self.fields: list[str] = []

    def text(self, piece: bytes) -> None:
        self.texts[-1] += piece

    def field(self, name: str) -> None:
        codec = FIELDS[name].codec
        if codec.columns() <= self.known.keys():
            value = codec.one(self.known, self.tables)
            self.text(string_content(value) if isinstance(value, str) else json_text(value))
        else:
            self.fields.append(name)
            self.texts.append(b"")

    def holds(self, when: Condition) -> bool:
        return not when.columns() or self.answers[when]

    def string(self, parts: tuple[str | Slot, ...]) -> None:
        self.text(b'"')
        for part in parts:
            if isinstance(part, str):
                self.text(string_content(part))
            else:
                self.field(part.field)
        self.text(b'"')

    def object(self, members: tuple[Member, ...]) -> None:
        self.text(b"{")
        separator = b""
        for member in members:
            if self.holds(member.when):
                self.text(separator + json_text(member.name) + b":")
                self.write(member.node)
                separator = b","
        self.text(b"}")

    def array(self, items: tuple[Node, ...]) -> None:
        self.text(b"[")
        for place, item in enumerate(items):
            self.text(b"," if place else b"")
            self.write(item)
        self.text(b"]")

    def write(self, node: Node) -> None:
        match node:
            case Const(value):
                self.text(json_text(value))
            case Slot(name):
                mark = b'"' if FIELDS[name].codec.quoted else b""
                self.text(mark)
                self.field(name)
                self.text(mark)
            case Text(parts):
                self.string(parts)
            case Object(members):
                self.object(members)
            case Array(items):
                self.array(items)
            case OneOf(cases):
                self.write(next(inner for when, inner in cases if self.holds(when)))
            case _:
                message = f"{node!r} was not put in its place"
                raise TypeError(message)


def compiled(
    shape: Node,
    answers: Mapping[Condition, bool],
    tables: Tables,
    known: Mapping[str, int] | None = None,
) -> Template:
    """Return the template of a shape under these answers to its conditions.

    Args:
        known: Columns that have one value in all rows of the template: a field that reads
            no other is fixed text.
    """
    writer = _Writer(answers, tables, known or {})
    writer.write(shape)
    return Template(tuple(writer.texts), tuple(writer.fields))
