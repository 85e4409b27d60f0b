"""What is around the payloads of calls that are recorded by table.

An event source has one envelope; some kinds have members of their own besides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from simulator.primitives.conditions import less_than
from simulator.records.eras.first import scim
from simulator.records.eras.first.directory_api import AUTH_HOST, STORE_HOST
from simulator.records.eras.first.envelope import (
    CALLER_IDENTITY,
    IN_CONSOLE,
    OWNER,
    REGION,
    SHARED,
    host,
    tls,
)
from simulator.records.shapes import Array, Const, Member, Node, Slot, obj

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.primitives.conditions import Condition


@dataclass(frozen=True, slots=True)
class Envelope:
    """Everything about a record but its payloads and errors."""

    tls_details: Node | Member
    """tlsDetails."""
    version: str = "version.store"
    """The part that is its eventVersion."""
    identity: Node = CALLER_IDENTITY
    """userIdentity."""
    additional: Member | None = None
    """additionalEventData."""
    resources: Member | None = None
    """resources."""
    from_console: Condition | None = IN_CONSOLE
    """When sessionCredentialFromConsole is there."""
    region: Node = REGION
    """awsRegion."""
    recipient: Node = OWNER
    """recipientAccountId, where two accounts do not share the call."""
    shared: Condition | None = SHARED
    """When two accounts receive it; none where that never happens."""
    columns: frozenset[str] = frozenset()
    """Columns of a row that it shows beyond a caller's."""


# Unverified: a service that calls on somebody's behalf shows no TLS details.
_FROM_OUTSIDE: Final = less_than("invoked_by", 0)


def _of_the_instance(details: Node) -> Envelope:
    return Envelope(Member("tlsDetails", details, _FROM_OUTSIDE))


def _of_an_account(details: Node, region: Node = REGION) -> Envelope:
    plain = _of_the_instance(details)
    return replace(plain, region=region, recipient=Slot("admin.account"), shared=None)


# Seen: a shared call names the account that owns the instance. Unverified: the type, the ARN,
# and that a call of one account names no resources.
_THE_INSTANCE: Final = Member(
    "resources",
    Array(
        (
            obj(
                ("accountId", OWNER),
                ("type", Const("AWS::SSO::Instance")),
                ("ARN", Slot("instance.arn")),
            ),
        )
    ),
    SHARED,
)

_HOME: Final = Const("us-east-1")

BY_SOURCE: Final = {
    "sso": replace(_of_the_instance(host("sso")), resources=_THE_INSTANCE),
    "sso-directory": _of_the_instance(STORE_HOST),
    "sso-oauth": _of_the_instance(host("oidc")),
    # Every record of these two is of one Region.
    "organizations": _of_an_account(tls("organizations.us-east-1.amazonaws.com"), _HOME),
    "iam": _of_an_account(tls("iam.amazonaws.com"), _HOME),
    "sts": _of_an_account(tls("sts.", REGION, ".amazonaws.com")),
    # Unverified: both host names, and that they are of the instance's Region.
    "q": _of_an_account(tls("q.", REGION, ".amazonaws.com")),
    "user-subscriptions": _of_an_account(tls("user-subscriptions.", REGION, ".amazonaws.com")),
    scim.SOURCE: Envelope(
        scim.TLS, version="version.scim", identity=scim.IDENTITY, from_console=None, shared=None
    ),
}
"""Event source to its envelope. What an administrator does with the Identity Center instance
goes to the account that owns it; calls to IAM, STS and Organizations, and to services that
use Identity Center, go to the caller's account."""


def _answered_by(version: str, details: Node) -> Callable[[Envelope], Envelope]:
    return lambda plain: replace(
        plain, version=version, tls_details=Member("tlsDetails", details, _FROM_OUTSIDE)
    )


BY_BACKEND: Final = {
    "auth-control": _answered_by("version.auth_control", AUTH_HOST),
    "oidc": _answered_by("version.token", host("oidc")),
    # Unverified: the host, and whether it is shown at all.
    "email": _answered_by(
        "version.store", tls("pvs-controlplane.", REGION, ".prod.authn.identity.aws.dev")
    ),
}
"""What becomes of the envelope of a call that another service answers than its source names."""
