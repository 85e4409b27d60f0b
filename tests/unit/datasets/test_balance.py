"""`--malicious`: everyday activity is planned to the size that makes the share."""

from __future__ import annotations

from fractions import Fraction

import pytest

from simulator.datasets.balance import events_for, share_from
from simulator.errors import RequestError
from tests.unit.datasets.scenes import STOLEN, asked_for


@pytest.mark.parametrize(
    ("text", "share"), [("1%", (1, 100)), ("0.05", (1, 20)), ("0.1%", (1, 1000))]
)
def test_shares_are_read(text, share):
    """In hundredths with a sign, or as a part of one."""
    assert share_from(text) == Fraction(*share)


@pytest.mark.parametrize("text", ["", "0%", "101%", "-1%", "nan", "inf", "one", "1e999999999%"])
def test_what_is_no_share_is_refused(text):
    """With what would be one."""
    with pytest.raises(RequestError, match=r"expected a share such as 1% or 0\.01"):
        share_from(text)


def test_as_many_events_are_asked_for_as_the_share_takes():
    """Seven malicious records are 1 % of 700."""
    scenario = asked_for().request.scenario

    hundredth = events_for(scenario, Fraction(1, 100))

    assert hundredth % 100 == 0
    assert events_for(scenario, Fraction(1, 200)) == 2 * hundredth


def test_a_storyline_without_malicious_records_is_refused():
    """Nothing can be a share of it."""
    scenario = asked_for(STOLEN.replace("label: malicious", "label: suspicious")).request.scenario

    with pytest.raises(RequestError, match="no record of stolen's storyline is labelled malicious"):
        events_for(scenario, Fraction(1, 100))


def test_more_than_the_storyline_has_is_refused():
    """With how much can be had: nothing is left out of a storyline."""
    scenario = asked_for().request.scenario

    with pytest.raises(RequestError, match=r"no more than \d+(\.\d+)?% of all can be"):
        events_for(scenario, Fraction(99, 100))
