"""What users do to get into accounts, before October 2024; no era has changed it since.

Identity Center takes a permission set's role for the user by SAML, from a machine of its own;
for the console it then trades the credentials for a sign-in token. All of it is recorded in
the account that is entered (seen).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from simulator.primitives.conditions import both, either, equals
from simulator.records.eras.first.envelope import (
    BY_ADMIN,
    IN_CONSOLE,
    REGION,
    always,
    before,
    record,
    since,
    tls,
)
from simulator.records.shapes import (
    Array,
    Const,
    Member,
    Node,
    Object,
    Slot,
    choose,
    obj,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.records.eras.first.call_envelopes import Envelope

_ACCOUNT: Final = Slot("account.id")
_USER: Final = Slot("user.name")
_KEY: Final = text("ASIA", Slot("credentials.key"))
_KEY_OF_CALL: Final = text("ASIA", Slot("credentials.key_of_call"))
_ROLE_ARN: Final = Slot("role.arn")
_PROVIDER_ARN: Final = Slot("provider.arn")
_QUALIFIER: Final = Slot("provider.qualifier")
# The session is named like the user, as it stands (seen).
_SESSION_ID: Final = text(Slot("role.id"), ":", _USER)
_SESSION_ARN: Final = text(
    "arn:aws:sts::", _ACCOUNT, ":assumed-role/", Slot("role.name"), "/", _USER
)


def _session(key: Node, *more: Member) -> Node:
    """Return the userIdentity of a role session of a user's."""
    return obj(
        ("type", Const("AssumedRole")),
        ("principalId", _SESSION_ID),
        ("arn", _SESSION_ARN),
        ("accountId", _ACCOUNT),
        ("accessKeyId", key),
        (
            "sessionContext",
            obj(
                (
                    "sessionIssuer",
                    obj(
                        ("type", Const("Role")),
                        ("principalId", Slot("role.id")),
                        ("arn", _ROLE_ARN),
                        ("accountId", _ACCOUNT),
                        ("userName", Slot("role.name")),
                    ),
                ),
                Member("webIdFederationData", Object(()), before("2025-01-01")),
                (
                    "attributes",
                    obj(
                        ("creationDate", Slot("role.at")),
                        ("mfaAuthenticated", Const("false")),
                    ),
                ),
            ),
        ),
        *more,
    )


BY_DATE, NEVER, ALWAYS = 0, 1, 2
"""Values of column `switch_role_session`."""

# Many services have it since some time in 2026 (seen). Unverified: the day, and that it
# stands behind sessionContext. There is no credentialId with it (seen).
_TELLS_USER: Final = either(
    equals("switch_role_session", ALWAYS),
    both(equals("switch_role_session", BY_DATE), since("2026-01-01")),
)

SESSION_IDENTITY: Final = _session(
    # The console has another key for every call, the command line one for all (seen).
    choose((IN_CONSOLE, _KEY_OF_CALL), otherwise=_KEY),
    Member(
        "onBehalfOf",
        obj(("userId", Slot("user.id")), ("identityStoreArn", Slot("store.arn"))),
        _TELLS_USER,
    ),
)
"""userIdentity of what a user calls with a permission set's role."""

BY_USERS: Final = frozenset({"iam/ListPolicies", "iam/ListRoles", "sts/GetCallerIdentity"})
"""Calls that users make as well as administrators, in the accounts they enter."""


def _by_users(plain: Envelope) -> Envelope:
    return replace(
        plain,
        identity=choose((BY_ADMIN, plain.identity), otherwise=SESSION_IDENTITY),
        recipient=choose((BY_ADMIN, plain.recipient), otherwise=_ACCOUNT),
    )


ENVELOPES: Final[dict[str, Callable[[Envelope], Envelope]]] = dict.fromkeys(
    sorted(BY_USERS), _by_users
)
"""Kind to what its envelope becomes."""

_CONSOLE_TLS: Final = tls(REGION, ".signin.aws.amazon.com")


def _resource(kind: str, arn: Slot) -> Node:
    # Unverified: the order of the three members.
    return obj(("accountId", _ACCOUNT), ("type", Const(kind)), ("ARN", arn))


SHAPES: Final[dict[str, Node]] = {
    # The extended request id that STS has since 2026 is left out. Unverified: its place.
    "sts/AssumeRoleWithSAML": record(
        "sts/AssumeRoleWithSAML",
        version="version.store",
        identity=obj(
            ("type", Const("SAMLUser")),
            ("principalId", text(_QUALIFIER, ":", _USER)),
            ("userName", _USER),
            ("identityProvider", _QUALIFIER),
        ),
        address=Slot("server.address"),
        agent=Slot("server.agent"),
        request=obj(
            ("sAMLAssertionID", text("_", Slot("assertion.id"))),
            ("roleSessionName", _USER),
            ("roleArn", _ROLE_ARN),
            ("principalArn", _PROVIDER_ARN),
            ("durationSeconds", Slot("credentials.seconds")),
        ),
        response=obj(
            (
                "credentials",
                obj(
                    ("accessKeyId", _KEY),
                    ("sessionToken", Slot("credentials.token")),
                    (
                        "expiration",
                        # Without a comma after the year in 2021, with one in 2026 (seen).
                        # Unverified: the day.
                        choose(
                            (before("2023-01-01"), Slot("credentials.until_of_old")),
                            otherwise=Slot("credentials.until"),
                        ),
                    ),
                ),
            ),
            ("assumedRoleUser", obj(("assumedRoleId", _SESSION_ID), ("arn", _SESSION_ARN))),
            ("subject", _USER),
            ("subjectType", Const("persistent")),
            ("issuer", Slot("provider.issuer")),
            ("audience", Const("https://signin.aws.amazon.com/saml")),
            ("nameQualifier", _QUALIFIER),
        ),
        resources=Array(
            (
                _resource("AWS::IAM::Role", _ROLE_ARN),
                _resource("AWS::IAM::SAMLProvider", _PROVIDER_ARN),
            )
        ),
        tls_details=tls("sts.", REGION, ".amazonaws.com"),
        recipient=_ACCOUNT,
    ),
    # Unverified: that the caller's key is the one just given, and the address; of both kinds of
    # the console's, that they do not tell the user, in 2026 either.
    "signin/GetSigninToken": record(
        "signin/GetSigninToken",
        version="version.sign_in",
        identity=_session(_KEY),
        address=Slot("server.address"),
        agent=Slot("server.token_agent"),
        response=obj(
            ("credentials", obj(("accessKeyId", _KEY_OF_CALL))),
            ("GetSigninToken", Const("Success")),
        ),
        has_request_id=False,
        tls_details=_CONSOLE_TLS,
        recipient=_ACCOUNT,
    ),
    # No LoginTo and no SamlProviderArn, which those of other SAML providers have (seen).
    "signin/ConsoleLogin": record(
        "signin/ConsoleLogin",
        version="version.sign_in",
        identity=_session(_KEY_OF_CALL),
        response=obj(("ConsoleLogin", Const("Success"))),
        additional=always(
            "additionalEventData",
            obj(("MobileVersion", Const("No")), ("MFAUsed", Const("No"))),
        ),
        has_request_id=False,
        tls_details=_CONSOLE_TLS,
        recipient=_ACCOUNT,
    ),
}
