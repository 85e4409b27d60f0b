"""Calls that are recorded by table, before October 2024; no era has changed them since.

All have one envelope: who called, from where, and the two payloads, whose structure stands
in `simulator.records.api`. What an administrator does with the Identity Center instance goes
to the account that owns it; calls to IAM, STS and Organizations go to the caller's account.
A few are called by users, too, with a permission set's role.
"""

from __future__ import annotations

from typing import Final

from simulator.primitives.conditions import at_least, less_than
from simulator.records.api.operations import OPERATIONS, Operation
from simulator.records.eras.first.account_access import SESSION_IDENTITY
from simulator.records.eras.first.envelope import (
    BY_ADMIN,
    CALLER_IDENTITY,
    IN_CONSOLE,
    OWNER,
    REGION,
    SHARED,
    record,
    tls,
)
from simulator.records.shapes import NULL, Const, Member, Node, Slot, choose

IN_OWN_ACCOUNT: Final = frozenset({"iam", "organizations", "sts"})
"""Event sources whose records go to the caller's account alone."""

BY_USERS: Final = frozenset({"iam/ListPolicies", "iam/ListRoles", "sts/GetCallerIdentity"})
"""Calls that users make as well, in the accounts they enter."""

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


def _shape(operation: Operation) -> Node:
    source = operation.source
    is_own = source in IN_OWN_ACCOUNT
    identity: Node = CALLER_IDENTITY
    recipient: Node = Slot("admin.account") if is_own else OWNER
    if operation.kind in BY_USERS:
        identity = choose((BY_ADMIN, CALLER_IDENTITY), otherwise=SESSION_IDENTITY)
        recipient = choose((BY_ADMIN, recipient), otherwise=Slot("account.id"))
    return record(
        operation.kind,
        version="version.store",
        identity=identity,
        request=_payload("call.request", "request_document") if operation.request else NULL,
        response=_payload("call.response", "response_document") if operation.response else NULL,
        errors=_ERRORS,
        tls_details=Member("tlsDetails", _HOSTS[source], _FROM_OUTSIDE),
        from_console=IN_CONSOLE,
        shared=None if is_own else SHARED,
        region=_HOME if source in _GLOBAL else REGION,
        recipient=recipient,
    )


SHAPES: Final[dict[str, Node]] = {kind: _shape(operation) for kind, operation in OPERATIONS.items()}
