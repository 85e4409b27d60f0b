"""Members of records, left out."""

from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from simulator.cases.reduction.members import dropped
from simulator.delivery.overrides import _overridden
from simulator.plan.episodes import Override

RECORD = {
    "eventName": "Logout",
    "userIdentity": {"type": "User", "onBehalfOf": {"userId": "1"}},
    "resources": [{"ARN": "a"}, {"ARN": "b", "type": "t"}, {"ARN": "c"}],
    "a.b": 1,
}


def after(record, drops):
    """Return a record as a run writes it with members dropped."""
    paths = tuple(path for _, found in drops for path in found)
    line = orjson.dumps(record)
    return orjson.loads(_overridden(line, (Override({}, paths),), escapes=False))


def test_members_are_dropped_at_every_level():
    """An item of a list goes after those behind it, so that none is mistaken for another."""

    def fails(drops) -> bool:
        left = after(RECORD, drops)
        return any(one.get("type") == "t" for one in left.get("resources", ()))

    drops = dropped({"id": RECORD}, fails)

    assert after(RECORD, drops) == {"resources": [{"type": "t"}], "a.b": 1}
    assert drops == (
        ("id", ("eventName", "userIdentity", "resources.2", "resources.0", "resources.0.ARN")),
    )


def test_members_of_several_records_are_tried_together():
    """What each of two records must have is left in it."""
    records = {"one": {"a": 1, "b": 2}, "two": {"a": 1, "b": 2}}

    def fails(drops) -> bool:
        gone = {(one, path) for one, paths in drops for path in paths}
        return not gone & {("one", "a"), ("two", "b")}

    assert dropped(records, fails) == (("one", ("b",)), ("two", ("a",)))


_names = st.sampled_from(["a", "b", "c"])
_values = st.recursive(
    st.none() | st.integers(0, 3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(_names, _values, max_size=3), st.integers(0, 3))
def test_what_is_kept_still_fails(record, number):
    """Whatever a record looks like: the drops, done one after another, leave what failed."""
    text = str(number).encode()

    def fails(drops) -> bool:
        return text in orjson.dumps(after(record, drops))

    drops = dropped({"id": record}, fails)

    if text in orjson.dumps(record):
        assert fails(drops)
        assert orjson.dumps(after(record, drops)).count(text) == 1
