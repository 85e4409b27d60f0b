"""Law 10: every record is delivered at least once, never before it happened, in whole files.

How a run is cut into windows shows nowhere.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.delivery.lateness import Timetable, timetable_of
from simulator.delivery.logfiles import Cutter
from simulator.delivery.overrides import Delivered
from simulator.delivery.parcels import ParcelLines, Parcels, Schedule
from simulator.delivery.trail import Trail
from simulator.engines import stepwise, vectorised
from simulator.flows import FLOWS
from simulator.plan.episodes import block_of
from simulator.primitives.instants import DAY, HOUR, MINUTE, SECOND
from simulator.primitives.keys import Key
from simulator.scenario.trail import Trail as Said
from tests.builders import START, a_plan, a_row
from tests.strategies import cuts, plans

pytestmark = pytest.mark.laws

EXAMPLES = 25
"""Each is a few deliveries of a whole plan; the cases that matter are drawn in most of them."""

TRAIL = Trail("t", "b", "", None, "eu-central-1", Key.root(0))


@pytest.fixture
def a_busy_plan():
    """Return half a day of sign-ins, one a minute."""
    flow = FLOWS[0]
    rows = [a_row(flow, key_low=nth, start=START + nth * MINUTE) for nth in range(720)]
    return a_plan([block_of(flow, rows)])


OUTAGES = st.lists(
    st.tuples(st.integers(0, 3 * DAY), st.sampled_from(["bucket", "delivery", "service"])),
    max_size=2,
).map(
    lambda drawn: [
        {
            "from": START + 4 * DAY * place + at,
            "to": START + 4 * DAY * place + at + 7 * HOUR,
            "reason": reason,
        }
        for place, (at, reason) in enumerate(drawn)
    ]
)


@st.composite
def timetables(draw):
    """Draw how late a trail is."""
    said = {
        "lateness": draw(st.sampled_from(["none", "typical", "slow"])),
        "duplicates": draw(st.sampled_from(["0%", "30%", "100%"])),
        "outages": draw(OUTAGES),
        "files": {"every": draw(st.sampled_from([SECOND, MINUTE, 5 * MINUTE, 7 * HOUR]))},
    }
    return timetable_of(Said.model_validate(said))


def log_files(plan, schedule, instants=(), *, size=3_000, engine=vectorised, ahead=0):
    """Return the content of every log file, by stream, delivery and number.

    Args:
        instants: Where the run is cut into windows.
        ahead: How much later than it is the cutter is told it is.
    """
    lines, parcels, cutter = ParcelLines(plan, schedule), Parcels(), Cutter(size, None)
    made = {}

    def keep(files):
        for file in files:
            made[file.stream, file.due, file.delivered, file.nth] = file.content()

    ends = sorted({0, plan.horizon, *(at for at in instants if 0 < at < plan.horizon)})
    for first, last in pairwise(ends):
        batch = engine.render(plan, first, last)
        for data in lines.of(Delivered(batch, frozenset())):
            for group in parcels.opened(data):
                keep(cutter.add(group))
        keep(cutter.until(last + ahead))
    keep(cutter.until(None))
    assert cutter.held == 0
    return made


def delivered_ids(files):
    """Return how often each eventID is in log files."""
    return Counter(
        record["eventID"] for text in files.values() for record in orjson.loads(text)["Records"]
    )


@settings(max_examples=EXAMPLES)
@given(plan=plans(), timetable=timetables())
def test_a_column_of_records_is_delivered_as_each_of_them_is(plan, timetable):
    """`Timetable.of` says what `at` says."""
    batch = vectorised.render(plan, 0, plan.horizon)

    made = timetable.of(batch)

    rows = [
        {"kind": int(batch.kind[record])}
        | {name: int(values[record]) for name, values in batch.columns.items()}
        for record in range(len(batch))
    ]
    expected = [
        (record, one.arrived, one.due, one.delivered, one.reason)
        for record, row in enumerate(rows)
        for one in timetable.at(row)
    ]
    columns = (made.record, made.arrived, made.due, made.delivered, made.reason)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == expected


@settings(max_examples=EXAMPLES)
@given(plan=plans(), timetable=timetables())
def test_every_record_is_delivered_and_none_too_early(plan, timetable):
    """At least once; after it happened; on the grid; within the bound; never in an outage."""
    batch = vectorised.render(plan, 0, plan.horizon)

    made = timetable.of(batch)

    assert set(made.record.tolist()) == set(range(len(batch)))
    happened = batch.columns["time"][made.record]
    assert (made.arrived >= happened).all()
    assert (made.delivered >= made.arrived).all()
    assert (made.delivered - happened <= timetable.longest).all()
    assert not (made.delivered % timetable.every).any()
    for first, last, _ in timetable.outages:
        assert not ((made.delivered >= first) & (made.delivered < last)).any()


@settings(max_examples=EXAMPLES)
@given(plan=plans(), timetable=timetables())
def test_a_record_comes_again_in_another_file(plan, timetable):
    """Duplicates are in a later file, never twice in one."""
    batch = vectorised.render(plan, 0, plan.horizon)

    made = timetable.of(batch)

    pairs = Counter(zip(made.record.tolist(), made.delivered.tolist(), strict=True))
    assert set(pairs.values()) <= {1}


@settings(max_examples=EXAMPLES)
@given(plan=plans(), timetable=timetables(), instants=cuts)
def test_windows_do_not_show_in_log_files(plan, timetable, instants):
    """The same carry for any windows, and either engine."""
    schedule = Schedule(timetable, TRAIL)

    whole = log_files(plan, schedule)

    assert log_files(plan, schedule, instants) == whole
    assert log_files(plan, schedule, instants, engine=stepwise) == whole


@settings(max_examples=EXAMPLES)
@given(plan=plans(), timetable=timetables(), instants=cuts)
def test_slices_of_deliveries_make_up_the_whole(plan, timetable, instants):
    """What is delivered from one instant to the next is in files of its own."""
    ends = [None, *sorted(set(instants)), None]
    whole = log_files(plan, Schedule(timetable, TRAIL))

    slices = [
        log_files(plan, Schedule(timetable, TRAIL, first, last)) for first, last in pairwise(ends)
    ]

    assert {name: text for one in slices for name, text in one.items()} == whole
    assert sum(map(len, slices)) == len(whole)


@settings(max_examples=EXAMPLES)
@given(plan=plans(), timetable=timetables())
def test_log_files_hold_what_the_timetable_says(plan, timetable):
    """Nothing lost, nothing repeated beyond plan."""
    batch = vectorised.render(plan, 0, plan.horizon)
    made = timetable.of(batch)
    ids = [orjson.loads(line)["eventID"] for line in batch.lines]

    files = log_files(plan, Schedule(timetable, TRAIL))

    assert delivered_ids(files) == Counter(ids[record] for record in made.record.tolist())


def test_control_a_cutter_that_closes_too_early_shows(a_busy_plan):
    """Closed before its last record has come, a file is cut differently."""
    schedule = Schedule(timetable_of(Said()), TRAIL)
    instants = range(START, a_busy_plan.horizon, HOUR)

    whole = log_files(a_busy_plan, schedule, instants)

    assert log_files(a_busy_plan, schedule, instants, ahead=2 * HOUR) != whole


def test_control_a_record_delivered_nowhere_is_missed(a_busy_plan, monkeypatch):
    """A timetable that leaves one out loses it."""
    batch = vectorised.render(a_busy_plan, 0, a_busy_plan.horizon)
    timetable = timetable_of(Said())
    of = Timetable.of
    monkeypatch.setattr(
        Timetable, "of", lambda self, one: (made := of(self, one)).take(made.record != 0)
    )

    files = log_files(a_busy_plan, Schedule(timetable, TRAIL))

    ids = {orjson.loads(line)["eventID"] for line in batch.lines}
    assert len(ids - delivered_ids(files).keys()) == 1
