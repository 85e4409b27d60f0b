"""Access portal and OIDC events as they were before October 2024.

Portal events carry no request parameters: the target stands in serviceEventDetails, in
snake case (seen in real records). Sources: IAM Identity Center User Guide, "CloudTrail use
cases for IAM Identity Center" and "Logging IAM Identity Center API calls" (read 2026-11).
"""

from __future__ import annotations

from typing import Final

from simulator.primitives.conditions import at_least, both, equals
from simulator.records.eras.first.envelope import HIDDEN, USER_REGION, host, record, since
from simulator.records.shapes import (
    NULL,
    Array,
    Const,
    Member,
    Node,
    Part,
    Slot,
    choose,
    obj,
    text,
)

# userName can also be the display name in real records; the user name here.
IDENTITY: Final = obj(
    ("type", Const("Unknown")),
    (
        "principalId",
        choose((equals("switch_sid", 1), Slot("user.sid")), otherwise=Slot("user.id")),
    ),
    ("accountId", Slot("instance.account")),
    ("userName", Slot("user.name")),
)

# Unverified: a poll before the user has approved is shown without a user, because nobody
# has signed in for it yet.
PENDING_IDENTITY: Final = obj(
    ("type", Const("Unknown")),
    ("accountId", Slot("instance.account")),
)

ROLE_IN_ACCOUNT: Final = obj(
    ("role_name", Slot("permission_set.name")), ("account_id", Slot("account.id"))
)

_DETAILS: dict[str, Node | None] = {
    "Authenticate": None,
    # Unverified: the order of the two members.
    "Federate": obj(("account_id", Slot("account.id")), ("role_name", Slot("permission_set.name"))),
    "ListAccountRoles": obj(("account_id", Slot("account.id"))),
    "ListAccounts": None,
    "ListApplications": None,
    "ListProfilesForApplication": None,
    "GetRoleCredentials": ROLE_IN_ACCOUNT,
    "Logout": None,
}

_DEVICE, _CODE, _REFRESH = (equals("grant", place) for place in range(3))
_GRANTED: Final = equals("outcome", 0)
# Members that token responses have since 2026 (seen). Unverified: the day.
_LATELY: Final = since("2026-01-01")
_SESSION_ASKED: Final = since("2023-01-01")

SHAPES: Final[dict[str, Node]] = {
    **{
        f"sso/{name}": record(
            f"sso/{name}",
            version="version.portal",
            region=USER_REGION,
            identity=Part("identity.portal"),
            details=details,
        )
        for name, details in _DETAILS.items()
    },
    "sso/CreateToken": record(
        "sso/CreateToken",
        version="version.token",
        region=USER_REGION,
        identity=choose((_GRANTED, Part("identity.token")), otherwise=Part("identity.pending")),
        request=obj(
            ("clientId", Slot("client.id")),
            ("clientSecret", HIDDEN),
            ("grantType", Slot("oidc.grant")),
            Member("deviceCode", Slot("device.code"), _DEVICE),
            Member("code", HIDDEN, _CODE),
            Member("refreshToken", HIDDEN, _REFRESH),
            Member(
                "redirectUri",
                text("http://127.0.0.1:", Slot("oidc.port"), "/oauth/callback"),
                _CODE,
            ),
            # Unverified: masked like the other secrets of the grant.
            Member("codeVerifier", HIDDEN, _CODE),
            # Unverified: that clients of applications name their scopes here, too.
            Member("scope", Slot("oidc.scope"), at_least("scope_document", 0)),
            # Seen with the device grant in 2023, absent from the examples of 2020.
            # Unverified: the day, and that other grants do without.
            Member(
                "platformSessionExpiryRequired", Const(value=False), both(_DEVICE, _SESSION_ASKED)
            ),
        ),
        response=choose(
            (
                _GRANTED,
                obj(
                    ("accessToken", HIDDEN),
                    ("tokenType", Const("Bearer")),
                    ("expiresIn", Slot("oidc.expires_in")),
                    ("refreshToken", HIDDEN),
                    ("idToken", HIDDEN),
                    Member("aws_sso_app_session_id", Slot("session.application"), _LATELY),
                ),
            ),
            otherwise=NULL,
        ),
        additional=Member(
            "additionalEventData",
            obj(("identitycenter:SessionNotOnOrAfter", Slot("session.end"))),
            both(_LATELY, _GRANTED),
        ),
        resources=Array(
            (
                obj(
                    ("accountId", Slot("instance.account")),
                    ("type", Const("IdentityStoreId")),
                    ("ARN", Slot("store.id")),
                ),
            )
        ),
        tls_details=choose(
            (at_least("region", 0), host("oidc", Slot("event.region"))), otherwise=host("oidc")
        ),
    ),
}
