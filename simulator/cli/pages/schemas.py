"""`docs/schemas/records-<era>.schema.json`: what the records of an era are, as JSON Schema.

Made from the shapes, the looks of their fields and the structures of payloads, so that it
says what the validator says of one record; order and what ties records together it cannot say.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from simulator.primitives.conditions import ALWAYS
from simulator.primitives.jsontext import json_text
from simulator.records import codecs
from simulator.records.api.operations import OPERATIONS
from simulator.records.api.structures import HIDDEN, LEAVES, members
from simulator.records.eras import ERAS
from simulator.records.fields import FIELDS
from simulator.records.kinds import KINDS
from simulator.records.shapes import Array, Const, Node, Object, OneOf, Part, Slot, Text, nodes
from simulator.validation.looks import pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.records.api.structures import Structure
    from simulator.records.eras.ladder import Era

Schema = dict[str, Any]

_OWN: Final = frozenset({"eventName", "readOnly", "requestParameters", "responseElements"})
"""Members of a record that differ from kind to kind where nothing else does."""
_LEAVES: Final[dict[str, Schema]] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "flag": {"type": "boolean"},
    "date": {"type": "string", "pattern": r"^[A-Z][a-z]{2} \d{1,2}, \d{4},? [\d:]+ [AP]M$"},
    "hidden": {"const": HIDDEN},
    "any": {},
}
_ANY_TEXT: Final = r"(?s:.+)"


def of_structure(structure: Structure) -> Schema:
    """Return the schema of a payload's structure."""
    if isinstance(structure, list):
        return {"type": "array", "items": of_structure(structure[0])}
    if isinstance(structure, str):
        return _LEAVES[structure] if structure in LEAVES else {"enum": structure.split("|")}
    if "*" in structure:
        return {"type": "object", "additionalProperties": of_structure(structure["*"])}
    found = list(members(structure))
    return _object(
        {name: of_structure(inner) for name, inner, _ in found},
        [name for name, _, is_required in found if is_required],
    )


def _object(properties: Schema, required: list[str]) -> Schema:
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**made, "required": required} if required else made


def _text(pattern: str) -> Schema:
    """Return the schema of a text; ECMAScript writes some things otherwise than Python."""
    if pattern == _ANY_TEXT:
        return {"type": "string", "minLength": 1}
    plain = pattern.replace(_ANY_TEXT, r"[\s\S]+").replace("(?s:", "(?:").replace(r"\-", "-")
    return {"type": "string", "pattern": f"^(?:{plain})$"}


def _slot(name: str) -> Schema:
    codec = FIELDS[name].codec
    if isinstance(codec, codecs.Number):
        return {"type": "integer"}
    if isinstance(codec, codecs.Word):
        return {"enum": list(codec.words)}
    # A scenario may fix some texts, and an address may be that of a service.
    is_free = isinstance(codec, codecs.Pinned) or name == "source.address"
    return {"type": "string"} if is_free else _text(pattern_of(name))


def _joined(text: Text) -> Schema:
    special = re.compile(r"[.*+?^${}()|\[\]\\]")
    pattern = "".join(
        special.sub(r"\\\g<0>", part) if isinstance(part, str) else f"(?:{pattern_of(part.field)})"
        for part in text.parts
    )
    return _text(pattern)


@dataclass(slots=True)
class _Book:
    """The definitions of one era's schema."""

    shared: frozenset[Node]
    """What occurs more than once and is defined once."""
    defs: dict[str, Schema] = field(default_factory=dict)
    _names: dict[object, str] = field(default_factory=dict)

    def define(self, key: object, prefix: str, schema: Schema) -> Schema:
        """Return a reference to a definition, made when its key is met first."""
        if key not in self._names:
            count = sum(name.startswith(prefix) for name in self.defs)
            self._names[key] = f"{prefix}-{count + 1}"
            self.defs[self._names[key]] = schema
        return {"$ref": f"#/$defs/{self._names[key]}"}

    def of(self, node: Node) -> Schema:
        """Return the schema of a shape."""
        return self.define(node, "part", self._of(node)) if node in self.shared else self._of(node)

    def _of(self, node: Node) -> Schema:
        match node:
            case Object(inside):
                return _object(
                    {member.name: self.of(member.node) for member in inside},
                    [member.name for member in inside if member.when is ALWAYS],
                )
            case Array(items):
                return self._list(items)
            case OneOf(cases):
                return self._one_of([self.of(inner) for _, inner in cases])
            case Const(value):
                return {"const": value}
            case Slot(name):
                return _slot(name)
            case Text():
                return _joined(node)
            case Part():
                message = "a shape's parts are put in their places"
                raise TypeError(message)

    def _list(self, items: tuple[Node, ...]) -> Schema:
        size = {"minItems": len(items), "maxItems": len(items)}
        made: Schema = {"type": "array", **size}
        return {**made, "items": self._one_of([self.of(item) for item in items])} if items else made

    @staticmethod
    def _one_of(schemas: list[Schema]) -> Schema:
        different = list({json_text(schema): schema for schema in schemas}.values())
        return different[0] if len(different) == 1 else {"anyOf": different}

    def kind(self, name: str, shape: Object) -> None:
        """Define a kind: what it has of its own, and the rest, which others may share."""
        operation = OPERATIONS.get(name)
        structures = (
            {}
            if operation is None
            else {
                "requestParameters": operation.request,
                "responseElements": operation.response,
            }
        )
        rest, own = [], {}
        for member in shape.members:
            if member.name not in _OWN:
                rest.append(member)
                continue
            structure = structures.get(member.name)
            own[member.name] = (
                self.of(member.node)
                if structure is None
                else {"anyOf": [{"type": "null"}, of_structure(structure)]}
            )
            rest.append(type(member)(member.name, Const(None), member.when))
        envelope = Object(tuple(rest))
        schema = self._of(envelope)
        schema["properties"] |= dict.fromkeys(own, True)
        self.defs[name] = {**self.define(envelope, "envelope", schema), "properties": own}


def schema_of(era: Era) -> Schema:
    """Return the schema of a record of an era, of any kind that is delivered then."""
    shapes = {kind.name: era.shape(kind.name) for kind in KINDS if kind.name in era.shapes}
    counts = Counter(
        node
        for shape in shapes.values()
        for node in nodes(shape)
        if isinstance(node, Object | OneOf) and node is not shape
    )
    book = _Book(frozenset(node for node, count in counts.items() if count > 1))
    for name, shape in shapes.items():
        assert isinstance(shape, Object)
        book.kind(name, shape)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:trailwright:records:{era.name}",
        "title": f"A CloudTrail record of IAM Identity Center, {era.name}",
        "anyOf": [{"$ref": f"#/$defs/{name.replace('/', '~1')}"} for name in shapes],
        "$defs": book.defs,
    }


def _lines(schema: Schema) -> Iterator[str]:
    """Yield a schema's text, a definition a line."""
    head = {name: value for name, value in schema.items() if name != "$defs"}
    yield json_text(head).decode()[:-1] + ',"$defs":{'
    last = len(schema["$defs"]) - 1
    for place, (name, value) in enumerate(schema["$defs"].items()):
        end = "" if place == last else ","
        yield f"{json_text(name).decode()}:{json_text(value).decode()}{end}"
    yield "}}"


def page(era: Era) -> str:
    """Return the file of an era."""
    return "\n".join(_lines(schema_of(era))) + "\n"


FILES: Final = {f"schemas/records-{era.name}.schema.json": era for era in ERAS}
"""Name of each file to its era."""
