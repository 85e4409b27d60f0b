"""Instants and durations: what is read, what is refused, what is written."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.primitives import instants

JANUARY_13 = 1_736_726_400_000


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2025-01-13", JANUARY_13),
        ("2025-01-13T00:00:00Z", JANUARY_13),
        ("2025-01-13T01:00:00+01:00", JANUARY_13),
        ("2025-01-12T19:00-05:00", JANUARY_13),
        ("2025-01-13T09:30:00.250Z", JANUARY_13 + 34_200_250),
        ("2000-01-01", 946_684_800_000),
        ("2099-12-31T23:59:59.999Z", 4_102_444_799_999),
    ],
)
def test_instants_are_read(text, at):
    """A date is midnight UTC; a time needs its offset."""
    assert instants.parse_instant(text) == at


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tomorrow", "expected a date such as 2025-01-13"),
        ("13.01.2025", "expected a date such as 2025-01-13"),
        ("2025-02-30", "not an instant: day"),
        ("2025-01-13T25:00:00Z", "not an instant: hour"),
        ("2025-01-13T09:00:00", "an instant needs its offset: write Z for UTC, or \\+01:00"),
        ("2025-01-13T09:00:00.000001Z", "finer than a millisecond"),
        ("1999-12-31", "outside the years 2000 to 2099"),
        ("2100-01-01", "outside the years 2000 to 2099"),
    ],
)
def test_what_is_no_instant_is_refused(text, message):
    """The message says what is wrong with it."""
    with pytest.raises(ValueError, match=message):
        instants.parse_instant(text)


def test_any_year_can_be_read_where_it_is_asked_for():
    """Records that outlast 2099 show so."""
    assert instants.parse_any_instant("2100-01-01T00:00:00Z") == 4_102_444_800_000
    assert instants.parse_any_instant("1969-12-31T23:59:59Z") == -1_000


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("0s", 0),
        ("500ms", 500),
        ("20s", 20_000),
        ("40m", 2_400_000),
        ("8h", 28_800_000),
        ("1h30m", 5_400_000),
        ("2d", 172_800_000),
        ("1w", 604_800_000),
        ("1m500ms", 60_500),
    ],
)
def test_durations_are_read(text, span):
    """Numbers and units, several in a row."""
    assert instants.parse_duration(text) == span


@pytest.mark.parametrize("text", ["", "20", "s", "1.5h", "-1h", "1 h", "5min", "٣s "])
def test_what_is_no_duration_is_refused(text):
    """One way to write them."""
    with pytest.raises(ValueError, match="expected a duration such as 20s, 40m, 8h or 1h30m"):
        instants.parse_duration(text)


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (0, "0s"),
        (500, "500ms"),
        (5_400_000, "1h30m"),
        (604_800_000, "7d"),
        (86_461_001, "1d1m1s1ms"),
    ],
)
def test_durations_are_written(span, text):
    """In the fewest units, and read back as they were."""
    assert instants.format_duration(span) == text
    assert instants.parse_duration(text) == span


def test_instants_are_cut_to_the_second():
    """As CloudTrail writes eventTime."""
    at = JANUARY_13 + 28_800_999

    assert instants.format_instant(at) == "2025-01-13T08:00:00Z"
    assert instants.format_instant_many(np.array([at, 946_684_800_000])).tolist() == [
        b"2025-01-13T08:00:00Z",
        b"2000-01-01T00:00:00Z",
    ]


def test_exact_instants_keep_milliseconds():
    """Only where there are some."""
    assert instants.format_instant_exact(JANUARY_13 + 7) == "2025-01-13T00:00:00.007Z"
    assert instants.format_instant_exact(JANUARY_13) == "2025-01-13T00:00:00Z"


@pytest.mark.parametrize(
    ("text", "comma", "expected"),
    [
        ("2023-04-25T00:48:16Z", False, "Apr 25, 2023 12:48:16 AM"),
        ("2024-10-01T12:05:09Z", True, "Oct 1, 2024, 12:05:09 PM"),
        ("2026-07-01T13:00:00Z", True, "Jul 1, 2026, 1:00:00 PM"),
        ("2021-01-22T03:59:16Z", False, "Jan 22, 2021 3:59:16 AM"),
    ],
)
def test_java_dates(text, comma, expected):
    """No zero before the hour; a comma after the year only from newer runtimes."""
    assert instants.format_java_date(instants.parse_instant(text), comma=comma) == expected


def test_zones_come_by_name():
    """From the tzdata package, whatever the host has."""
    assert instants.offset_at("Europe/Madrid", JANUARY_13) == 3_600_000
    assert instants.offset_at("Asia/Kolkata", JANUARY_13) == 19_800_000
    assert (
        instants.offset_at("America/New_York", instants.parse_instant("2025-07-14")) == -14_400_000
    )


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../etc/passwd", ""])
def test_an_unknown_zone_is_refused(name):
    """A path is no name."""
    with pytest.raises(ValueError, match="no such time zone"):
        instants.zone(name)
