"""The JSON Schema of scenarios, which gives editors completion and hover.

Editors read YAML with its types, so numbers and truth values are accepted as such. What
only a whole scenario can show (references, the order of events) is left to `check`.
"""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from simulator.primitives.jsontext import json_text_indented
from simulator.scenario.actions import ACTIONS, Part
from simulator.scenario.document import Scenario
from simulator.scenario.mutations import MENU
from simulator.scenario.play import For, Use

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class _Generator(GenerateJsonSchema):
    """pydantic's generator, with short forms and without the titles it makes up."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Add what the docstring says."""
        made = super().model_schema(schema)
        made.pop("title", None)
        if doc := inspect.getdoc(schema["cls"]):
            made["description"] = " ".join(doc.split())
        said = said_of(schema["cls"])
        for name, field in schema["cls"].model_fields.items():
            if name in said:
                member = made["properties"][field.alias or name]
                member["description"] = said[name]
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002  # as pydantic has it
        """Let keys speak for themselves."""
        return False


def said_of(part: type[Any]) -> dict[str, str]:
    """Return the docstring of each field of a class and of those it comes from."""
    said: dict[str, str] = {}
    for one in reversed(part.__mro__):
        said |= _docstrings(one.__module__).get(one.__name__, {})
    return said


@cache
def _docstrings(module: str) -> dict[str, dict[str, str]]:
    """Return, by class of a module, what stands under its fields.

    pydantic could read them itself, but does so class by class whenever the model is imported.
    """
    if not module.startswith("simulator."):
        return {}
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    found: dict[str, dict[str, str]] = {}
    for one in tree.body:
        if isinstance(one, ast.ClassDef):
            found[one.name] = {
                field.target.id: inspect.cleandoc(text.value.value)
                for field, text in pairwise(one.body)
                if isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(text, ast.Expr)
                and isinstance(text.value, ast.Constant)
                and isinstance(text.value.value, str)
            }
    return found


_WORDS: Final = {
    "AccountPolicy": "name",
    "Boundary": "name",
    "Damage": "share",
    "Device": "type",
    "IdentitySource": "kind",
    "PolicyReference": "name",
}
"""Parts of which a plain word may stand for one member."""

_FLAGS: Final = ("Scim",)
"""Parts for which a truth value may stand."""


_PARAMETER: Final = {"type": "string", "pattern": r"^\$[A-Za-z_][A-Za-z0-9_]*$"}
"""What may stand for any value of a part: the name of a parameter."""


def json_schema() -> dict[str, Any]:
    """Return the schema, with values as they are when parameters are filled in."""
    # The model of a scenario knows its actions only by name.
    parts: tuple[type[Part], ...] = (Scenario, *ACTIONS)
    _, made = models_json_schema(
        [(part, "validation") for part in parts],
        by_alias=True,
        schema_generator=_Generator,
    )
    definitions = made["$defs"]
    schema = {"$defs": definitions, **definitions.pop(Scenario.__name__)}
    for other in (For, Use):
        definitions[other.__name__] = other.model_json_schema(
            by_alias=True, schema_generator=_Generator
        )
    for part, key in _WORDS.items():
        full = definitions[part]
        said = full["properties"][key]
        word = {name: said[name] for name in ("enum", "pattern", "type") if name in said}
        definitions[part] = {"anyOf": [word, full], "description": full["description"]}
    for part in _FLAGS:
        full = definitions[part]
        definitions[part] = {
            "anyOf": [{"type": "boolean"}, full],
            "description": full["description"],
        }
    damage = schema["properties"]["mutations"]
    one = damage.pop("additionalProperties")
    damage["properties"] = {entry.name: {**one, "description": entry.what} for entry in MENU}
    damage["additionalProperties"] = False
    _tidy(schema)
    definitions["Action"] = {
        "oneOf": [{"$ref": f"#/$defs/{action.__name__}"} for action in ACTIONS]
    }
    for action in ACTIONS:
        definition = definitions[action.__name__]
        definition["required"] = list(dict.fromkeys(["does", *definition.get("required", ())]))
        definition["properties"]["for"] = _FOR
    definitions["Use"]["properties"]["for"] = _FOR
    # Not one of the two: a mistake in an entry would be told against every action and `use`.
    schema["properties"]["storyline"]["items"] = {
        "if": {"required": ["use"]},
        "then": {"$ref": "#/$defs/Use"},
        "else": {"$ref": "#/$defs/Action"},
    }
    return {"$schema": DIALECT, "title": "Trailwright scenario", **schema}


_FOR: Final = {
    "$ref": "#/$defs/For",
    "description": "The same for each of several values.",
}


_SAID: Final = ("description", "default")
"""What a schema says beside its form."""


def editors_schema() -> dict[str, Any]:
    """Return the schema with which editors complete and check what is being written."""
    schema = json_schema()
    definitions: dict[str, Any] = schema["$defs"]
    for definition in definitions.values():
        for part in (definition, *definition.get("anyOf", ())):
            for name, field in part.get("properties", {}).items():
                part["properties"][name] = _or_parameter(field)
    definitions["$"] = _PARAMETER
    return schema


def _or_parameter(field: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a value for which, or for whose items, a parameter may stand."""
    if field.get("type") == "string" and field.keys() <= {"type", "description"}:
        return field
    said: dict[str, Any] = {key: field[key] for key in _SAID if key in field}
    bare = {key: value for key, value in field.items() if key not in said}
    for key in ("items", "additionalProperties"):
        if isinstance(bare.get(key), dict):
            bare[key] = _or_parameter(bare[key])
    if "anyOf" in bare:
        bare["anyOf"] = [_or_parameter(one) for one in bare["anyOf"]]
        return {**said, **bare}
    return {"anyOf": [bare, {"$ref": "#/$defs/$"}], **said}


def _tidy(node: Any) -> None:  # noqa: ANN401  # any part of a schema
    """Take away the null that only Python means."""
    if isinstance(node, dict):
        choices = [choice for choice in node.get("anyOf", ()) if choice != {"type": "null"}]
        if len(choices) == 1:
            del node["anyOf"]
            node.update({**choices[0], **node})
        elif choices:
            node["anyOf"] = choices
        if "default" in node and node["default"] is None:
            del node["default"]
        # Releases of pydantic differ in these two, which say nothing.
        if node.get("additionalProperties") is True:
            del node["additionalProperties"]
        if isinstance(node.get("items"), dict):
            node["items"].pop("default", None)
    for inner in node.values() if isinstance(node, dict) else node:
        if isinstance(inner, dict | list):
            _tidy(inner)


def schema_text() -> str:
    """Return the schema as `scenarios/scenario.schema.json` has it."""
    return json_text_indented(editors_schema()).decode() + "\n"
