"""What holds of tokens that applications get for users, and of calls from member accounts.

The credentialId's form (eight bytes of expiry before the rest) and its sameness in all records
of one token are those of real records.
"""

from __future__ import annotations

import base64
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from simulator.engines import vectorised
from simulator.plan.compiler import compile_scenario
from simulator.primitives.instants import SECOND, parse_instant
from simulator.scenario import library

if TYPE_CHECKING:
    from collections.abc import Iterator

OWNER = "111122223333"
STORYLINES = (
    "application-removed",
    "q-developer",
    "server-application",
    "trusted-identity-propagation",
    "user-background-session",
)
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
SECRETS = {"accessToken", "refreshToken", "idToken", "assertion", "code", "subjectToken"}


@cache
def _lines(name: str) -> tuple[bytes, ...]:
    plan, _ = compile_scenario(library.load(f"storylines/{name}"))
    # One engine: that both give the same bytes is a law of its own.
    return tuple(vectorised.render(plan, 0, plan.horizon).lines)


def records(name: str) -> list[dict[str, Any]]:
    """Return the records of a storyline."""
    return [orjson.loads(line) for line in _lines(name)]


def given(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those by which an application got a token."""
    return [record for record in told if record["eventName"] == "CreateTokenWithIAM"]


def credentials(told: list[dict[str, Any]]) -> set[str]:
    """Return the credentials that records of tokens and of portal calls name."""
    return {
        record["additionalEventData"]["identitycenter:CredentialId"]
        if record["eventName"] == "CreateTokenWithIAM"
        else record["userIdentity"]["credentialId"]
        for record in told
        if record["eventName"] == "CreateTokenWithIAM"
        or record["userIdentity"]["type"] == "IdentityCenterUser"
    }


def wrong_expiries(told: list[dict[str, Any]]) -> list[str]:
    """Return the credentials that do not begin with the end of their token."""
    wrong = []
    for record in given(told):
        name = record["additionalEventData"]["identitycenter:CredentialId"]
        ends = int.from_bytes(base64.urlsafe_b64decode(f"{name}==")[:8], "big")
        began = parse_instant(record["eventTime"]) // SECOND
        if ends != began + record["responseElements"]["expiresIn"]:
            wrong.append(name)
    return wrong


def shown_secrets(told: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the names of secrets that stand in clear."""
    for record in told:
        for payload in (record["requestParameters"], record["responseElements"]):
            for name in SECRETS & (payload or {}).keys():
                if payload[name] != HIDDEN:
                    yield name


def unshared(told: list[dict[str, Any]]) -> list[str]:
    """Return calls about the instance from another account that not both accounts received."""
    seen: dict[str, set[str]] = {}
    callers: dict[str, str] = {}
    for record in told:
        caller = record["userIdentity"]
        about = record["eventSource"] in {"sso.amazonaws.com", "sso-oauth.amazonaws.com"}
        if about and caller["type"] == "AssumedRole" and caller["accountId"] != OWNER:
            shared = record.get("sharedEventID", record["eventID"])
            seen.setdefault(shared, set()).add(record["recipientAccountId"])
            callers[shared] = caller["accountId"]
    return [shared for shared, got in seen.items() if got != {OWNER, callers[shared]}]


def test_one_credential_goes_through_all_a_token_is_used_for() -> None:
    """The token, and the listing and the role credentials that were got with it."""
    told = [
        record
        for record in records("server-application")
        if record["userIdentity"]["type"] == "IdentityCenterUser" or record in given([record])
    ]
    other = deepcopy(told)
    other[-1]["userIdentity"]["credentialId"] = "another"

    assert len(told) == 5
    assert len(credentials(told)) == 1
    assert len(credentials(other)) == 2


@pytest.mark.parametrize("name", STORYLINES)
def test_tokens_end_when_they_say_and_secrets_are_hidden(name: str) -> None:
    """The credential begins with the time of the call and the token's lifetime in seconds."""
    told = records(name)

    assert wrong_expiries(told) == []
    assert list(shown_secrets(told)) == []
    assert unshared(told) == []


def test_what_is_wrong_with_a_token_is_found() -> None:
    """Negative controls: a second more, a code in clear, one of two records lost."""
    told = records("trusted-identity-propagation")
    late = deepcopy(told)
    given(late)[0]["responseElements"]["expiresIn"] += 1
    open_ = deepcopy(told)
    given(open_)[0]["requestParameters"]["code"] = "abc"
    lost = [record for record in told if record is not given(told)[0]]

    assert len(wrong_expiries(late)) == 1
    assert list(shown_secrets(open_)) == ["code"]
    assert len(unshared(lost)) == 1


def test_what_a_role_with_the_users_context_does_is_on_behalf_of_the_user() -> None:
    """The session's key is the one that AssumeRole gave, the user the one of the token."""
    told = records("trusted-identity-propagation")
    user = given(told)[0]["additionalEventData"]["identitystore:UserId"]
    keys = [
        record["responseElements"]["credentials"]["accessKeyId"]
        for record in told
        if record["eventName"] == "AssumeRole"
    ]
    sent = [record["userIdentity"] for record in told if record["eventName"] == "SendMessage"]

    assert [one["accessKeyId"] for one in sent] == [keys[0], keys[0], keys[1]]
    assert {one["onBehalfOf"]["userId"] for one in sent} == {user}
    assert all("onBehalfOf" not in record["userIdentity"] for record in given(told))


def test_subscribing_concerns_the_account_that_subscribes() -> None:
    """Subscriptions and roles go to the member account alone, with no sharedEventID."""
    own = [
        record
        for record in records("q-developer")
        if record["eventSource"].partition(".")[0] in {"iam", "user-subscriptions"}
    ]

    assert {record["recipientAccountId"] for record in own} == {"444455556666"}
    assert all("sharedEventID" not in record for record in own)


def test_a_sign_in_in_an_editor_takes_no_role() -> None:
    """There is a token with the application's scopes, and neither Federate nor credentials."""
    told = records("q-developer")
    names = {record["eventName"] for record in told}
    scopes = [
        record["requestParameters"]["scope"]
        for record in told
        if record["eventName"] == "CreateToken"
    ]

    assert names.isdisjoint({"Federate", "GetRoleCredentials", "AssumeRoleWithSAML"})
    assert all(scope.startswith("codewhisperer:") for each in scopes for scope in each)
    assert len(scopes) == 6
