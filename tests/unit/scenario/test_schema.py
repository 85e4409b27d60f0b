"""The schema for editors."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
import yaml

from simulator.scenario.actions import ACTIONS
from simulator.scenario.library import folder, paths
from simulator.scenario.schema import editors_schema, json_schema, schema_text
from tests.unit.scenario.cases import VALID


class _Editor(yaml.SafeLoader):
    """YAML 1.2's core types, as editors read them."""


_Editor.yaml_implicit_resolvers = {}
for _name, _form, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?", "-+0123456789"),
    ("null", r"null|Null|NULL|~|", ["n", "N", "~", ""]),
    ("merge", r"<<", "<"),
):
    _Editor.add_implicit_resolver(
        f"tag:yaml.org,2002:{_name}", re.compile(f"^(?:{_form})$"), list(_first)
    )
_Editor.add_constructor(
    "tag:yaml.org,2002:int", lambda loader, node: int(loader.construct_scalar(node))
)

# Names that are numbers without quotes: an editor asks for the quotes.
_UNQUOTED = {"numbers-as-text", "leading-zeros"}


@cache
def validator() -> Any:
    """Return what checks as editors do."""
    return jsonschema_rs.validator_for(editors_schema())


def _as_editors_do(text: str) -> Any:
    return yaml.load(text, _Editor)  # noqa: S506  # it is a SafeLoader


def test_the_schema_that_is_shipped_is_up_to_date() -> None:
    """`python -c` of `schema_text` writes it."""
    written = (folder() / "scenario.schema.json").read_text(encoding="utf-8")

    assert written == schema_text(), "run: trailwright scenario schema"


@pytest.mark.parametrize(
    "path",
    [*paths().values(), *(path for path in VALID if path.stem not in _UNQUOTED)],
    ids=lambda path: path.stem,
)
def test_the_schema_accepts_what_is_valid(path: Any) -> None:
    """No editor underlines what Trailwright accepts."""
    document = _as_editors_do(path.read_text(encoding="utf-8-sig"))

    # Not the errors: those of entries within entries are told against every action.
    assert validator().is_valid(document)


@pytest.mark.parametrize(
    "body",
    [
        "user: []",
        "users: [{nmae: ana}]",
        "storyline: [{at: 2025-01-13, user: ana, does: sing-in}]",
        "storyline: [{at: 2025-01-13, user: ana}]",
        "instance: {mfa: {prompt: sometimes}}",
        "seed: -1",
        "organization: {accounts: [{name: prod, id: '123'}]}",
    ],
)
def test_the_schema_refuses_what_has_the_wrong_form(body: str) -> None:
    """An editor underlines it before Trailwright is run."""
    document = _as_editors_do(f"scenario: x\nwindow: {{start: 2025-01-10, days: 7}}\n{body}\n")

    assert not validator().is_valid(document)


def test_every_action_and_its_parameters_are_described() -> None:
    """Hovering over a key says what it is."""
    definitions = json_schema()["$defs"]

    for action in ACTIONS:
        definition = definitions[action.__name__]
        assert definition["description"]
        for key, value in definition["properties"].items():
            assert key == "does" or value.get("description"), (action, key)
