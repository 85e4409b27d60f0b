"""Structures: how values are put into them, and how a record's payload differs from one."""

from __future__ import annotations

import pytest

from simulator.primitives.instants import parse_instant
from simulator.records.api.examples import payloads
from simulator.records.api.operations import OPERATIONS
from simulator.records.api.structures import Flaw, StructureError, arranged, flaws

AT = parse_instant("2025-01-13T08:00:00Z")
STRUCTURE = {
    "name": "string",
    "type?": "USER|GROUP",
    "proof?": "hidden",
    "made?": "date",
    "tags?": [{"key": "string", "value?": "number"}],
    "on?": "flag",
}


def test_values_are_put_in_order_masked_and_spelled():
    """As the service records them."""
    given = {"made": AT, "tags": [{"value": 1, "key": "a"}], "proof": "x", "name": "n"}

    made = arranged(STRUCTURE, given)

    assert list(made) == ["name", "proof", "made", "tags"]
    assert made["proof"] == "HIDDEN_DUE_TO_SECURITY_REASONS"
    assert made["made"] == "Jan 13, 2025 8:00:00 AM"
    assert list(made["tags"][0]) == ["key", "value"]
    assert arranged("date", AT, comma=True) == "Jan 13, 2025, 8:00:00 AM"


@pytest.mark.parametrize(
    ("given", "path", "message"),
    [
        ({}, ("name",), "is missing"),
        ({"name": 1}, ("name",), "expected text"),
        ({"name": "n", "type": "ROBOT"}, ("type",), "expected one of USER, GROUP"),
        ({"name": "n", "tags": [{"key": "a"}, {"key": 1}]}, ("tags", 1, "key"), "expected text"),
        ({"name": "n", "on": 1}, ("on",), "expected true or false"),
        ({"name": "n", "tags": "a"}, ("tags",), "expected a list"),
    ],
)
def test_a_value_without_a_place_is_refused(given, path, message):
    """With the place, so that a scenario's author finds it."""
    with pytest.raises(StructureError, match=message) as raised:
        arranged(STRUCTURE, given)

    assert raised.value.path == path


def test_a_payload_that_is_not_of_its_structure_has_flaws():
    """Each says where and what."""
    payload = {"type": "ROBOT", "name": 1, "made": "yesterday", "proof": "x", "more": 1}

    assert list(flaws(STRUCTURE, payload)) == [
        Flaw(("type",), "value", "one of USER, GROUP"),
        Flaw(("name",), "type", "text"),
        Flaw(("made",), "value", "a date such as Jan 13, 2025 8:00:00 AM"),
        Flaw(("proof",), "value", "HIDDEN_DUE_TO_SECURITY_REASONS"),
        Flaw(("more",), "extra", "no such member"),
        Flaw((), "order", "name, type, proof, made"),
    ]


def test_examples_of_all_calls_are_of_their_structure():
    """What pages print is what a validator takes."""
    found = {
        kind: flaw
        for kind, operation in OPERATIONS.items()
        for structure, payload in zip(
            (operation.request, operation.response), payloads(operation), strict=True
        )
        if payload is not None
        for flaw in flaws(structure, payload)
    }

    assert found == {}
