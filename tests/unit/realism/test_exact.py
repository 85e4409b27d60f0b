"""Exact tests, against figures of textbooks and sums that are written out."""

from __future__ import annotations

from math import comb

import pytest

from simulator.realism.exact import (
    curve_band,
    curve_chance,
    holm,
    interval,
    tails,
    two_sided,
)


@pytest.mark.parametrize(
    ("count", "trials", "share"),
    [(0, 10, 0.2), (2, 10, 0.2), (9, 10, 0.2), (10, 10, 0.2), (60, 100, 0.5), (3, 400, 0.02)],
)
def test_tails_are_sums_of_the_binomial(count, trials, share):
    """At most, and at least, so many."""
    weights = [
        comb(trials, place) * share**place * (1 - share) ** (trials - place)
        for place in range(trials + 1)
    ]

    below, above = tails(count, trials, share)

    assert below == pytest.approx(sum(weights[: count + 1]), rel=1e-9)
    assert above == pytest.approx(sum(weights[count:]), rel=1e-9)


def test_what_is_certain_is_told_from_what_cannot_be():
    """Shares of nothing and of everything leave no room."""
    assert two_sided(0, 50, 0.0) == 1.0
    assert two_sided(1, 50, 0.0) == 0.0
    assert two_sided(50, 50, 1.0) == 1.0
    assert two_sided(49, 50, 1.0) == 0.0
    assert two_sided(0, 0, 0.3) == 1.0


def test_a_little_off_is_surprising_only_of_many():
    """The tolerance is a binomial's: what is right is not refused, what is off is."""
    assert two_sided(500, 1_000, 0.5) == 1.0
    assert two_sided(570, 1_000, 0.5) > 1e-6
    assert two_sided(580, 1_000, 0.5) < 1e-6
    assert two_sided(501_000, 1_000_000, 0.5) == pytest.approx(0.0456, abs=0.0003)
    assert two_sided(100, 1_000_000, 0.5) < 1e-30


@pytest.mark.parametrize(
    ("count", "trials", "low", "high"),
    [(7, 20, 0.1539, 0.5922), (0, 10, 0.0, 0.3085), (10, 10, 0.6915, 1.0), (1, 2, 0.0126, 0.9874)],
)
def test_intervals_are_clopper_and_pearsons(count, trials, low, high):
    """As tables have them, at 95 %."""
    assert interval(count, trials, 0.95) == pytest.approx((low, high), abs=1e-4)


def test_without_trials_a_share_may_be_anything():
    """Nothing is known then."""
    assert interval(0, 0, 0.99) == (0.0, 1.0)


def test_a_curves_band_is_where_its_chance_is_what_is_left():
    """The one is the other's inverse."""
    assert curve_chance(curve_band(500, 0.99), 500) == pytest.approx(0.01)
    assert curve_chance(0.0, 500) == 1.0


def test_holms_correction_is_stepwise():
    """The smallest is multiplied by all, the next by all but one, and none falls below one."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
