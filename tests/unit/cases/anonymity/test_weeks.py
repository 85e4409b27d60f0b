"""Times move by whole weeks, and no record becomes one of another time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.cases.anonymity.moments import is_moment, moved
from simulator.cases.anonymity.weeks import turning_points, weeks_to_shift
from simulator.primitives.instants import WEEK, format_instant, parse_instant
from simulator.records.eras import ERA_NAMES, boundaries


def at(*times: str) -> list[dict[str, str]]:
    """Return records of these times."""
    return [{"eventTime": time} for time in times]


@pytest.mark.parametrize(
    "day",
    ["2024-09-01", "2024-10-01", "2025-01-01", "2025-01-13", "2025-07-01", "2025-07-14",
     "2025-08-11", "2025-08-29", "2025-09-15", "2026-01-01", "2026-02-01", "2026-06-19"],
)  # fmt: skip
def test_every_dated_fact_is_a_turning_point(day: str) -> None:
    """Eras, versions of services, and calls that did not exist before."""
    assert parse_instant(day) in turning_points()


days = st.integers(parse_instant("2023-06-01") // WEEK, parse_instant("2026-10-01") // WEEK)


@given(st.lists(days, min_size=1, max_size=3), st.integers(0, WEEK // 1000 - 1))
def test_no_record_crosses_a_turning_point(weeks: list[int], second: int) -> None:
    """Before and after, the same points are behind each record, under every cutover."""
    instants = [week * WEEK + second * 1000 for week in weeks]

    shift = weeks_to_shift([{"eventTime": format_instant(instant)} for instant in instants])

    for instant in instants:
        later = instant + shift * WEEK
        for cutover in ("announced", "revised", "observed"):
            of_region = boundaries(cutover, "us-east-2")
            assert of_region.era_at(instant, is_group=True) == of_region.era_at(
                later, is_group=True
            )
        assert sum(point <= instant for point in turning_points()) == sum(
            point <= later for point in turning_points()
        )


def test_a_shift_too_far_would_be_seen() -> None:
    """The control: a year later, such a record is in another era."""
    instant = parse_instant("2024-11-20")
    of_region = boundaries("observed", "us-east-1")

    assert ERA_NAMES[of_region.era_at(instant, is_group=False)] == "pre-january-2025"
    assert of_region.era_at(instant + 52 * WEEK, is_group=False) == 2


def test_where_there_is_room_times_move() -> None:
    """Between October 2024 and January 2025 there are weeks enough."""
    assert weeks_to_shift(at("2024-11-12T08:00:00Z", "2024-11-13T08:00:00Z")) != 0


def test_where_there_is_none_they_stay() -> None:
    """A record of the day before a turning point and one of the day after it."""
    assert weeks_to_shift(at("2025-01-12T23:00:00Z", "2025-01-13T01:00:00Z")) == 0


def test_records_without_a_time_do_not_count() -> None:
    """Nor do those whose time is none: where one with a time cannot move, they change nothing."""
    with_time = at("2025-01-12T23:00:00Z", "2025-01-13T01:00:00Z")

    assert weeks_to_shift([*with_time, {}, {"eventTime": 5}, {"eventTime": "soon"}]) == 0
    assert weeks_to_shift([{}, {"eventTime": 5}, {"eventTime": "soon"}]) != 0


def test_which_week_it_is_depends_on_all_that_records_say() -> None:
    """So that nobody works it out who does not have them."""
    found = {
        weeks_to_shift([*at("2022-06-01T08:00:00Z"), {"eventID": str(number)}])
        for number in range(20)
    }

    assert len(found) > 10


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("2025-01-13T08:00:00Z", "2025-01-20T08:00:00Z"),
        ("2025-12-29", "2026-01-05"),
        ("20250113T0800Z", "20250120T0800Z"),
        ("Dec 30, 2024 12:48:16 AM", "Jan 6, 2025 12:48:16 AM"),
        ("13 Jan 2025", "20 Jan 2025"),
        ("1736755200", "1737360000"),
        ("1736755200123", "1737360000123"),
        ("9999-12-31T00:00:00Z", "9999-12-31T00:00:00Z"),
        ("never", "never"),
    ],
)
def test_a_time_moves_in_its_form(text: str, later: str) -> None:
    """Nothing but the day changes; what cannot move stays."""
    assert moved(text, 1) == later
    assert moved(text, 0) == text


@pytest.mark.parametrize("text", ["2025-02-30", "2025-13-01T08:00:00Z", "0000-01-01", "soon"])
def test_days_that_do_not_exist_are_no_times(text: str) -> None:
    """They are replaced like any number."""
    assert not is_moment(text)
