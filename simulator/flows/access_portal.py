"""What using the access portal leaves behind.

Source: IAM Identity Center User Guide, "CloudTrail use cases for IAM Identity Center". A
page that lists many things sends one request each, so that those are flows of one step.
"""

from __future__ import annotations

from typing import Final

from simulator.flows import gaps
from simulator.flows.steps import Flow, Step

_SESSION = frozenset({"user", "session_high", "session_low"})

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
    (Step("federate", "sso/Federate", gaps.NOW),),
    _SESSION | {"account", "permission_set"},
)

CREDENTIALS: Final = Flow(
    "credentials",
    (Step("credentials", "sso/GetRoleCredentials", gaps.NOW),),
    _SESSION | {"account", "permission_set"},
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
