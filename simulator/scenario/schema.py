"""The JSON Schema of scenarios, which gives editors completion and hover.

Editors read YAML with its types, so numbers and truth values are accepted as such. What
only a whole scenario can show (references, the order of events) is left to `check`.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import GenerateJsonSchema

from simulator.primitives.jsontext import json_text_indented
from simulator.scenario.document import Scenario

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
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002  # as pydantic has it
        """Let keys speak for themselves."""
        return False


_WORDS: Final = {"Device": "type", "IdentitySource": "kind"}
"""Parts of which a plain word may stand for one member."""


def json_schema() -> dict[str, Any]:
    """Return the schema."""
    schema = Scenario.model_json_schema(by_alias=True, schema_generator=_Generator)
    definitions = schema["$defs"]
    for part, key in _WORDS.items():
        full = definitions[part]
        word = {name: full["properties"][key][name] for name in ("enum", "type")}
        definitions[part] = {"anyOf": [word, full], "description": full["description"]}
    _tidy(schema)
    actions = schema["properties"]["storyline"]["items"]
    for action in actions["oneOf"]:
        definition = definitions[action["$ref"].rpartition("/")[2]]
        definition["required"] = list(dict.fromkeys(["does", *definition.get("required", ())]))
        definition["properties"]["then"]["items"] = {"$ref": "#/$defs/Action"}
    definitions["Action"] = actions
    schema["properties"]["storyline"]["items"] = {"$ref": "#/$defs/Action"}
    return {"$schema": DIALECT, "title": "Trailwright scenario", **schema}


def _tidy(node: Any) -> None:  # noqa: ANN401  # any part of a schema
    """Take away OpenAPI's discriminators, and the null that only Python means."""
    if isinstance(node, dict):
        node.pop("discriminator", None)
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
    return json_text_indented(json_schema()).decode() + "\n"
