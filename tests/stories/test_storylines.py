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
from tests.stories.test_access import STORIES as ACCESS

PASSWORD = ["CredentialChallenge PASSWORD", "CredentialVerification PASSWORD"]
TOTP = ["CredentialChallenge TOTP", "CredentialVerification TOTP"]
WRONG_PASSWORD = ["~CredentialChallenge PASSWORD", "~CredentialVerification PASSWORD Failure"]
WRONG_CODE = ["~CredentialChallenge TOTP", "~CredentialVerification TOTP Failure"]
BY_PASSWORD = [*PASSWORD, "UserAuthentication PASSWORD"]
BY_TOTP = [*PASSWORD, *TOTP, "UserAuthentication PASSWORD,TOTP"]
LIST = "ListMfaDevicesForUser"
PAGE = [
    "GetSsoConfiguration",
    "DescribeRegisteredRegions",
    "ListInstances",
    "DescribeInstance",
    "ListDirectoryAssociations",
    "DescribeDirectory",
]
DASHBOARD = [*PAGE, "SearchUsers", "SearchGroups", "ListPermissionSets", "ListApplications"]
SETTINGS = [
    *PAGE,
    "ListExternalIdPConfigurationsForDirectory",
    "ListProvisioningTenants",
    "ListDelegatedAdministrators",
    "ListTrustedTokenIssuers",
]
TO_EXTERNAL_IDP = [
    "ListDirectoryAssociations",
    "ListExternalIdPConfigurationsForDirectory",
    "DisassociateDirectory",
    "AssociateDirectory",
    "GetAWSSPConfigurationForDirectory",
    "CreateExternalIdPConfigurationForDirectory",
    "ImportExternalIdPCertificate",
    "EnableExternalIdPConfigurationForDirectory",
    "ListExternalIdPCertificates",
    "ListDirectoryAssociations",
]
FROM_EXTERNAL_IDP = [
    "ListDirectoryAssociations",
    "ListExternalIdPConfigurationsForDirectory",
    "DisableExternalIdPConfigurationForDirectory",
    "DeleteExternalIdPConfigurationForDirectory",
    "DisassociateDirectory",
    "AssociateDirectory",
    "ListDirectoryAssociations",
]
ATTRIBUTES = "InstanceAccessControlAttributeConfiguration"
TOKENS = ["ListProvisioningTenants", "ListBearerTokens"]
CYCLE = ["ListUsers", "GetUser", "ListGroups", "GetGroup"]
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
    "account-instance": ["CreateGroup", "CreateGroupMembership", "DeleteInstance"],
    "any-call": ["UpdatePermissionSet", "DisableAWSServiceAccess", "GetRole"],
    "delegated-administration-registered": [
        *2 * ["AddMemberToGroup"],
        "DeregisterDelegatedAdministrator",
        "DeleteGroup",
    ],
    "identity-center-console": [
        *DASHBOARD,
        *PAGE,
        "SearchUsers",
        "ListProvisioningTenants",
        *3 * [LIST],
        *PAGE,
        "DescribeOrganization",
        "ListAccounts",
        "ListPermissionSets",
    ],
    "identity-source-change": [
        *SETTINGS,
        *TO_EXTERNAL_IDP,
        f"Describe{ATTRIBUTES}",
        f"Create{ATTRIBUTES}",
        *FROM_EXTERNAL_IDP,
        "PutMfaDeviceManagementForDirectory",
        f"Describe{ATTRIBUTES}",
        f"Delete{ATTRIBUTES}",
    ],
    "multi-region-instance": [
        "StartSSO",
        "EnableAWSServiceAccess",
        "CreateServiceLinkedRole",
        *DASHBOARD,
        "AddRegion",
        *6 * ["DescribeRegion"],
        "ListRegions",
        *BY_PASSWORD,
        "Authenticate",
        "ListApplications",
        "RemoveRegion",
        *3 * ["DescribeRegion"],
    ],
    "scim-token-administration": [
        *TOKENS,
        "CreateBearerToken",
        "ListBearerTokens",
        *TOKENS,
        "DeleteBearerToken",
        "ListBearerTokens",
        *TOKENS,
        "DeleteBearerToken",
        "DeleteProvisioningTenant",
    ],
    "q-developer": [
        "CreateClaim",
        *2 * ["CreateApplicationAssignment"],
        "ListUserSubscriptions",
        "UserAuthentication EXTERNAL_IDP",
        "~CreateToken",
        "CreateToken",
        "CreateToken",
    ],
    "application-removed": [
        "DeleteClaim",
        *2 * ["DeleteApplicationAssignment"],
        "DeleteClaim",
        *2 * ["DeleteApplicationAssignment"],
        *2 * ["DeleteApplication"],
        "DeleteApplicationAssignment",
        "DeleteApplication",
    ],
    "trusted-identity-propagation": [
        *BY_PASSWORD,
        *2 * ["CreateTokenWithIAM"],
        "AssumeRole",
        "SendMessage",
        *2 * ["CreateTokenWithIAM"],
    ],
    "server-application": [
        "CreateTrustedTokenIssuer",
        "CreateApplication",
        "PutApplicationAssignmentConfiguration",
        "PutApplicationGrant",
        "PutApplicationAccessScope",
        "PutApplicationAuthenticationMethod",
        "CreateApplicationAssignment",
        *2 * ["CreateTokenWithIAM"],
        "ListAccounts",
        "ListAccountRoles",
        *CREDENTIALS,
    ],
    "user-background-session": [
        "CreateApplication",
        "PutApplicationAssignmentConfiguration",
        *3 * ["PutApplicationGrant"],
        "PutApplicationAuthenticationMethod",
        "PutApplicationSessionConfiguration",
        "CreateApplicationAssignment",
        *BY_PASSWORD,
        *4 * ["CreateTokenWithIAM"],
        "Logout",
        *6 * ["CreateTokenWithIAM"],
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
    "scim-okta": [
        "ListUsers",
        "CreateUser",
        "ListGroups",
        "CreateGroup",
        "PatchGroup",
        "UserAuthentication EXTERNAL_IDP",
        "GetUser",
        "PutUser",
        "GetUser",
        "PatchUser",
        "GetUser",
        "PatchUser",
        "GetGroup",
        "PatchGroup",
        "GetUser",
        "DeleteUser",
        "GetGroup",
        "DeleteGroup",
    ],
    "scim-entra": [
        "ServiceProviderConfig",
        "ListResourceTypes",
        "ListSchemas",
        "GetSchema",
        "GetSchema",
        *2 * CYCLE,
        "ListUsers",
        "CreateUser",
        "ListUsers",
        "PatchUser",
        "ListGroups",
        "CreateGroup",
        "PatchGroup",
        *CYCLE,
        "UserAuthentication EXTERNAL_IDP",
    ],
    "scim-errors": [
        "ListGroups",
        "~CreateGroup",
        "ListGroups",
        "PatchGroup",
        "ListGroups",
        "~PatchGroup",
        "PatchGroup",
        "ListUsers",
        "~PatchUser",
        "ListUsers",
        "~CreateUser",
        "~CreateUser",
        "CreateUser",
    ],
    "not-yet-synchronised": [
        "SearchUsers",
        "ListUsers",
        "CreateUser",
        "GetGroup",
        "PatchGroup",
        "UserAuthentication EXTERNAL_IDP",
        *CONSOLE,
    ],
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

    assert shipped == {*STORIES, *ACCESS}


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


def test_a_page_of_the_console_is_a_burst_of_reads(engine: Any) -> None:
    """About ten calls within a second or two, by a browser with the console's credentials."""
    page = records_of(engine, "identity-center-console")[:10]

    assert [told(record) for record in page] == DASHBOARD
    assert page[-1]["eventTime"] <= "2025-01-10T09:00:02Z"
    assert all(record["readOnly"] and record["responseElements"] is None for record in page)
    assert {record["sessionCredentialFromConsole"] for record in page} == {"true"}


def test_registration_decides_who_receives_a_call(engine: Any) -> None:
    """Two accounts, from the registration of a delegated administrator to its end."""
    records = records_of(engine, "delegated-administration-registered")
    by = [record for record in records if record["userIdentity"]["accountId"] == "777788889999"]

    assert len(by) == 2 * len({record["sharedEventID"] for record in by})
    assert {record["errorCode"] for record in by if "errorCode" in record} == {
        "AccessDeniedException"
    }
    for record in records:
        if record not in by:
            assert "sharedEventID" not in record
            assert record["recipientAccountId"] == "111122223333"
    assert all(
        record["awsRegion"] == "us-east-1" and record["responseElements"] is None
        for record in records
        if record["eventSource"] == "organizations.amazonaws.com"
    )


def test_enabling_makes_a_role_on_behalf_of_the_administrator(engine: Any) -> None:
    """Identity Center calls with the identity of whoever enables it."""
    start, access, role, *_ = records_of(engine, "multi-region-instance")

    for record in (access, role):
        assert record["userIdentity"].pop("invokedBy") == "sso.amazonaws.com"
        assert record["userIdentity"] == start["userIdentity"] | {
            "accessKeyId": record["userIdentity"]["accessKeyId"]
        }
        assert (record["sourceIPAddress"], record["userAgent"]) == (
            "sso.amazonaws.com",
            "AWS Internal",
        )
    made = role["responseElements"]["role"]
    assert made["arn"] == f"arn:aws:iam::111122223333:role{made['path']}{made['roleName']}"


def test_an_account_instance_is_its_accounts_own(engine: Any) -> None:
    """All its records go to the account that created it."""
    records = records_of(engine, "account-instance")

    assert {record["recipientAccountId"] for record in records} == {"444455556666"}
    assert {record["userIdentity"]["accountId"] for record in records} == {"444455556666"}


def test_what_a_token_is_called_is_what_is_deleted(engine: Any) -> None:
    """Ids in deletions are those that creations returned; the token itself is masked."""
    records = records_of(engine, "scim-token-administration")
    made = [r["responseElements"] for r in records if r["eventName"] == "CreateBearerToken"]
    gone = [r["requestParameters"] for r in records if r["eventName"] == "DeleteBearerToken"]

    assert [one["bearerToken"]["tokenId"] for one in made] == [one["tokenId"] for one in gone]
    assert {one["bearerToken"]["token"] for one in made} == {"HIDDEN_DUE_TO_SECURITY_REASONS"}
    assert len({one["tenantId"] for one in gone}) == 1


def test_the_identity_provider_that_is_left_is_the_one_that_was_made(engine: Any) -> None:
    """Disabling names the configuration that the creation returned."""
    records = records_of(engine, "identity-source-change")
    ids: dict[str, list[str]] = {"Create": [], "Disable": []}
    for record in records:
        for verb, found in ids.items():
            if record["eventName"] == f"{verb}ExternalIdPConfigurationForDirectory":
                both = {**record["requestParameters"], **(record["responseElements"] or {})}
                found.append(both["idpId"])
    error = next(record for record in records if "errorCode" in record)

    assert ids["Create"] == ids["Disable"]
    assert len(set(ids["Create"])) == 2
    assert error["errorMessage"].startswith("Could not find Access-control attribute configuration")
    assert error["errorMessage"].endswith(f"{error['requestParameters']['instanceArn']}.")


def test_who_is_pushed_signs_in_by_the_id_of_the_creation(engine: Any) -> None:
    """The id that CreateUser answered is the user's in all that follows, in both eras."""
    records = records_of(engine, "not-yet-synchronised")
    made = [
        record["responseElements"]["id"]
        for record in records
        if record["eventName"] == "CreateUser"
    ]
    signed_in = [
        record["userIdentity"]["onBehalfOf"]["userId"]
        for record in records
        if record["eventName"] == "UserAuthentication"
    ]

    assert len(set(made)) == 2
    assert made == signed_in


def test_failed_pushes_are_those_of_the_published_examples(engine: Any) -> None:
    """Code, message and body of each, and nothing in answer."""
    failures = [record for record in records_of(engine, "scim-errors") if "errorCode" in record][
        -5:-2
    ]

    assert [
        (
            record["eventName"],
            record["errorCode"],
            record["errorMessage"],
            record["requestParameters"]["httpBody"].get("operations", [{}])[0].keys(),
        )
        for record in failures
    ] == [
        ("CreateGroup", "ConflictException", "Duplicate GroupDisplayName", set()),
        ("PatchGroup", "ValidationException", "Missing path in PATCH request", {"op", "value"}),
        (
            "PatchUser",
            "ValidationException",
            "List attribute emails exceeds allowed limit of 1",
            {"op", "path", "value"},
        ),
    ]
    assert {record["responseElements"] for record in failures} == {None}
