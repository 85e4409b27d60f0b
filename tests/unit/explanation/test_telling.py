"""What one record says, word by word."""

from __future__ import annotations

import pytest

from simulator.cli.samples import samples
from simulator.explanation.clients import client_of
from simulator.explanation.telling import telling_of
from simulator.explanation.words import CREDENTIALS, GRANTS, label_of, shortened, told
from simulator.records.eras import ERA_NAMES
from simulator.records.fields import CREDENTIAL_TYPES
from simulator.records.fields import GRANTS as KNOWN_GRANTS

FIRST, BEFORE, AFTER = ERA_NAMES
ID = "94d8a4b8-30a1-70f2-1c6e-5b7d9f1a3c5e"
ADMIN = "group-manager with permission set AdministratorAccess in account 111122223333"
NOBODY = "somebody the record does not show"

BOTH_BEFORE = (FIRST, BEFORE)
SAID = [
    # Kind, which of its examples, eras, who, what.
    (
        "signin/CredentialChallenge",
        0,
        ERA_NAMES,
        "ana.lopez",
        "is asked for one factor of a sign-in: password",
    ),
    (
        "signin/CredentialChallenge",
        1,
        (AFTER,),
        "somebody who gave the user name ana.lopez",
        "is asked for one factor of a sign-in: password",
    ),
    (
        "signin/CredentialChallenge",
        2,
        BOTH_BEFORE,
        "ana.lopes",
        "is asked for one factor of a sign-in: password",
    ),
    (
        "signin/CredentialChallenge",
        2,
        (AFTER,),
        "somebody whose user name AWS hides",
        "is asked for one factor of a sign-in: password",
    ),
    (
        "signin/CredentialChallenge",
        3,
        (AFTER,),
        f"user {ID}",
        "is asked for one factor of a sign-in: authenticator code (TOTP)",
    ),
    (
        "signin/CredentialVerification",
        0,
        BOTH_BEFORE,
        "ana.lopez",
        "answers a challenge of a sign-in: password, accepted",
    ),
    (
        "signin/CredentialVerification",
        1,
        (AFTER,),
        NOBODY,
        "answers a challenge of a sign-in: password, refused",
    ),
    (
        "signin/UserAuthentication",
        0,
        (AFTER,),
        f"user {ID}",
        (
            "has shown every factor that was asked for, and is signed in: "
            "password and authenticator code (TOTP)"
        ),
    ),
    (
        "signin/UserAuthentication",
        1,
        ERA_NAMES,
        "ana.lopez",
        (
            "has shown every factor that was asked for, and is signed in: "
            "the external identity provider"
        ),
    ),
    (
        "signin/ExternalIdPDirectoryLogin",
        0,
        ERA_NAMES,
        NOBODY,
        (
            "comes from the external identity provider with an assertion: refused "
            "(Assertion is no longer valid)"
        ),
    ),
    (
        "sso/Federate",
        0,
        BOTH_BEFORE,
        "ana.lopez",
        (
            "enters an account from the access portal, into its console: "
            "account 444455556666, role PowerUserAccess"
        ),
    ),
    ("sso/Logout", 0, (AFTER,), f"user {ID}", "signs out of the access portal"),
    (
        "sso/CreateToken",
        2,
        ERA_NAMES,
        NOBODY,
        "asks for an access token for a tool or application: by device code, not approved yet",
    ),
    (
        "sso/CreateToken",
        3,
        (AFTER,),
        f"user {ID}",
        (
            "asks for an access token for a tool or application: "
            "by refresh token, without anybody signing in"
        ),
    ),
    (
        "sso-directory/CreateGroup",
        0,
        BOTH_BEFORE,
        ADMIN,
        "creates a group: group a4e86438-b0f1-7075-3d2c-8e9f1a2b3c4d, display name Contractors",
    ),
    (
        "sso-directory/CreateGroup",
        0,
        (AFTER,),
        ADMIN,
        "creates a group: group a4e86438-b0f1-7075-3d2c-8e9f1a2b3c4d",
    ),
    (
        "identitystore/UpdateGroup",
        0,
        ERA_NAMES,
        ADMIN,
        (
            "changes a group: group a4e86438-b0f1-7075-3d2c-8e9f1a2b3c4d, "
            "attribute displayName and description"
        ),
    ),
    (
        "sso-directory/DeleteMfaDeviceForUser",
        0,
        (AFTER,),
        f"user {ID}",
        f"removes an MFA device of a user: user {ID}, MFA device m-94d8a4b830a170f2",
    ),
    (
        "sso-directory/DeleteMfaDeviceForUser",
        1,
        ERA_NAMES,
        ADMIN,
        f"removes an MFA device of a user: user {ID}, MFA device m-94d8a4b830a170f2",
    ),
    (
        "sso-directory/UpdatePassword",
        0,
        ERA_NAMES,
        ADMIN,
        f"resets a user's password: user {ID}, by a link sent by email",
    ),
    (
        "identitystore-scim/PatchUser",
        0,
        ERA_NAMES,
        "a provisioning client",
        "changes attributes of a user",
    ),
    (
        "sso/CreateAccountAssignment",
        0,
        ERA_NAMES,
        ADMIN,
        (
            "gives a user or group a permission set in an account: "
            f"permission set ps-1a2b3c4d5e6f7a8b, user {ID}, account 444455556666"
        ),
    ),
    (
        "sts/AssumeRoleWithSAML",
        0,
        ERA_NAMES,
        "ana.lopez, by SAML assertion",
        (
            "takes a permission set's role in an account for a user: "
            "role AWSReservedSSO_PowerUserAccess_0718293a4b5c6d7e"
        ),
    ),
    (
        "signin/ConsoleLogin",
        0,
        ERA_NAMES,
        "ana.lopez with permission set PowerUserAccess in account 444455556666",
        "enters the AWS console of an account",
    ),
    (
        "iam/PutRolePolicy",
        0,
        ERA_NAMES,
        ADMIN,
        (
            "sets an inline policy of a role: policy name AwsSSOInlinePolicy, "
            "role AWSReservedSSO_ReadOnlyAccess_0f1e2d3c4b5a6978"
        ),
    ),
]


@pytest.mark.parametrize("said", SAID, ids=lambda said: f"{said[0]} {said[1]} {said[2][-1]}")
def test_a_record_is_told_in_these_words(said):
    """Who acts, and what they do, in every era."""
    kind, place, eras, who, deed = said

    for era in eras:
        telling = telling_of(samples(kind)[place].record(era))

        assert (telling.kind, telling.who.says, telling.deed) == (kind, who, deed)


def test_a_record_is_told_in_full():
    """Every part of one."""
    telling = telling_of(samples("sso/CreateToken")[1].record(AFTER))

    assert telling.time == "2025-01-13T09:00:07Z"
    assert telling.who.details == (
        ("type of identity", "IdentityCenterUser"),
        ("identity store", "d-9067f3a1b2"),
        ("user id", ID),
        ("credentialId", "75732d656173742d312d93c51b431f1c5807f8d9a7522cd31b73"),
        ("account", "111122223333"),
    )
    assert telling.where == "from 203.0.113.24 with Chrome 131 on Windows, in us-east-1"
    assert telling.where_lines[1:] == (
        ("host asked", "oidc.us-east-1.amazonaws.com"),
        ("delivered to account", "111122223333"),
    )
    assert telling.what[0] == ("client id", "oNnT7XPw7SWRKSwHSwaC13VzLWVhc3QtMQ")
    assert telling.what[1] == ("grant", "by device code")
    assert telling.what[3:] == (
        ("platform session expiry required", "no"),
        ("token type", "Bearer"),
        ("seconds until it ends", "28800"),
    )
    assert telling.hidden == (
        "requestParameters.clientSecret",
        "responseElements.accessToken",
        "responseElements.refreshToken",
        "responseElements.idToken",
    )
    assert (telling.error, telling.credential, telling.outcome) == ("", "", "")


@pytest.mark.parametrize(
    ("identity", "who"),
    [
        (
            {"type": "IAMUser", "userName": "bo", "accountId": "111122223333"},
            "IAM user bo of account 111122223333",
        ),
        ({"type": "Root", "accountId": "111122223333"}, "the root user of account 111122223333"),
        ({"type": "AWSService", "invokedBy": "sso.amazonaws.com"}, "the service sso.amazonaws.com"),
        ({"type": "AWSAccount", "accountId": "111122223333"}, "account 111122223333"),
        (
            {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/Ops/bo"},
            "bo with role Ops",
        ),
        ({"type": "AssumedRole"}, "somebody with a role"),
        ({"type": "Directory", "userName": "bo"}, "bo"),
        ({"type": "Unheard"}, NOBODY),
        ({}, NOBODY),
        (7, NOBODY),
    ],
)
def test_every_type_of_identity_is_told(identity, who):
    """By what it shows; others are nobody."""
    assert telling_of({"userIdentity": identity}).who.says == who


def test_a_call_that_fails_says_why():
    """With its code and message."""
    record = samples("iam/GetRole")[0].record(AFTER)

    telling = telling_of({**record, "errorCode": "AccessDenied", "errorMessage": "No."})

    assert telling.deed.endswith("; the call fails: AccessDenied: No.")
    assert telling.error == "AccessDenied: No."


def test_an_unknown_event_is_told_by_its_name():
    """There is no sentence for it."""
    telling = telling_of({"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances"})

    assert (telling.kind, telling.deed) == ("ec2/RunInstances", "does ec2/RunInstances")


def test_what_does_not_print_is_not_printed():
    """Neither the terminal nor the order of letters is given away."""
    telling = telling_of(
        {
            "eventSource": "a\u202eb",
            "eventName": "c\x1b[31m",
            "requestParameters": {"\u2066n": "\u202ev\n"},
            "sourceIPAddress": "\x07",
            "userAgent": "\x9b",
        }
    )

    everything = f"{telling}"
    assert everything.isprintable()
    assert "\u202e" not in everything
    assert telling.what == (("·n", "·v·"),)


def test_a_great_many_members_are_told_in_part():
    """As many as fit on a screen, however deep they are."""
    deep: object = "x"
    for _ in range(100):
        deep = {"a": deep}

    telling = telling_of({"requestParameters": {**{f"m{n}": n for n in range(99)}, "deep": deep}})

    assert telling.what[0] == ("m0", "0")
    assert len(telling.what) == 41
    assert telling.what[-1] == ("…", "and 60 more")


@pytest.mark.parametrize(
    ("agent", "client"),
    [
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0"
            ),
            "Edge 131 on Windows",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
            ),
            "Safari 18 on iOS",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox 128 on Linux",
        ),
        (
            "aws-cli/2.22.7 os/macos#24.1.0 md/command#sso.login",
            "AWS CLI 2.22 on macOS, running `aws sso login`",
        ),
        ("Boto3/1.35.9 md/Botocore#1.35.9 os/linux", "Python (boto3 1.35) on Linux"),
        ("sso.amazonaws.com", "a service of AWS"),
        ("something else", "something else"),
    ],
)
def test_programs_are_told_by_user_agent(agent, client):
    """What is not known is quoted."""
    assert client_of(agent) == client


def test_words_are_there_for_all_that_records_have():
    """Every credential type and every grant that this program writes."""
    assert set(CREDENTIAL_TYPES) == set(CREDENTIALS)
    assert set(KNOWN_GRANTS) <= set(GRANTS)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("maxResults", "max results"),
        ("sAMLProviderArn", "s AML provider arn"),
        ("identitycenter:UserId", "identitycenter user id"),
        ("groupId", "group"),
        ("", "?"),
    ],
)
def test_members_are_named_in_words(name, label):
    """From a table, or spelled apart."""
    assert label_of(name) == label


def test_values_are_told_on_one_line():
    """Masks and flags in words, long texts cut, ARNs by what they end with."""
    assert told("HIDDEN_DUE_TO_SECURITY_REASONS") == "hidden by AWS"
    assert [told(value) for value in (True, False, None, 7)] == ["yes", "no", "null", "7"]
    assert len(told("x" * 999)) == 200
    assert shortened("arn:aws:iam::aws:policy/ReadOnlyAccess") == "ReadOnlyAccess"
    assert shortened("a/b") == "a/b"
