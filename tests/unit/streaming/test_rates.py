"""Courses: what is read, and when units are due."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import RequestError
from simulator.primitives.instants import DAY, HOUR, MINUTE
from simulator.streaming.rates import BEYOND, course_of, factor_of, shown

SECOND = 1_000_000


def dues(text: str, *units: int) -> list[int]:
    """Return when units of a course are due, in seconds; nothing for never."""
    made = course_of(text).dues(np.array(units, np.int64)).tolist()
    return [None if due == BEYOND else due / SECOND for due in made]


@pytest.mark.parametrize(
    ("text", "units", "when"),
    [
        ("5/s", (0, 1, 5, 50), [0, 0.2, 1, 10]),
        ("300/min", (0, 5), [0, 1]),
        ("2k/s for 2s", (0, 2000, 3999, 4000), [0, 1, 1.9995, None]),
        ("1/s for 10s, 10/s", (9, 10, 20), [9, 10, 11]),
        ("0/s for 3s, 1/s", (0, 1), [3, 4]),
        # A ramp from 0: the n-th is due at the root of 2n over the steepness.
        ("0/s..10/s for 10s", (0, 5, 20, 49, 50), [0, 3.162277, 6.324555, 9.899494, None]),
        # And down again: the integral is 10t - t²/2.
        ("10/s..0/s for 10s", (0, 18, 32, 50), [0, 2, 4, None]),
        ("1/s with 11/s for 1s every 10s", (0, 8, 9, 20, 29), [0, 8, 9, 10, 19]),
    ],
)
def test_units_are_due_when_the_course_has_reached_them(text, units, when):
    """To the microsecond, cut off; those after the end never."""
    assert (
        dues(text, *units) == pytest.approx(when)
        if None not in when
        else dues(text, *units) == [None if one is None else pytest.approx(one) for one in when]
    )


def test_a_day_has_its_peak_at_ten_and_repeats():
    """The same hour of the next day has the same rate."""
    course = course_of("diurnal 100/s")
    day = course.cut(DAY)
    at_ten = course.cut(10 * HOUR + 1000).total - course.cut(10 * HOUR).total

    assert at_ten == pytest.approx(100, abs=1)
    assert course.cut(2 * DAY).total == pytest.approx(2 * day.total, abs=1)
    assert course_of("diurnal 100/s every 10m").cut(10 * MINUTE).total == pytest.approx(
        day.total / 144, rel=0.001
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no rate"),
        ("fast", "'fast' is no rate"),
        ("5/s, 6/s", "only the last part may be without 'for'"),
        ("5/s..6/s", "a ramp needs a length"),
        ("0/s", "a rate of 0 needs an end"),
        ("0/s for 5s", "never sends anything"),
        ("5/s for 5", "expected a duration"),
        ("5/s for 0s", "no length between"),
        ("5/s with 6/s for 2m every 1m", "a spike must be shorter"),
        ("5/s with 6/s for 2m", "say how often"),
        ("5/s every 5m", "only spikes and days"),
        ("diurnal 5/s..6/s for 1m", "neither spikes nor days"),
        ("9999G/s", "too much"),
    ],
)
def test_what_is_no_course_is_refused(text, message):
    """With what is wrong, and what one looks like."""
    with pytest.raises(RequestError, match=message):
        course_of(text)


@given(
    st.lists(
        st.tuples(st.integers(0, 5000), st.integers(0, 5000), st.integers(1, 100_000)),
        min_size=1,
        max_size=5,
    ).filter(lambda rows: any(row[0] or row[1] for row in rows)),
    st.lists(st.integers(1, 400), max_size=6),
)
def test_any_cut_of_the_units_gives_the_same_dues(rows, cuts):
    """For all courses and cuts: dues ascend, stay inside, and need not be asked for at once."""
    text = ", ".join(f"{first}/s..{last}/s for {length}ms" for first, last, length in rows)
    course = course_of(text)
    units = np.arange(min(course.total, 2000) + 3, dtype=np.int64)
    whole = course.dues(units)

    parts = [
        course.dues(part) for part in np.split(units, np.cumsum(cuts)[np.cumsum(cuts) < len(units)])
    ]
    assert np.concatenate(parts).tolist() == whole.tolist()
    assert (np.diff(whole) >= 0).all()
    inside = whole[whole != BEYOND]
    assert len(inside) == min(course.total, len(units))
    assert not len(inside) or inside[-1] <= course.length * 1000
    assert course_of(shown(course)).dues(units).tolist() == whole.tolist()


@pytest.mark.parametrize(("text", "factor"), [("x10", 10), ("2.5", 2.5), ("0.5x", 0.5)])
def test_factors_are_read(text, factor):
    """With the x before, behind, or left out."""
    assert factor_of(text) == factor


@pytest.mark.parametrize("text", ["x0", "ten", "x-1", "x"])
def test_what_is_no_factor_is_refused(text):
    """Nothing stands still or goes back."""
    with pytest.raises(RequestError, match="expected how many times as fast"):
        factor_of(text)
