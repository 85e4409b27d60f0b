"""The rule finds what it is for, and leaves the administrator who does the same at her desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mfa_settings_from_elsewhere import dedup, rule, title

if TYPE_CHECKING:
    from simulator.testing import TrailMaker


@pytest.mark.parametrize("era", ["pre", "post"])
def test_it_finds_the_attack(trail: TrailMaker, era: str) -> None:
    """One record of it, in either era, which is labelled malicious."""
    records = trail("plays/mfa-policy-weakened", era=era)

    (found,) = [record for record in records if rule(record)]

    told = records.truth[found["eventID"]]
    assert (told["label"], told["step"]) == ("malicious", "weaken-settings")
    assert title(found) == f"identity-team changed the MFA settings from {found['sourceIPAddress']}"
    assert dedup(found).endswith(":identity-team")


def test_whoever_runs_it_twice_gets_one_alert(trail: TrailMaker) -> None:
    """Records of one session have one dedup string, whatever else differs."""
    (found,) = [record for record in trail("plays/mfa-policy-weakened") if rule(record)]
    again = found | {"eventTime": "2025-01-14T03:06:00Z", "eventID": "another"}

    assert rule(again)
    assert dedup(again) == dedup(found)


@pytest.mark.parametrize("scenario", ["plays/mfa-policy-weakened-near-miss", "quickstart"])
def test_it_leaves_what_is_ordinary(trail: TrailMaker, scenario: str) -> None:
    """The usual administrator who changes the same settings from the office, and a week."""
    assert not [record for record in trail(scenario, events=400) if rule(record)]


def test_it_leaves_what_was_refused(trail: TrailMaker) -> None:
    """A call with an error changed nothing."""
    (found,) = [record for record in trail("plays/mfa-policy-weakened") if rule(record)]

    found["errorCode"] = "AccessDeniedException"

    assert not rule(found)
