"""Finished records: members set, dropped and moved, records replaced and left out."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from simulator.delivery.overrides import delivered
from simulator.errors import RequestError
from simulator.plan.episodes import Override
from tests.builders import EPISODE, a_plan, parsed

KEY = (EPISODE["key_high"], EPISODE["key_low"])


def a_plan_with(*overrides: Override, step: int = 0, escapes: bool = False):
    """Return the ordinary sign-in, with overrides of the record of one step."""
    return replace(a_plan(escapes=escapes), overrides={(*KEY, step): overrides})


def lines_of(engine, plan):
    """Return the lines before and after, and what was changed."""
    batch = engine.render(plan, 0, plan.horizon)
    done = delivered(batch, plan)
    return batch.lines, done.batch.lines, done.overridden


def test_a_batch_without_overrides_passes_through(engine):
    """Records that no override names are not read."""
    plan = a_plan()
    batch = engine.render(plan, 0, plan.horizon)

    done = delivered(batch, plan)

    assert done.batch is batch
    assert done.overridden == frozenset()


def test_only_the_named_record_changes(engine):
    """An override names one step of one episode."""
    before, after, changed = lines_of(engine, a_plan_with(Override({"userAgent": "curl/8"}, ())))

    assert changed == {0}
    assert orjson.loads(after[0])["userAgent"] == "curl/8"
    assert after[1:] == before[1:]


def test_members_keep_their_order():
    """A member that is set stays in its place, and a new one comes at the end."""
    from simulator.engines import stepwise  # noqa: PLC0415  # one engine is enough

    before, after, _ = lines_of(
        stepwise,
        a_plan_with(
            Override({"userAgent": "curl/8", "additionalEventData.Extra": 1, "new": None}, ())
        ),
    )

    old, new = orjson.loads(before[0]), orjson.loads(after[0])
    assert list(new) == [*old, "new"]
    assert list(new["additionalEventData"]) == [*old["additionalEventData"], "Extra"]


def test_a_member_is_dropped(engine):
    """A dropped member leaves no trace, and one that is not there is no error."""
    _, after, changed = lines_of(
        engine,
        a_plan_with(Override({}, ("userIdentity.onBehalfOf.userId", "no.such.member", "x.0"))),
    )

    assert changed == {0}
    assert list(orjson.loads(after[0])["userIdentity"]["onBehalfOf"]) == ["identityStoreArn"]


def test_nothing_is_reported_when_nothing_changes(engine):
    """A record that an override leaves as it was is the generator's own."""
    _, _, changed = lines_of(
        engine, a_plan_with(Override({"eventCategory": "Management"}, ("absent",)))
    )

    assert changed == frozenset()


def test_a_null_parent_becomes_an_object(engine):
    """The requestParameters are null in sign-in events; a path through it makes an object."""
    _, after, _ = lines_of(engine, a_plan_with(Override({"requestParameters.a.b": [1]}, ())))

    assert orjson.loads(after[0])["requestParameters"] == {"a": {"b": [1]}}


def test_array_items_are_meant_by_their_position(engine):
    """Items count from 0; the position after the last one appends."""
    _, after, _ = lines_of(
        engine,
        a_plan_with(
            Override({"resources": [{"type": "a"}, 2]}, ()),
            Override({"resources.0.type": "b", "resources.2": 3}, ("resources.1",)),
        ),
    )

    assert orjson.loads(after[0])["resources"] == [{"type": "b"}, 3]


@pytest.mark.parametrize("path", ["userAgent.x", "eventID.0", "resources.5", "resources.x"])
def test_a_path_through_a_value_is_refused(engine, path):
    """Text has no members, and a list no names."""
    plan = a_plan_with(Override({"resources": []}, ()), Override({path: 1}, ()))

    with pytest.raises(RequestError, match=rf"^records: cannot set '{path}': there is no "):
        lines_of(engine, plan)


def test_escapes_are_written_again(engine):
    """A record of a run with escapes keeps them."""
    _, after, _ = lines_of(engine, a_plan_with(Override({"userAgent": "a=b&c"}, ()), escapes=True))

    assert rb'"userAgent":"a\u003db\u0026c"' in after[0]


def test_a_record_is_given_in_full(engine):
    """What is given takes the record's place before anything is set in it."""
    before, after, changed = lines_of(
        engine, a_plan_with(Override({"b.c": 2}, whole={"b": {"a": None}, "a": "ü"}))
    )

    assert changed == {0}
    assert after[0] == '{"b":{"a":null,"c":2},"a":"ü"}'.encode()
    assert after[1:] == before[1:]


def test_a_record_given_in_full_is_not_changed_by_what_is_set_in_it(engine):
    """The same override serves many records."""
    whole = {"b": {"a": None}}

    lines_of(engine, a_plan_with(Override({"b.c": 2}, whole=whole)))

    assert whole == {"b": {"a": None}}


def test_members_are_put_in_another_order(engine):
    """Those named change places among themselves; the others stay where they are."""
    before, after, _ = lines_of(
        engine, a_plan_with(Override({}, order=("eventID", "eventVersion", "noSuchMember")))
    )

    old, new = orjson.loads(before[0]), orjson.loads(after[0])
    names = list(old)
    first, other = names.index("eventVersion"), names.index("eventID")
    names[first], names[other] = names[other], names[first]
    assert list(new) == names
    assert new == old


def ids_of(batch):
    """Return the eventIDs that records have."""
    return [record["eventID"] for record in parsed(batch)]


def test_a_record_is_left_out(engine):
    """It has no line, and the positions of those that were changed are counted without it."""
    plan = a_plan_with(Override({}, (), omit=True))
    last = ids_of(engine.render(plan, 0, plan.horizon))[-1]
    plan = replace(plan, by_id={last: (Override({"userAgent": "x"}, ()),)})

    before, after, changed = lines_of(engine, plan)

    assert after[:-1] == before[1:-1]
    assert changed == {len(after) - 1}


def test_a_record_is_found_by_its_id(engine):
    """As it is before anything is done to it: one that lost its eventID is found all the same."""
    plan = a_plan()
    first, second = ids_of(engine.render(plan, 0, plan.horizon))[:2]
    edits = {first: (Override({}, ("eventID",)),), second: (Override({}, (), omit=True),)}

    before, after, changed = lines_of(engine, replace(plan, by_id=edits))

    assert changed == {0}
    assert "eventID" not in orjson.loads(after[0])
    assert after[1:] == before[2:]


def test_only_some_records_are_written(engine):
    """Those of the eventIDs named, byte for byte, in their order."""
    plan = a_plan()
    wanted = ids_of(engine.render(plan, 0, plan.horizon))[1:3]

    before, after, changed = lines_of(engine, replace(plan, only=frozenset(wanted)))

    assert after == before[1:3]
    assert changed == frozenset()


def test_what_nothing_has_leaves_nothing(engine):
    """An eventID that no record has is the eventID of none."""
    nobody = frozenset({"6ba7b810-9dad-41d1-80b4-00c04fd430c8"})

    _, after, _ = lines_of(engine, replace(a_plan(), only=nobody))

    assert after == []
