"""Damage to finished records, kind by kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.delivery.mutations import EVENT, IDENTITY_TYPE, LATIN, WAYS, damaged, mutated
from simulator.delivery.overrides import Delivered
from simulator.engines import vectorised
from simulator.plan.episodes import Mutation
from simulator.primitives.keys import Key
from simulator.records.envelope import OBJECT_CAPS, TEXT_CAPS
from simulator.scenario.mutations import DEPTH, OF_RECORDS
from tests.forms import every_flow, finished

RECORD = {
    "eventVersion": "1.08",
    "userIdentity": {"type": "IdentityCenterUser", "userName": "ana.lopez", "onBehalfOf": None},
    "eventTime": "2025-01-13T08:00:00Z",
    "eventName": "CreateGroup",
    "userAgent": "curl/8 é",
    "requestParameters": {"count": 3, "names": ["a"], "is": True},
    "readOnly": False,
    "eventID": "1f0e5b6a-0000-4000-8000-000000000000",
}
LINE = orjson.dumps(RECORD)


def a_mutation(name: str, member: str = "", share: int = 1_000_000, **options) -> Mutation:
    """Return damage that every record takes."""
    said = {"by": None, "depth": DEPTH, **options}
    return Mutation(name, share, tuple(member.split(".")) if member else (), **said)


def done_to(name: str, member: str = "", *, line: bytes = LINE, nth: int = 0, **options):
    """Return what becomes of a record, and what is told of it."""
    hits = [(a_mutation(name, member, **options), Key(nth, 7))]
    text, told = damaged(line, hits, escapes=False)
    return text, told[0] if told else None


def test_the_menu_and_the_ways_are_the_same():
    """Whatever is on the menu can be done, and nothing else, in the menu's order."""
    assert tuple(WAYS) == OF_RECORDS


def test_a_plan_without_mutations_passes_through():
    """Nothing is read."""
    records = finished(every_flow())

    assert mutated(records, every_flow()) is records


def test_records_of_every_kind_come_back_as_they_were():
    """What is not damaged keeps its bytes: reading and writing a record changes nothing."""
    for escapes in (False, True):
        plan = every_flow(escapes=escapes)
        for line in vectorised.render(plan, 0, plan.horizon).lines:
            text, told = damaged(
                line, [(a_mutation("missing-member", "no.such.member"), Key(1, 2))], escapes=escapes
            )
            assert (text, told) == (line, ())


@pytest.mark.parametrize(
    ("name", "member", "path", "value"),
    [
        ("null-member", "userIdentity.userName", ("userIdentity", "userName"), None),
        ("wrong-type", "userAgent", ("userAgent",), {"value": "curl/8 é"}),
        ("wrong-type", "readOnly", ("readOnly",), "false"),
        ("wrong-type", "requestParameters.count", ("requestParameters", "count"), "3"),
        (
            "wrong-type",
            "requestParameters.names",
            ("requestParameters", "names"),
            {"items": ["a"]},
        ),
        ("wrong-type", "userIdentity.onBehalfOf", ("userIdentity", "onBehalfOf"), False),
        (
            "wrong-type",
            "requestParameters",
            ("requestParameters",),
            '{"count":3,"names":["a"],"is":true}',
        ),
        ("unknown-identity-type", "", ("userIdentity", "type"), IDENTITY_TYPE),
        ("unknown-event", "", ("eventName",), EVENT),
    ],
)
def test_one_member_has_another_value(name, member, path, value):
    """All other members stay, in their order."""
    text, told = done_to(name, member)

    record = orjson.loads(text)
    inner = record
    for step in path:
        inner = inner[step]
    assert inner == value
    assert told.member == ".".join(path)
    assert list(record) == list(RECORD)


def test_a_member_is_left_out():
    """The one that is asked for."""
    text, told = done_to("missing-member", "userIdentity.userName")

    assert orjson.loads(text)["userIdentity"] == {"type": "IdentityCenterUser", "onBehalfOf": None}
    assert (told.name, told.member) == ("missing-member", "userIdentity.userName")


def test_any_member_may_be_drawn():
    """Those of objects within it as well; lists are left alone."""
    told = {done_to("missing-member", nth=nth)[1].member for nth in range(400)}

    assert told == {
        *RECORD,
        *(f"userIdentity.{name}" for name in RECORD["userIdentity"]),
        *(f"requestParameters.{name}" for name in RECORD["requestParameters"]),
    }


def test_null_for_absent_names_what_is_documented_and_not_there():
    """Never what the record has, nor what every record has."""
    for nth in range(50):
        text, told = done_to("null-for-absent", nth=nth)

        assert told.member not in RECORD
        assert orjson.loads(text) == {**RECORD, told.member: None}


@pytest.mark.parametrize(("name", "beyond"), [("member-at-cap", 0), ("member-past-cap", 1)])
def test_a_member_is_as_long_as_it_may_be(name, beyond):
    """In bytes of UTF-8, and of compact JSON."""
    text, _ = done_to(name, "userAgent")
    agent = orjson.loads(text)["userAgent"]
    assert len(agent.encode()) == TEXT_CAPS["userAgent"] + beyond
    assert agent.startswith("curl/8 é")

    text, told = done_to(name, "requestParameters")
    request = orjson.loads(text)["requestParameters"]
    assert len(orjson.dumps(request)) == OBJECT_CAPS["requestParameters"] + beyond
    assert told.detail == f"{102_400 + beyond:,} bytes"


def test_what_is_as_long_already_takes_no_damage():
    """A member at its cap cannot be made longer and stay there."""
    line = orjson.dumps({"userAgent": "x" * TEXT_CAPS["userAgent"]})

    assert done_to("member-at-cap", line=line) == (line, None)


def test_a_mutation_that_cannot_be_done_is_not_told():
    """Nothing is said to be damaged that is not."""
    for name in (*OF_RECORDS[:4], "odd-name", "leap-day", "clock-skew", "unknown-identity-type"):
        if name != "null-for-absent":
            assert done_to(name, line=b"{}") == (b"{}", None), name


@pytest.mark.parametrize("time", ["soon", 5, None, "2025-03-01T24:00:00Z"])
def test_a_clock_is_not_turned_where_there_is_none(time):
    """An override, or damage before, may have put anything there."""
    line = orjson.dumps({**RECORD, "eventTime": time})

    assert done_to("clock-skew", line=line) == (line, None)
    assert done_to("leap-day", line=line) == (line, None)


def test_a_clock_is_wrong_by_as_much_as_is_said():
    """Earlier for some, later for others."""
    times = {
        orjson.loads(done_to("clock-skew", nth=nth, by=600_000)[0])["eventTime"]
        for nth in range(20)
    }

    assert times == {"2025-01-13T07:50:00Z", "2025-01-13T08:10:00Z"}


def test_a_clock_is_wrong_by_a_day_at_most():
    """And by a minute at least, so that it shows."""
    for nth in range(100):
        time = orjson.loads(done_to("clock-skew", nth=nth)[0])["eventTime"]

        assert "2025-01-12T08:00:00Z" <= time <= "2025-01-14T08:00:00Z"
        assert not "2025-01-13T07:59:00Z" < time < "2025-01-13T08:01:00Z"


def test_leap_days_keep_the_time_of_day():
    """The day is one that exists."""
    times = {orjson.loads(done_to("leap-day", nth=nth)[0])["eventTime"] for nth in range(20)}

    assert times == {"2024-02-29T08:00:00Z", "2028-02-29T08:00:00Z"}


def test_odd_names_are_valid_json():
    """Of every sort, and in members that are names."""
    told = {}
    for nth in range(60):
        text, done = done_to("odd-name", nth=nth)
        told[done.detail] = orjson.loads(text)["userIdentity"]["userName"]
        assert done.member == "userIdentity.userName"
        assert b"\n" not in text

    assert sorted(told) == [
        "64 characters",
        "control characters",
        "emoji",
        "quotes",
        "right to left",
    ]
    assert len(told["64 characters"]) == 64


def test_nesting_is_as_deep_as_is_said():
    """No library at hand writes it, so it is counted."""
    text, told = done_to("deep-nesting", depth=5_000)

    assert text.count(b'{"deeper":') == 5_000
    assert text.endswith(b"null" + b"}" * 5_002)
    assert told.detail == "5,000 objects deep"


def test_a_key_is_there_twice():
    """The second time with null, at the end of its object."""
    text, told = done_to("duplicated-key", "userIdentity.type")

    assert text.count(b'"type":') == 2
    assert b'"onBehalfOf":null,"type":null}' in text
    assert told.member == "userIdentity.type"


@pytest.mark.parametrize("name", ["duplicated-key", "not-utf8"])
def test_the_event_id_is_damaged_only_where_asked_for(name):
    """By it a record is known, to whoever keeps the last of two, or what can be decoded."""
    assert "eventID" not in {done_to(name, nth=nth)[1].member for nth in range(100)}
    assert done_to(name, "eventID")[1].member == "eventID"


def test_a_text_is_not_utf8():
    """One byte is in it that cannot be; without it the record is as before."""
    text, told = done_to("not-utf8", "userAgent")

    with pytest.raises(UnicodeDecodeError):
        text.decode()
    assert text.replace(LATIN, b"", 1) == LINE
    assert told.member == "userAgent"


@given(nth=st.integers(0, 2**64 - 1))
def test_a_record_ends_early_but_not_within_a_letter(nth):
    """What is left is a true beginning, decodes, and is no JSON."""
    text, told = done_to("truncated-record", nth=nth)

    assert LINE.startswith(text)
    assert 0 < len(text) < len(LINE)
    text.decode()
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(text)
    assert told.detail == f"{len(text):,} of {len(LINE):,} bytes"


@given(nth=st.integers(0, 2**64 - 1), some=st.sets(st.sampled_from(OF_RECORDS), min_size=1))
def test_any_at_once_are_no_trouble(nth, some):
    """Whatever was done before, in the order of the menu; what is told was done."""
    names = [name for name in OF_RECORDS if name in some]
    hits = [(a_mutation(name), Key(nth, place)) for place, name in enumerate(names)]

    text, told = damaged(LINE, hits, escapes=True)

    assert (text != LINE) == bool(told)
    assert b"\n" not in text
    assert not any(mark.encode() in text for mark in "\ufdd0\ufdd1\ufdd2")
    assert [one.name for one in told] == [name for name in names if name in {x.name for x in told}]


def test_what_is_known_of_a_record_is_kept():
    """How it was, what was done, and whose log files have it."""
    plan = replace(every_flow(), mutations=(a_mutation("unknown-event"),))
    before = finished(plan)

    after = mutated(before, plan)

    assert list(after.mutated) == list(range(len(before.batch)))
    assert [one.before for one in after.mutated.values()] == before.batch.lines
    assert after.sound(0, after.batch.lines) == before.batch.lines
    assert all(EVENT.encode() in line for line in after.batch.lines)
    assert {len(one.stream.account) for one in after.mutated.values()} == {12}


def test_those_that_are_chosen_keep_what_is_known_of_them():
    """Positions are counted anew."""
    plan = replace(every_flow(), mutations=(a_mutation("truncated-record", share=300_000),))
    records = mutated(finished(plan), plan)
    some = np.arange(1, len(records.batch), 2)

    few = records.at(some)

    assert isinstance(few, Delivered)
    assert few.batch.lines == records.batch.lines[1::2]
    assert few.mutated == {at // 2: one for at, one in records.mutated.items() if at % 2}
