"""Every switch of a scenario reaches what its storyline does."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from simulator.engines import vectorised
from simulator.plan.compiler import compile_scenario
from simulator.scenario.document import Scenario, Switches
from simulator.scenario.library import prepare

BEFORE, AFTER = "2024-12-10", "2025-02-10"


def lines(
    switches: dict[str, Any], day: str, entry: dict[str, Any], instance: dict[str, Any]
) -> list[bytes]:
    """Return the records of one entry on a day, under some switches."""
    scenario = {
        "scenario": "switches",
        "window": {"start": day, "days": 1},
        "organization": {"accounts": [{"name": "prod"}]},
        "instance": instance,
        "permission_sets": [{"name": "Dev"}],
        "users": [
            {"name": "ana", "assignments": [{"permission_set": "Dev", "accounts": ["prod"]}]}
        ],
        "switches": switches,
        "storyline": [{"at": f"{day}T09:00:00Z", **entry}],
    }
    plan, _ = compile_scenario(prepare(Scenario.model_validate(scenario)))
    return vectorised.render(plan, 0, plan.horizon).lines


SIGN_IN = {"user": "ana", "does": "sign-in"}
WRONG = {**SIGN_IN, "with": {"password": ["wrong"]}}
UNKNOWN = {"does": "sign-in", "with": {"username": "nobody"}}
BROWSES = {**SIGN_IN, "then": [{"does": "browse-portal"}, {"does": "cli-sign-in"}]}
ENTERS = {
    **SIGN_IN,
    "then": [
        {"does": "cli-sign-in"},
        {"does": "get-role-credentials", "account": "prod", "permission_set": "Dev"},
    ],
}
PLAIN = {"mfa": {"without_device": "allow"}}
DEMANDING = {"mfa": {"without_device": "enrol"}}
NAMED = {**SIGN_IN, "pin": {"user_agent": "a=b&c"}}

SHOWN = {
    "failed_user_name": ("kept", AFTER, WRONG, PLAIN),
    "failed_known_user_on_behalf_of": (True, AFTER, WRONG, PLAIN),
    "unknown_user_name": ("hidden", BEFORE, UNKNOWN, PLAIN),
    "enrolment": ("before", AFTER, SIGN_IN, DEMANDING),
    "portal_principal": ("sid", BEFORE, BROWSES, {**PLAIN, "identity_source": "active-directory"}),
    "role_session_on_behalf_of": ("always", AFTER, ENTERS, PLAIN),
    "hosts": ("dual-stack", AFTER, BROWSES, PLAIN),
    "escape": ("java", AFTER, NAMED, PLAIN),
}
"""Switch to another value than its default, and a storyline in which it shows."""


def test_no_switch_is_forgotten():
    """But for two: what is allowed is tested with calls, what is looked up with assignments."""
    elsewhere = {"undelivered_events", "policy_lookups"}

    assert SHOWN.keys() | elsewhere == Switches.model_fields.keys()


@pytest.mark.parametrize("switch", sorted(SHOWN))
def test_a_switch_shows_in_a_storyline(switch):
    """Its other value gives other records, and its default the usual ones."""
    other, *where = SHOWN[switch]
    usual = Switches.model_fields[switch].default

    plain = lines({}, *where)
    assert lines({switch: usual}, *where) == plain
    assert lines({switch: other}, *where) != plain
    assert other != usual
    assert other in (get_args(Switches.model_fields[switch].annotation) or (True, False))
