"""What differs between two records, and the override that mends it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.cases.differences import differences, override
from simulator.delivery.overrides import _overridden
from simulator.plan.episodes import Override
from simulator.scenario.document import Override as Written

names = st.one_of(st.sampled_from(("a", "b", "c", "eventID")), st.text(max_size=3))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.floats(-2, 2), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=12,
)
records = st.dictionaries(names, values, max_size=5)


def mended(found: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """Return a record with an override applied, as a run applies it."""
    written = Written.model_validate({"where": {"entry": "x"}, **said})
    edit = Override(written.set, written.drop, written.as_, written.order)
    made: dict[str, Any] = orjson.loads(_overridden(orjson.dumps(found), (edit,), escapes=False))
    return made


@given(records, records)
def test_an_override_makes_one_record_the_other(wanted, found):
    """Members, their order, their types: byte for byte."""
    said = override(wanted, found)

    assert orjson.dumps(mended(found, said) if said else found) == orjson.dumps(wanted)


@given(records)
def test_a_record_does_not_differ_from_itself(record):
    """And nothing need be said."""
    assert list(differences(record, record)) == []
    assert override(record, record) == {}


BASE = {"a": 1, "b": {"c": "x", "d": [1, {"e": None}]}, "f": True, "g": "a longer text" * 5}


@pytest.mark.parametrize(
    ("wanted", "what", "said"),
    [
        ({**BASE, "a": 2}, ["value a"], {"set": {"a": 2}}),
        ({**BASE, "a": "1"}, ["type a"], {"set": {"a": "1"}}),
        ({**BASE, "a": True}, ["type a"], {"set": {"a": True}}),
        ({**BASE, "a": None}, ["type a"], {"set": {"a": None}}),
        ({**BASE, "h": 1}, ["missing h"], {"set": {"h": 1}}),
        (
            {"f": True, "b": BASE["b"], "a": 1, "g": BASE["g"]},
            ["order "],
            {"order": ["f", "a"]},
        ),
        (
            {**BASE, "b": {"c": "x", "d": [1, {}]}},
            ["extra b.d.1.e"],
            {"drop": ["b.d.1.e"]},
        ),
        (
            {**BASE, "b": {"d": [1, {"e": None}], "c": "x"}},
            ["order b"],
            {"set": {"b": {"d": [1, {"e": None}], "c": "x"}}},
        ),
        ({**BASE, "b": {**BASE["b"], "d": []}}, ["value b.d"], {"set": {"b.d": []}}),
        (
            {**BASE, "b": {**BASE["b"], "x.y": 1}},
            ["missing b.x.y"],
            {"set": {"b": {**BASE["b"], "x.y": 1}}},
        ),
        ({"z": 1}, None, {"as": {"z": 1}}),
    ],
)
def test_what_is_said_is_no_more_than_what_differs(wanted, what, said):
    """A member, where a path leads to it; the object around it, or the record, where none does."""
    if what is not None:
        assert [f"{one.what} {one.place}" for one in differences(wanted, BASE)] == what
    assert override(wanted, BASE) == said
