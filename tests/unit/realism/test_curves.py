"""Declared distributions are what tables give."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.primitives.instants import MINUTE
from simulator.primitives.quantiles import Quantiles
from simulator.realism.curves import Curve, apart, in_seconds, of_day, of_table, renewals

EVEN = Quantiles.through({0: 0, 100: 1_000_000})


def constant(value):
    """Return a table of one value."""
    return Quantiles.through({0: value, 100: value})


def test_a_table_is_its_own_distribution():
    """Half of what it gives is below the median."""
    curve = of_table(EVEN)

    assert curve.at(np.array([500_000.0]))[0] == pytest.approx(0.5, abs=1e-3)
    assert curve.shares(np.array([0.0, 250_000.0, 1_000_001.0])) == pytest.approx([0.25, 0.75])


def test_the_gap_is_the_greatest_between_the_two_curves():
    """A sample like it has none to speak of; one that is moved has what it is moved by."""
    curve = of_table(EVEN)
    like = [float(place * 1_000 + 500) for place in range(1_000)]

    assert curve.gap(like) < 0.002
    assert curve.gap([one + 100_000 for one in like]) == pytest.approx(0.1, abs=0.002)
    assert curve.gap([0.0] * 10) > 0.99


def test_a_gap_of_whole_numbers_is_that_of_their_shares():
    """What is even has no steps."""
    coin = Curve.of(np.array([0.0, 1.0]))

    assert coin.gap([0.0, 1.0, 1.0, 0.0]) == 0
    assert coin.gap([1.0, 1.0, 1.0, 0.0]) == pytest.approx(0.25)


def test_a_time_is_seen_in_whole_seconds():
    """2.5 s are 2 or 3, as often as not; what follows is added."""
    once = in_seconds(constant(2_500))
    twice = in_seconds(constant(1_250), constant(1_250))

    for curve in (once, twice):
        assert curve.shares(np.array([2.0, 3.0, 4.0])) == pytest.approx([0.5, 0.5], abs=0.01)


def test_a_day_goes_round_the_clock():
    """Work first, the rest after it."""
    curve = of_day(EVEN, EVEN, share_outside=0.1, length=480, whole=1_000_000)

    assert curve.at(np.array([240.0, 480.0, 960.0, 1440.0])) == pytest.approx(
        [0.45, 0.9, 0.95, 1.0], abs=0.002
    )


def test_two_of_a_day_are_a_third_of_it_apart_on_average():
    """As two even draws are."""
    curve = apart(of_table(EVEN))

    assert float(curve.points.mean()) == pytest.approx(333_333, rel=0.01)


def test_renewals_are_those_that_fit_into_the_span():
    """Every 50 minutes in two hours: twice, unless the session is over before."""
    often = renewals(constant(50 * MINUTE), constant(120 * MINUTE), longest=600 * MINUTE, most=5)
    cut = renewals(constant(50 * MINUTE), constant(120 * MINUTE), longest=90 * MINUTE, most=5)

    assert often.shares(np.arange(7.0)) == pytest.approx([0, 0, 1, 0, 0, 0])
    assert cut.shares(np.arange(7.0)) == pytest.approx([0, 1, 0, 0, 0, 0])
