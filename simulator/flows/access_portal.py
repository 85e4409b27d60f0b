"""What using the access portal leaves behind.

Source: IAM Identity Center User Guide, "CloudTrail use cases for IAM Identity Center". A
page that lists many things sends one request each, so that those are flows of one step.

Whoever enters an account leaves records in it, too: those steps happen where column
`member_accounts` says that they are delivered.
"""

from __future__ import annotations

from typing import Final

from simulator.flows import gaps
from simulator.flows.steps import Flow, Step
from simulator.primitives.conditions import both, equals
from simulator.records.eras.first.envelope import BY_TOKEN

_SESSION = frozenset({"user", "session_high", "session_low"})
_ROLE = frozenset(
    {
        "account",
        "permission_set",
        "member_accounts",
        "role",
        "role_high",
        "role_low",
        "role_at",
        "role_until",
        "role_seconds",
        "server",
    }
)

_IN_ACCOUNT = equals("member_accounts", 1)

ROLE_STEP: Final = "role"
"""The step that begins a role session."""

PORTAL: Final = Flow(
    "portal",
    (
        Step("authenticate", "sso/Authenticate", gaps.INSTANT),
        Step("applications", "sso/ListApplications", gaps.PAGE),
    ),
    _SESSION,
)

PORTAL_ACCOUNTS: Final = Flow(
    "portal-accounts", (Step("accounts", "sso/ListAccounts", gaps.INSTANT),), _SESSION
)

PORTAL_ROLES: Final = Flow(
    "portal-roles",
    (Step("roles", "sso/ListAccountRoles", gaps.INSTANT),),
    _SESSION | {"account"},
)

PORTAL_PROFILES: Final = Flow(
    "portal-profiles",
    (Step("profiles", "sso/ListProfilesForApplication", gaps.INSTANT),),
    _SESSION,
)

CONSOLE: Final = Flow(
    "console",
    (
        Step("federate", "sso/Federate", gaps.NOW),
        Step(ROLE_STEP, "sts/AssumeRoleWithSAML", gaps.ASSUMED, _IN_ACCOUNT),
        Step("sign-in-token", "signin/GetSigninToken", gaps.AT_ONCE, _IN_ACCOUNT),
        Step("console", "signin/ConsoleLogin", gaps.LANDING, _IN_ACCOUNT),
    ),
    _SESSION | _ROLE,
)

CREDENTIALS: Final = Flow(
    "credentials",
    (
        Step("credentials", "sso/GetRoleCredentials", gaps.NOW),
        Step(ROLE_STEP, "sts/AssumeRoleWithSAML", gaps.AT_ONCE, _IN_ACCOUNT),
        # What is copied from the portal is used who knows where; a tool uses it at once.
        Step("first-call", "sts/GetCallerIdentity", gaps.FIRST_USE, both(_IN_ACCOUNT, BY_TOKEN)),
    ),
    _SESSION | _ROLE | {"by_token"},
)

SIGN_OUT: Final = Flow("sign-out", (Step("logout", "sso/Logout", gaps.NOW),), _SESSION)

FLOWS: Final = (
    PORTAL,
    PORTAL_ACCOUNTS,
    PORTAL_ROLES,
    PORTAL_PROFILES,
    CONSOLE,
    CREDENTIALS,
    SIGN_OUT,
)
