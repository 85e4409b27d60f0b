"""Every shipped storyline leaves the records its story tells, in both of its eras.

What is expected is written out here from AWS's descriptions of each sign-in ("Understanding
IAM Identity Center sign-in events") and of the console's and portal's calls. `~` marks a
record whose userIdentity names no user.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from simulator.plan.compiler import compile_scenario
from simulator.scenario import library

PASSWORD = ["CredentialChallenge PASSWORD", "CredentialVerification PASSWORD"]
TOTP = ["CredentialChallenge TOTP", "CredentialVerification TOTP"]
WRONG_PASSWORD = ["~CredentialChallenge PASSWORD", "~CredentialVerification PASSWORD Failure"]
WRONG_CODE = ["~CredentialChallenge TOTP", "~CredentialVerification TOTP Failure"]
BY_PASSWORD = [*PASSWORD, "UserAuthentication PASSWORD"]
BY_TOTP = [*PASSWORD, *TOTP, "UserAuthentication PASSWORD,TOTP"]
LIST = "ListMfaDevicesForUser"
CONSOLE = ["Federate", "AssumeRoleWithSAML", "GetSigninToken", "ConsoleLogin"]
KEYS = ["GetRoleCredentials", "AssumeRoleWithSAML"]
CREDENTIALS = [*KEYS, "GetCallerIdentity"]
PORTAL = ["Authenticate", "ListApplications"]
IN_CONSOLE = [
    *BY_TOTP,
    *PORTAL,
    "ListAccounts",
    "ListAccountRoles",
    *CONSOLE,
    "ListRoles",
    "ListPolicies",
]

STORIES: dict[str, list[str]] = {
    "password-only": BY_PASSWORD,
    "password-totp": BY_TOTP,
    "password-webauthn": [
        *PASSWORD,
        "CredentialChallenge WEBAUTHN",
        "CredentialVerification WEBAUTHN",
        "UserAuthentication PASSWORD,WEBAUTHN",
    ],
    "external-idp": [
        "UserAuthentication EXTERNAL_IDP",
        "~ExternalIdPDirectoryLogin",
        "UserAuthentication EXTERNAL_IDP",
    ],
    "unknown-user": WRONG_PASSWORD,
    "wrong-password": [
        *WRONG_PASSWORD,
        *WRONG_PASSWORD,
        *BY_PASSWORD,
        *WRONG_PASSWORD,
        *WRONG_PASSWORD,
        *WRONG_PASSWORD,
        "~CredentialChallenge PASSWORD",
    ],
    "wrong-code": [
        *PASSWORD,
        *WRONG_CODE,
        *TOTP,
        "UserAuthentication PASSWORD,TOTP",
        *PASSWORD,
        *WRONG_CODE,
        *WRONG_CODE,
        "CredentialChallenge RESYNC_TOTP",
        "CredentialVerification RESYNC_TOTP",
        "UserAuthentication PASSWORD,RESYNC_TOTP",
    ],
    "email-otp": [
        "CreateUser",
        "~CredentialChallenge EMAIL_OTP",
        "~CredentialVerification EMAIL_OTP Failure",
        "CredentialChallenge EMAIL_OTP",
        "CredentialVerification EMAIL_OTP",
        "UpdatePassword",
        "UserAuthentication EMAIL_OTP",
    ],
    "forced-enrolment": [
        *BY_PASSWORD,
        "StartWebAuthnDeviceRegistration",
        "CompleteWebAuthnDeviceRegistration",
        *BY_TOTP,
    ],
    "mfa-self-service": [
        *BY_TOTP,
        LIST,
        LIST,
        "StartWebAuthnDeviceRegistration",
        "CompleteWebAuthnDeviceRegistration",
        LIST,
        LIST,
        "UpdateMfaDeviceForUser",
        LIST,
        LIST,
        "StartVirtualMfaDeviceRegistration",
        LIST,
        "DeleteMfaDeviceForUser",
        LIST,
        "Logout",
    ],
    "admin-mfa-reset": [
        LIST,
        LIST,
        "UpdateMfaDeviceForUser",
        "DeleteMfaDeviceForUser",
        "UpdatePassword",
        "StartWebAuthnDeviceRegistration",
        "CompleteWebAuthnDeviceRegistration",
        *BY_PASSWORD,
        "StartVirtualMfaDeviceRegistration",
        "CompleteVirtualMfaDeviceRegistration",
    ],
    "group-administration-console": [
        "CreateGroup",
        "AddMemberToGroup",
        "AddMemberToGroup",
        "UpdateGroup",
        "UpdateGroup",
        "RemoveMemberFromGroup",
        "DeleteGroup",
    ],
    "delegated-administrator": [
        *2 * ["CreateGroup"],
        *2 * ["AddMemberToGroup"],
        *2 * ["StartWebAuthnDeviceRegistration"],
        *2 * ["CompleteWebAuthnDeviceRegistration"],
        *2 * ["ListGroupMemberships"],
        "DescribeGroup",
    ],
    "group-administration-api": [
        "CreateGroup",
        "CreateGroupMembership",
        "CreateGroupMembership",
        "UpdateGroup",
        "UpdateGroup",
        "DeleteGroupMembership",
        "DeleteGroup",
    ],
    "cli-device-grant": [
        *BY_TOTP,
        "~CreateToken",
        "~CreateToken",
        "~CreateToken",
        "CreateToken",
        "ListAccounts",
        "ListAccountRoles",
        *CREDENTIALS,
        "CreateToken",
        *CREDENTIALS,
        "Logout",
    ],
    "cli-pkce": [
        *BY_TOTP,
        "CreateToken",
        *CREDENTIALS,
        "CreateToken",
        *CREDENTIALS,
        "Logout",
    ],
    "portal-tour": [
        *BY_PASSWORD,
        "Authenticate",
        "ListApplications",
        "ListAccounts",
        "ListAccountRoles",
        "ListProfilesForApplication",
        "ListProfilesForApplication",
        *CONSOLE,
        *KEYS,
        "Logout",
    ],
    "console-access": [*IN_CONSOLE, *IN_CONSOLE, "Logout"],
    "cli-access": [
        *BY_TOTP,
        "CreateToken",
        "ListAccounts",
        "ListAccountRoles",
        *CREDENTIALS,
        "ListRoles",
        "CreateToken",
        *CREDENTIALS,
        "ListRoles",
        "Logout",
    ],
    "ide-toolkit": [
        *PASSWORD,
        "CredentialChallenge WEBAUTHN",
        "CredentialVerification WEBAUTHN",
        "UserAuthentication PASSWORD,WEBAUTHN",
        "CreateToken",
        "ListAccounts",
        "ListAccountRoles",
        *CREDENTIALS,
        "CreateToken",
    ],
    "active-directory-names": [*BY_PASSWORD, *BY_PASSWORD, *BY_PASSWORD],
    "lookups": [
        "CreateGroup",
        "DescribeGroup",
        *BY_PASSWORD,
        "DescribeUser",
        "ListGroupMembershipsForMember",
        "IsMemberInGroups",
    ],
}
"""Storyline to what happens in it after 13 January 2025."""

CUTOVER = "2025-01-13T00:00:00Z"


def records_of(engine: Any, name: str) -> list[dict[str, Any]]:
    """Return the records of a storyline."""
    plan, _ = compile_scenario(library.load(f"storylines/{name}"))
    return [orjson.loads(line) for line in engine.render(plan, 0, plan.horizon).lines]


def told(record: dict[str, Any]) -> str:
    """Return a record in a word or three."""
    name = record["eventName"]
    additional = record.get("additionalEventData") or {}
    words = [name, additional.get("CredentialType", "")]
    if (record.get("serviceEventDetails") or {}).get(name) == "Failure":
        words.append("Failure")
    mark = "~" if record["userIdentity"]["type"] == "Unknown" else ""
    return mark + " ".join(word for word in words if word)


def test_every_storyline_has_its_story() -> None:
    """A storyline that is added here or there is added in both places."""
    shipped = {
        name.removeprefix("storylines/")
        for name in library.names()
        if name.startswith("storylines/")
    }

    assert shipped == set(STORIES)


@pytest.mark.parametrize("name", sorted(STORIES))
def test_the_records_tell_the_story(engine: Any, name: str) -> None:
    """After the cutover the events are those of the story, by whom and in what order."""
    after = [record for record in records_of(engine, name) if record["eventTime"] >= CUTOVER]

    assert [told(record) for record in after] == STORIES[name]


def test_one_request_verifies_and_asks_again(engine: Any) -> None:
    """A password's verification and the challenge for a code share request and time."""
    records = records_of(engine, "password-totp")[:5]
    asked, verified, asked_again, verified_again, authenticated = records

    assert verified["requestID"] == asked_again["requestID"] != asked["requestID"]
    assert verified["eventTime"] == asked_again["eventTime"]
    assert verified_again["requestID"] == authenticated["requestID"] != verified["requestID"]
    assert verified_again["eventTime"] == authenticated["eventTime"]


def test_enrolment_takes_a_request_of_its_own(engine: Any) -> None:
    """With a device to enrol, UserAuthentication has its own requestID and comes later."""
    records = [
        record
        for record in records_of(engine, "forced-enrolment")
        if record["eventTime"] >= CUTOVER
    ]
    verified, authenticated = records[1], records[2]

    assert authenticated["requestID"] != verified["requestID"]
    assert authenticated["eventTime"] > verified["eventTime"]
    assert authenticated["additionalEventData"]["DeviceEnrollmentRequired"] == "true"
    assert authenticated["additionalEventData"]["CredentialType"] == "PASSWORD"


def test_two_accounts_receive_what_the_delegated_administrator_does(engine: Any) -> None:
    """One record each with one sharedEventID; userIdentity stays the administrator's."""
    records = records_of(engine, "delegated-administrator")
    own = [record for record in records if record["userIdentity"]["type"] == "IAMUser"]
    calls: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        if record not in own:
            calls.setdefault(record["sharedEventID"], []).append(record)

    assert len(calls) == 10
    for owners, administrators in calls.values():
        assert owners["recipientAccountId"] == "111122223333"
        assert administrators["recipientAccountId"] == "777788889999"
        assert owners["userIdentity"]["accountId"] == "777788889999"
        assert owners["eventID"] != administrators["eventID"]
        alike = {"recipientAccountId": "", "eventID": ""}
        assert {**owners, **alike} == {**administrators, **alike}


def test_what_the_management_account_does_is_its_own(engine: Any) -> None:
    """A call from the account that owns the instance is delivered to it alone."""
    records = records_of(engine, "delegated-administrator")
    own = [record for record in records if record["userIdentity"]["type"] == "IAMUser"]

    assert [record["recipientAccountId"] for record in own] == ["111122223333"] * 2
    assert all("sharedEventID" not in record for record in own)


def test_names_typed_three_ways_are_shown_as_typed(engine: Any) -> None:
    """With Active Directory "in each case the entered value is emitted"."""
    records = records_of(engine, "active-directory-names")
    shown = [
        record["additionalEventData"]["UserName"]
        for record in records
        if record["eventName"] == "CredentialChallenge"
    ]
    users = {record["userIdentity"]["onBehalfOf"]["userId"] for record in records}

    assert shown == ["anyuser", "anyuser@company.com", "company.com\\anyuser"] * 2
    assert len(users) == 1


def test_an_unknown_name_is_hidden_after_the_change_only(engine: Any) -> None:
    """The typed text was shown until the cutover and is HIDDEN from then on."""
    shown = [
        record["additionalEventData"]["UserName"]
        for record in records_of(engine, "unknown-user")
        if record["eventName"] == "CredentialChallenge"
    ]

    assert shown[0] not in ("", "HIDDEN_DUE_TO_SECURITY_REASONS")
    assert shown[1] == "HIDDEN_DUE_TO_SECURITY_REASONS"


def test_the_hidden_group_is_found_by_its_id(engine: Any) -> None:
    """The look-up that the announcement prescribes asks for the group that was created."""
    records = records_of(engine, "lookups")
    made = [record for record in records if record["eventName"] == "CreateGroup"]
    asked = [record for record in records if record["eventName"] == "DescribeGroup"]

    assert [record["responseElements"]["group"]["groupId"] for record in made] == [
        record["requestParameters"]["groupId"] for record in asked
    ]


def test_a_membership_is_removed_by_the_id_it_was_given(engine: Any) -> None:
    """The API's deletion names the membership that one of the creations returned."""
    records = records_of(engine, "group-administration-api")
    made = {
        record["responseElements"]["membershipId"]
        for record in records
        if record["eventName"] == "CreateGroupMembership"
    }
    gone = {
        record["requestParameters"]["membershipId"]
        for record in records
        if record["eventName"] == "DeleteGroupMembership"
    }

    assert gone < made
