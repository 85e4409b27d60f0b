"""When records are delivered."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.delivery.lateness import ON_TIME, PROFILES, REASONS, Delivery, timetable_of
from simulator.primitives.instants import HOUR, MINUTE, parse_instant
from simulator.records.kinds import KIND_INDEX, KINDS
from simulator.scenario.trail import Trail

NOON = parse_instant("2025-01-13T12:00:00Z")


def a_timetable(**said):
    """Return the timetable of a trail that is never late, but for what is said."""
    return timetable_of(Trail.model_validate({"lateness": "none", "duplicates": "0%", **said}))


def a_row(time, kind="signin/UserAuthentication", **columns):
    """Return a record's row."""
    return {
        "key_high": 1,
        "key_low": 2,
        "step": 0,
        "time": time,
        "kind": KIND_INDEX[kind],
    } | columns


def test_a_record_waits_for_the_next_file():
    """Files come every five minutes unless the trail says otherwise."""
    assert a_timetable().at(a_row(NOON + 1)) == [
        Delivery(NOON + 1, NOON + 5 * MINUTE, NOON + 5 * MINUTE, ON_TIME)
    ]


def test_a_record_of_a_file_s_own_instant_is_in_it():
    """Delivered is never before happened, and may be at once."""
    assert a_timetable().at(a_row(NOON)) == [Delivery(NOON, NOON, NOON, ON_TIME)]


@pytest.mark.parametrize("reason", REASONS)
def test_what_is_meant_for_an_outage_comes_after_it(reason):
    """With the first file after its end."""
    outage = {"from": NOON, "to": NOON + HOUR + 1, "reason": reason}
    timetable = a_timetable(outages=[outage])

    made = timetable.at(a_row(NOON + MINUTE))

    at = NOON + HOUR + 5 * MINUTE
    due = NOON + 5 * MINUTE
    assert made == [Delivery(NOON + MINUTE, due, at, REASONS.index(reason))]


def test_the_end_of_an_outage_is_not_in_it():
    """An outage that ends on the grid holds nothing back beyond its end."""
    timetable = a_timetable(outages=[{"from": NOON - HOUR, "to": NOON}])

    assert timetable.at(a_row(NOON - 1)) == [Delivery(NOON - 1, NOON, NOON, ON_TIME)]
    assert timetable.at(a_row(NOON - MINUTE - 5 * MINUTE))[0].delivered == NOON


def test_a_duplicate_is_in_a_later_file():
    """The same record, delivered again."""
    timetable = a_timetable(duplicates="100%")

    first, second = timetable.at(a_row(NOON))

    assert first == Delivery(NOON, NOON, NOON, ON_TIME)
    assert second.delivered >= NOON + 5 * MINUTE


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_every_kind_has_a_backend(kind):
    """In every profile."""
    for profile in PROFILES.values():
        assert KINDS[KIND_INDEX[kind]].group in profile


def test_half_of_all_records_are_there_within_about_five_minutes():
    """CloudTrail delivers within about five minutes on average, and not always within 15."""
    timetable = timetable_of(Trail())
    rng = range(4_000)

    waits = np.array(
        [
            timetable.at(a_row(NOON + 977 * nth, key_low=nth))[0].delivered - NOON - 977 * nth
            for nth in rng
        ]
    )

    assert 4.5 * MINUTE < np.median(waits) < 5.5 * MINUTE
    assert 4.5 * MINUTE < waits.mean() < 6 * MINUTE
    assert 0.002 < (waits > 15 * MINUTE).mean() < 0.03
    assert waits.max() <= timetable.longest


def test_the_bound_counts_all_that_holds_a_record_back():
    """What slices and carry rely on."""
    outage = {"from": NOON, "to": NOON + HOUR}

    assert a_timetable().longest == 5 * MINUTE
    assert a_timetable(outages=[outage]).longest == HOUR + 10 * MINUTE
    assert a_timetable(duplicates="1%").longest == 12 * HOUR + 10 * MINUTE
