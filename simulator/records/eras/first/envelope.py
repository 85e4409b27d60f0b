"""What all records share: the envelope around the two payloads.

Order of members as in real records since 2023 (CloudTrail User Guide, "CloudTrail record
contents", and records seen); the published examples of 2020 put `eventCategory` before
`recipientAccountId`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.primitives.conditions import ALWAYS, Condition, at_least, equals, less_than
from simulator.primitives.instants import parse_instant
from simulator.records.api import structures
from simulator.records.kinds import kind_named
from simulator.records.shapes import (
    NULL,
    Array,
    Const,
    Member,
    Node,
    Object,
    Part,
    Slot,
    choose,
    obj,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN: Final = Const(structures.HIDDEN)
BY_ADMIN: Final = equals("actor", 1)
IN_CONSOLE: Final = equals("console", 1)
BY_TOKEN: Final = equals("by_token", 1)

OWNERS, ADMINISTRATORS = 1, 2
"""Values of column `copy`, where two accounts receive an event: the one that owns the instance
and the administrator's own."""

# Seen with calls to sso.amazonaws.com, where `resources` names the owner besides. Unverified:
# calls to the directory are shared alike; they name no resources, shared or not.
SHARED: Final = at_least("copy", OWNERS)


def before(day: str) -> Condition:
    """Ask whether an event happened before a day."""
    return less_than("time", parse_instant(day))


def since(day: str) -> Condition:
    """Ask whether an event happened on a day or later."""
    return at_least("time", parse_instant(day))


# eventVersion follows the event's time, never the era: services moved one by one.
# Unverified: the days on which they moved; records of neighbouring months bound them.
VERSIONS: Final[dict[str, Node]] = {
    "version.sign_in": choose((before("2025-01-01"), Const("1.08")), otherwise=Const("1.09")),
    "version.auth_control": choose((before("2025-01-01"), Const("1.08")), otherwise=Const("1.09")),
    "version.portal": choose((before("2026-01-01"), Const("1.08")), otherwise=Const("1.11")),
    "version.token": Const("1.08"),
    "version.store": choose((before("2025-07-01"), Const("1.08")), otherwise=Const("1.11")),
    # Of 2024; Unverified: that it has not moved since.
    "version.scim": Const("1.10"),
}

_KEY_OF_CALL = text("ASIA", Slot("role.key_of_call"))
_KEY_ID = choose(
    (IN_CONSOLE, _KEY_OF_CALL),
    otherwise=text("ASIA", Slot("role.key_of_session")),
)

_ATTRIBUTES = obj(
    ("creationDate", Slot("role.at")),
    # The string "false" for roles of Identity Center even when MFA was used.
    ("mfaAuthenticated", Const("false")),
)

ROLE, IAM_USER, ROOT = 0, 1, 2
"""Values of column `admin_kind`."""

_ROLE_IDENTITY = obj(
    ("type", Const("AssumedRole")),
    ("principalId", Slot("admin.principal")),
    ("arn", Slot("admin.arn")),
    ("accountId", Slot("admin.account")),
    ("accessKeyId", _KEY_ID),
    (
        "sessionContext",
        obj(
            (
                "sessionIssuer",
                obj(
                    ("type", Const("Role")),
                    ("principalId", Slot("admin.role_id")),
                    ("arn", Slot("admin.role_arn")),
                    ("accountId", Slot("admin.account")),
                    ("userName", Slot("admin.role_name")),
                ),
            ),
            # Printed empty up to 2024 and gone since. Unverified: the day.
            Member("webIdFederationData", Object(()), before("2025-01-01")),
            ("attributes", _ATTRIBUTES),
        ),
    ),
)

_OWN_SESSION = obj(
    ("sessionIssuer", Object(())),
    Member("webIdFederationData", Object(()), before("2025-01-01")),
    ("attributes", _ATTRIBUTES),
)

_IAM_USER_IDENTITY = obj(
    ("type", Const("IAMUser")),
    ("principalId", Slot("admin.principal")),
    ("arn", Slot("admin.arn")),
    ("accountId", Slot("admin.account")),
    ("accessKeyId", choose((IN_CONSOLE, _KEY_OF_CALL), otherwise=Slot("admin.key"))),
    ("userName", Slot("admin.name")),
    # Unverified: that an IAM user's session in the console is shown like one of root.
    Member("sessionContext", _OWN_SESSION, IN_CONSOLE),
)

_ROOT_IDENTITY = obj(
    ("type", Const("Root")),
    ("principalId", Slot("admin.principal")),
    ("arn", Slot("admin.arn")),
    ("accountId", Slot("admin.account")),
    ("accessKeyId", _KEY_ID),
    ("sessionContext", _OWN_SESSION),
)

ADMIN_IDENTITY: Final = choose(
    (equals("admin_kind", ROLE), _ROLE_IDENTITY),
    (equals("admin_kind", IAM_USER), _IAM_USER_IDENTITY),
    otherwise=_ROOT_IDENTITY,
)
"""userIdentity of an administrator; no era changed it."""

IS_INVOKED: Final = at_least("invoked_by", 0)
_INVOKED_BY = Member("invokedBy", Slot("caller.invoked_by"), IS_INVOKED)


def caller_identity(*of_roles: Member) -> Node:
    """Return the userIdentity of a caller, with members that role sessions may have besides."""
    role = Object((*_ROLE_IDENTITY.members, *of_roles, _INVOKED_BY))
    return choose(
        (equals("admin_kind", ROLE), role),
        (equals("admin_kind", IAM_USER), Object((*_IAM_USER_IDENTITY.members, _INVOKED_BY))),
        otherwise=Object((*_ROOT_IDENTITY.members, _INVOKED_BY)),
    )


CALLER_IDENTITY: Final = caller_identity()
"""userIdentity of whoever calls an API, or has a service call it on their behalf."""


_ADDRESS: Final = Slot("source.address")
_AGENT: Final = Slot("source.agent")
REGION: Final = Slot("instance.region")
OWNER: Final = Slot("instance.account")
_RECIPIENT = choose((equals("copy", ADMINISTRATORS), Slot("admin.account")), otherwise=OWNER)


# Instances of several Regions exist since February 2026, and what a user does is recorded in
# the Region where it is done (AWS's announcement of multi-Region instances, from memory).
USER_REGION: Final = choose((at_least("region", 0), Slot("event.region")), otherwise=REGION)
"""awsRegion of what a user does."""

DUAL_STACK: Final = equals("switch_dual_stack", 1)


def host(service: str, region: Slot = REGION) -> Node:
    """Return the TLS details of a call to a service's endpoint in a Region."""
    # Unverified: that dual-stack names are what clients show by then.
    return choose(
        (DUAL_STACK, tls(f"{service}.", region, ".api.aws")),
        otherwise=tls(f"{service}.", region, ".amazonaws.com"),
    )


def tls(*host: str | Slot) -> Node:
    """Return the TLS details of a call to a host."""
    return obj(
        ("tlsVersion", Const("TLSv1.3")),
        ("cipherSuite", Const("TLS_AES_128_GCM_SHA256")),
        ("clientProvidedHostHeader", text(*host)),
    )


def record(  # noqa: PLR0913  # one parameter a member that records may differ in
    kind: str,
    *,
    version: str,
    identity: Node,
    address: Node = _ADDRESS,
    agent: Node = _AGENT,
    request: Node = NULL,
    response: Node = NULL,
    errors: Iterable[Member] = (),
    additional: Member | None = None,
    has_request_id: bool = True,
    resources: Array | Member | None = None,
    details: Node | None = None,
    tls_details: Node | Member | None = None,
    from_console: Condition | None = None,
    shared: Condition | None = None,
    region: Node = REGION,
    recipient: Node = OWNER,
) -> Object:
    """Return the shape of a kind's records, payloads put into the envelope."""
    entry = kind_named(kind)
    members: list[Member | tuple[str, Node]] = [
        ("eventVersion", Part(version)),
        ("userIdentity", identity),
        ("eventTime", Slot("event.time")),
        ("eventSource", Const(entry.event_source)),
        ("eventName", Const(entry.event_name)),
        ("awsRegion", region),
        ("sourceIPAddress", address),
        ("userAgent", agent),
        *errors,
        ("requestParameters", request),
        ("responseElements", response),
    ]
    if additional is not None:
        members.append(additional)
    if has_request_id:
        members.append(("requestID", Slot("request.id")))
    members += [
        ("eventID", Slot("event.id")),
        ("readOnly", Const(entry.read_only)),
    ]
    if isinstance(resources, Member):
        members.append(resources)
    elif resources is not None:
        members.append(("resources", resources))
    members += [
        ("eventType", Const(entry.event_type)),
        ("managementEvent", Const(value=True)),
    ]
    if shared is None:
        members.append(("recipientAccountId", recipient))
    else:
        members.append(("recipientAccountId", _RECIPIENT))
        members.append(Member("sharedEventID", Slot("event.shared_id"), shared))
    if details is not None:
        members.append(("serviceEventDetails", details))
    members.append(("eventCategory", Const("Management")))
    if isinstance(tls_details, Member):
        members.append(tls_details)
    elif tls_details is not None:
        members.append(("tlsDetails", tls_details))
    if from_console is not None:
        members.append(Member("sessionCredentialFromConsole", Const("true"), from_console))
    return obj(*members)


def always(name: str, node: Node) -> Member:
    """Return a member that is always there."""
    return Member(name, node, ALWAYS)
