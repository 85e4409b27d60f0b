"""Handles: what a record shows in place of its user."""

from __future__ import annotations

import pytest

from simulator.cli.samples import samples
from simulator.datasets.handles import SORTS, shown, spots
from simulator.records.api.structures import HIDDEN
from simulator.records.kinds import KIND_NAMES

WORKFLOW = "5b7d9f1a-3c5e-4f70-8a92-1b3c5d7e9f01"


def test_a_sign_in_shows_its_workflow_and_credential():
    """Which is all that is left of the user since January 2025, besides the id."""
    record = {
        "userIdentity": {"credentialId": WORKFLOW, "onBehalfOf": {"userId": "94d8a4b8"}},
        "additionalEventData": {"AuthWorkflowID": WORKFLOW},
    }

    assert sorted(shown(record, "signin/CredentialChallenge")) == [
        ("auth-workflow-id", WORKFLOW),
        ("credential-id", WORKFLOW),
    ]


@pytest.mark.parametrize(
    ("principal", "found"),
    [
        ("corp.example.com//S-1-5-21-1004336348-1177238915-682003330-1127", ["security-id"]),
        ("94d8a4b8-30a1-70f2-1c6e-5b7d9f1a3c5e", []),
        ("111122223333", []),
    ],
)
def test_of_what_stands_in_one_place_the_look_decides(principal, found):
    """A principalId was a SID, the user's id or an account's."""
    record = {"userIdentity": {"principalId": principal}}

    assert [handle for handle, _ in shown(record, "sso/Logout")] == found


def test_what_is_hidden_is_no_handle():
    """Nobody is found by `HIDDEN_DUE_TO_SECURITY_REASONS`."""
    record = {"additionalEventData": {"UserName": HIDDEN}}

    assert not list(shown(record, "signin/UserAuthentication"))


def test_a_name_in_a_role_session_is_taken_out_of_its_text():
    """The text after the role's id, and after the role's name."""
    role = "AROA3XFRBF23AAAABBBBC"
    record = {"userIdentity": {"principalId": f"{role}:ana.lopez"}}
    kinds = [
        kind for kind in KIND_NAMES if any(s.handle == "role-session-name" for s in spots(kind))
    ]

    assert kinds
    assert list(shown(record, "signin/ConsoleLogin")) == [("role-session-name", "ana.lopez")]


def test_every_sort_of_handle_is_shown_by_some_kind():
    """None is listed in vain."""
    shown_somewhere = {spot.handle for kind in KIND_NAMES for spot in spots(kind)}

    assert shown_somewhere == set(SORTS)


def test_examples_show_what_their_kind_may_show():
    """The control of the looks: real values fit them."""
    (sample, *_) = samples("signin/UserAuthentication")

    before = dict(shown(sample.record("pre-january-2025"), "signin/UserAuthentication"))
    after = dict(shown(sample.record("post-january-2025"), "signin/UserAuthentication"))

    assert before["user-name-as-typed"] == "ana.lopez"
    assert "auth-workflow-id" in after
