"""Records on their way to log files."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from simulator.delivery.lateness import timetable_of
from simulator.delivery.overrides import Delivered
from simulator.delivery.parcels import ParcelLines, Parcels, Schedule
from simulator.delivery.trail import Stream, Trail
from simulator.flows import FLOWS
from simulator.plan.episodes import block_of
from simulator.primitives.instants import DAY, HOUR, MINUTE
from simulator.primitives.keys import Key
from simulator.scenario.trail import Trail as Said
from tests.builders import ACCOUNT, REGION, START, a_plan, a_row, a_tables

TRAIL = Trail("t", "b", "", None, REGION, Key.root(0))


def an_hour(**how):
    """Return a plan of a sign-in a minute."""
    rows = [a_row(FLOWS[0], key_low=nth, start=START + nth * MINUTE) for nth in range(60)]
    return a_plan([block_of(FLOWS[0], rows)], **how)


def a_schedule(*, trail=TRAIL, start=None, end=None, **said):
    """Return when a trail delivers that is never late, but for what is said."""
    timetable = timetable_of(Said.model_validate({"lateness": "none", "duplicates": "0%", **said}))
    return Schedule(timetable, trail, start, end)


def groups(engine, plan, schedule, pieces=None):
    """Return the groups of a plan's records, with their records."""
    batch = engine.render(plan, 0, plan.horizon)
    data = b"".join(ParcelLines(plan, schedule).of(Delivered(batch, frozenset())))
    parcels, found = Parcels(), []
    size = pieces or max(len(data), 1)
    for first in range(0, len(data), size):
        for group in parcels.opened(memoryview(data)[first : first + size]):
            lines, at = [], 0
            for length in group.length.tolist():
                lines.append(orjson.loads(group.text[at : at + length]))
                at += length
            found.append((group.stream, group.delivered, lines))
    return found


def test_records_are_grouped_by_stream_and_delivery(engine):
    """Each group in the order of its events."""
    found = groups(engine, an_hour(), a_schedule())

    assert {stream for stream, _, _ in found} == {Stream(ACCOUNT, REGION)}
    instants = [delivered for _, delivered, _ in found]
    assert instants == sorted(set(instants))
    times = [line["eventTime"] for _, _, lines in found for line in lines]
    assert times == sorted(times)


@pytest.mark.parametrize("pieces", [1, 7, 1_000])
def test_parcels_may_be_cut_anywhere(engine, pieces):
    """A worker's slot ends where it ends."""
    plan = an_hour()

    found = groups(engine, plan, a_schedule(), pieces)

    assert found == groups(engine, plan, a_schedule())


@pytest.mark.parametrize(
    ("reason", "told"), [("service", "SERVICE_OUTAGE"), ("delivery", "DELIVERY_DELAY")]
)
def test_late_records_say_why(engine, reason, told):
    """And those on time say nothing."""
    outage = {"from": START, "to": START + 30 * MINUTE, "reason": reason}

    found = groups(engine, an_hour(), a_schedule(outages=[outage]))

    late = [line for _, _, lines in found for line in lines if "addendum" in line]
    assert {line["addendum"]["reason"] for line in late} == {told}
    assert 0 < len(late) < sum(len(lines) for _, _, lines in found)
    assert [*late[0]][-2:] == ["eventCategory", "addendum"]


def test_a_bucket_that_refuses_leaves_records_as_they_are(engine):
    """CloudTrail delivers again what it could not deliver."""
    outage = {"from": START, "to": START + DAY, "reason": "bucket"}

    found = groups(engine, an_hour(), a_schedule(outages=[outage]))

    assert {delivered for _, delivered, _ in found} == {START + DAY}
    assert not [line for _, _, lines in found for line in lines if "addendum" in line]


def test_a_late_record_keeps_the_escapes_of_older_files(engine):
    """It is written like all others."""
    outage = {"from": START, "to": START + DAY, "reason": "service"}
    plan = an_hour(escapes=True, tables=a_tables({"agent.value": ("a=b", "c=d")}))
    batch = engine.render(plan, 0, plan.horizon)
    lines = ParcelLines(plan, a_schedule(outages=[outage]))

    data = b"".join(lines.of(Delivered(batch, frozenset())))

    escaped = b"".join(batch.lines).count(b"\\u003d")
    assert escaped > 0
    assert data.count(b"\\u003d") == escaped


@pytest.mark.parametrize(
    "trail", [replace(TRAIL, account="000000000000"), replace(TRAIL, region="us-east-1")]
)
def test_a_trail_has_only_what_it_records(engine, trail):
    """Another account's records, or another Region's, are not delivered."""
    plan = an_hour()
    schedule = a_schedule(trail=trail)
    batch = engine.render(plan, 0, plan.horizon)

    assert groups(engine, plan, schedule) == []
    assert len(schedule.admitted(Delivered(batch, frozenset({3})), plan).batch) == 0


def test_a_slice_has_the_records_that_are_delivered_in_it(engine):
    """And knows which of them an override changed."""
    plan = an_hour()
    schedule = a_schedule(start=START + 10 * MINUTE, end=START + 20 * MINUTE)
    batch = engine.render(plan, 0, plan.horizon)
    changed = frozenset(range(0, len(batch), 2))

    made = schedule.admitted(Delivered(batch, changed), plan)

    assert 0 < len(made.batch) < len(batch)
    assert {made.batch.lines[at] for at in made.overridden} == {
        batch.lines[at] for at in changed
    } & set(made.batch.lines)
    within = {delivered for _, delivered, _ in groups(engine, plan, schedule)}
    assert within == {START + 10 * MINUTE, START + 15 * MINUTE}


def test_a_whole_run_is_not_looked_through_twice():
    """Where all records are delivered nobody has to ask."""
    assert not a_schedule().is_partial
    assert a_schedule(start=START).is_partial
    assert a_schedule(end=START + HOUR).is_partial
    assert a_schedule(trail=replace(TRAIL, account="1")).is_partial
