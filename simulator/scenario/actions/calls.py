"""What administrators do with single calls, and with whole pages of the console."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.scenario.actions.entries import AdminEntry, Part
from simulator.scenario.scalars import Name, Payload, Written


class CallError(Part):
    """How a call fails."""

    code: Annotated[
        str,
        Written(r"[A-Za-z][A-Za-z0-9.:_-]{0,127}", "an error code such as AccessDeniedException"),
    ]
    """The errorCode."""
    message: Annotated[str, Field(min_length=1, max_length=1024)]
    """The errorMessage."""


class Call(AdminEntry):
    """Make one call of those that `trailwright records` lists with parameters."""

    does: Literal["call"] = "call"
    operation: Name
    """The call, as an event kind: `sso/DescribePermissionSet`, `iam/GetRole`. Those of
    `sso-directory`, and some others, are the console's own: say `via: console` where the
    administrator's `tool` is another."""
    parameters: Payload = Field(default_factory=dict)
    """Its parameters, by their names in records. What a call demands and only one value suits may
    be left out: `instanceArn`, `identityStoreId`, `directoryId`, and what is recorded masked."""
    response: Payload | None = None
    """What it answers, for calls that change something; of others nothing is recorded. Unless
    given, it is made up from the parameters and from new ids and ARNs, and is null where that does
    not suffice; `{}` makes it null."""
    error: CallError | None = None
    """How it fails; then it answers nothing."""


class OpenIdentityCenterConsole(AdminEntry):
    """Open a page of the IAM Identity Center console, which makes about ten calls at once."""

    does: Literal["open-identity-center-console"] = "open-identity-center-console"
    page: Literal[
        "dashboard",
        "users",
        "groups",
        "accounts",
        "permission-sets",
        "applications",
        "settings",
    ] = "dashboard"
    """The page."""
    users: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    """Users listed on the page `users`, with a call for the MFA devices of each."""
