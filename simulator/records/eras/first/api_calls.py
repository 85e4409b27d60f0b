"""Calls that are recorded by table, before October 2024; no era has changed them since.

All have one envelope: who called, from where, and the two payloads, whose structure stands
in `simulator.records.api`. What an administrator does with the Identity Center instance goes
to the account that owns it; calls to IAM, STS and Organizations go to the caller's account.
"""

from __future__ import annotations

from typing import Final

from simulator.primitives.conditions import at_least, less_than
from simulator.records.api.operations import OPERATIONS, Operation
from simulator.records.eras.first.directory_api import AUTH_HOST, STORE_HOST
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

IN_OWN_ACCOUNT: Final = frozenset({"iam", "organizations", "sts"})
"""Event sources whose records go to the caller's account alone."""

_GLOBAL: Final = frozenset({"iam", "organizations"})
"""Event sources of which every record is of one Region."""

_HOME: Final = Const("us-east-1")

_HOSTS: Final[dict[str, Node]] = {
    "sso": tls("sso.", REGION, ".amazonaws.com"),
    "sso-directory": STORE_HOST,
    "sso-oauth": tls("oidc.", REGION, ".amazonaws.com"),
    "organizations": tls("organizations.us-east-1.amazonaws.com"),
    "iam": tls("iam.amazonaws.com"),
    "sts": tls("sts.", REGION, ".amazonaws.com"),
}

_BACKENDS: Final[dict[str, tuple[str, Node]]] = {
    "auth-control": ("version.auth_control", AUTH_HOST),
    "oidc": ("version.token", tls("oidc.", REGION, ".amazonaws.com")),
    # Unverified: the host, and whether it is shown at all.
    "email": (
        "version.store",
        tls("pvs-controlplane.", REGION, ".prod.authn.identity.aws.dev"),
    ),
}
"""Version and host of calls that another service answers than the one the source names."""

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
    if operation.backend:
        version, host = _BACKENDS[operation.backend]
    else:
        version, host = "version.store", _HOSTS[source]
    return record(
        operation.kind,
        version=version,
        identity=CALLER_IDENTITY,
        request=_payload("call.request", "request_document") if operation.request else NULL,
        response=_payload("call.response", "response_document") if operation.response else NULL,
        errors=_ERRORS,
        tls_details=Member("tlsDetails", host, _FROM_OUTSIDE),
        from_console=IN_CONSOLE,
        shared=None if is_own else SHARED,
        region=_HOME if source in _GLOBAL else REGION,
        recipient=Slot("admin.account") if is_own else OWNER,
    )


SHAPES: Final[dict[str, Node]] = {kind: _shape(operation) for kind, operation in OPERATIONS.items()}
