"""What fails is surprising and large, both."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.realism.curves import Curve
from simulator.realism.evidence import Share, Spread
from simulator.realism.judging import judged, tolerance_of

COIN = Curve.of(np.array([0.0, 1.0]))


def verdict(one):
    """Return what is said of one measure alone."""
    [row] = judged([("somebody", one)])
    return row.verdict


@pytest.mark.parametrize(
    ("count", "trials", "told"),
    [
        (500, 1_000, "holds"),
        (540, 1_000, "holds"),
        (600, 1_000, "fails"),
        (510_000, 1_000_000, "trifle"),
        (530_000, 1_000_000, "fails"),
        (0, 29, "too few to tell"),
        (0, 0, "too few to tell"),
    ],
)
def test_a_share_fails_if_it_is_far_off_and_of_many(count, trials, told):
    """Neither is enough by itself."""
    assert verdict(Share("uses.cli", "sessions", count, trials, 0.5)) == told


@pytest.mark.parametrize(
    ("ones", "size", "told"),
    [
        (500, 1_000, "holds"),
        (600, 1_000, "fails"),
        (5_100, 10_000, "holds"),
        (52_500, 100_000, "trifle"),
        (49, 49, "too few to tell"),
    ],
)
def test_a_distribution_fails_likewise(ones, size, told):
    """Three points are allowed."""
    sample = [1.0] * ones + [0.0] * (size - ones)

    assert verdict(Spread("polls", "device grants", "polls", sample, COIN)) == told


def test_among_many_measures_one_must_be_farther_out():
    """What is surprising by itself may not be among a hundred."""
    odd = Share("uses.cli", "sessions", 560, 1_000, 0.5)
    rest = [("somebody", Share(f"m{n}", "sessions", 500, 1_000, 0.5)) for n in range(99)]

    assert verdict(odd) == "fails"
    assert judged([("somebody", odd), *rest])[0].verdict == "holds"


def test_tolerances_are_those_that_the_page_states():
    """A tenth, 0.2 points at least, 2 points at most; of a number 2 % of it."""
    assert tolerance_of(0.5) == 0.02
    assert tolerance_of(0.1) == pytest.approx(0.01)
    assert tolerance_of(0.95) == pytest.approx(0.005)
    assert tolerance_of(0.0) == 0.002
    assert tolerance_of(0.5, base=2) == pytest.approx(0.05)


def test_a_number_of_times_is_shown_as_one():
    """Once on each day, and once more on 60 % of them."""
    [row] = judged([("somebody", Share("sign-ins-per-day", "days", 600, 1_000, 0.6, base=1))])

    assert (row.declared, row.measured, row.verdict) == (1.6, 1.6, "holds")
