"""Calls that are recorded by table, before October 2024; no era has changed them since.

Who called, from where, and the two payloads, whose structure stands in
`simulator.records.api`. What an administrator does with the Identity Center instance goes
to the account that owns it; calls to IAM, STS and Organizations go to the caller's account.
Event sources whose callers are no administrators have envelopes of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.primitives.conditions import at_least, less_than
from simulator.records.api.operations import OPERATIONS, Operation
from simulator.records.eras.first import scim
from simulator.records.eras.first.envelope import (
    CALLER_IDENTITY,
    IN_CONSOLE,
    OWNER,
    REGION,
    SHARED,
    record,
    tls,
)
from simulator.records.shapes import NULL, Const, Member, Node, Slot, choose

if TYPE_CHECKING:
    from simulator.primitives.conditions import Condition

IN_OWN_ACCOUNT: Final = frozenset({"iam", "organizations", "sts"})
"""Event sources whose records go to the caller's account alone."""

OF_ONE_ACCOUNT: Final = IN_OWN_ACCOUNT | {scim.SOURCE}
"""Event sources whose records never go to two accounts."""

_GLOBAL: Final = frozenset({"iam", "organizations"})
"""Event sources of which every record is of one Region."""

_HOME: Final = Const("us-east-1")

_HOSTS: Final[dict[str, Node]] = {
    "sso": tls("sso.", REGION, ".amazonaws.com"),
    "sso-directory": tls("identitystore.", REGION, ".amazonaws.com"),
    "sso-oauth": tls("oidc.", REGION, ".amazonaws.com"),
    "organizations": tls("organizations.us-east-1.amazonaws.com"),
    "iam": tls("iam.amazonaws.com"),
    "sts": tls("sts.", REGION, ".amazonaws.com"),
}

_FAILED: Final = at_least("error", 0)
_ERRORS: Final = (
    Member("errorCode", Slot("error.code"), _FAILED),
    Member("errorMessage", Slot("error.message"), _FAILED),
)
# Unverified: a service that calls on somebody's behalf shows no TLS details.
_FROM_OUTSIDE: Final = less_than("invoked_by", 0)


def _payload(field: str, column: str) -> Node:
    return choose((at_least(column, 0), Slot(field)), otherwise=NULL)


@dataclass(frozen=True, slots=True)
class _Envelope:
    """What is around the payloads of an event source."""

    version: str
    """The part that is its eventVersion."""
    identity: Node
    tls_details: Node | Member
    from_console: Condition | None


_ENVELOPES: Final = {
    **{
        source: _Envelope(
            "version.store",
            CALLER_IDENTITY,
            Member("tlsDetails", host, _FROM_OUTSIDE),
            IN_CONSOLE,
        )
        for source, host in _HOSTS.items()
    },
    scim.SOURCE: _Envelope("version.scim", scim.IDENTITY, scim.TLS, None),
}
"""Event source to its envelope."""


def _shape(operation: Operation) -> Node:
    source = operation.source
    envelope = _ENVELOPES[source]
    return record(
        operation.kind,
        version=envelope.version,
        identity=envelope.identity,
        request=_payload("call.request", "request_document") if operation.request else NULL,
        response=_payload("call.response", "response_document") if operation.response else NULL,
        errors=_ERRORS,
        tls_details=envelope.tls_details,
        from_console=envelope.from_console,
        shared=None if source in OF_ONE_ACCOUNT else SHARED,
        region=_HOME if source in _GLOBAL else REGION,
        recipient=Slot("admin.account") if source in IN_OWN_ACCOUNT else OWNER,
    )


SHAPES: Final[dict[str, Node]] = {kind: _shape(operation) for kind, operation in OPERATIONS.items()}
