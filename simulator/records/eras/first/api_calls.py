"""Calls that are recorded by table, before October 2024; no era has changed them since.

Who called, from where, and the two payloads, whose structure stands in `simulator.records.api`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.primitives.conditions import at_least
from simulator.records.api.operations import OPERATIONS, Operation
from simulator.records.eras.first import account_access, applications
from simulator.records.eras.first.call_envelopes import BY_BACKEND, BY_SOURCE, Envelope
from simulator.records.eras.first.envelope import record
from simulator.records.shapes import NULL, Member, Node, Slot, choose

if TYPE_CHECKING:
    from collections.abc import Callable

_OWN: Final[dict[str, Callable[[Envelope], Envelope]]] = {
    **applications.ENVELOPES,
    **account_access.ENVELOPES,
}
"""Kinds whose envelope differs from their source's, and how."""

_FAILED: Final = at_least("error", 0)
_ERRORS: Final = (
    Member("errorCode", Slot("error.code"), _FAILED),
    Member("errorMessage", Slot("error.message"), _FAILED),
)


def _payload(field: str, column: str) -> Node:
    return choose((at_least(column, 0), Slot(field)), otherwise=NULL)


def envelope_of(operation: Operation) -> Envelope:
    """Return what is around the payloads of a call."""
    around = BY_SOURCE[operation.source]
    if operation.backend:
        around = BY_BACKEND[operation.backend](around)
    return _OWN[operation.kind](around) if operation.kind in _OWN else around


def _shape(operation: Operation) -> Node:
    around = envelope_of(operation)
    return record(
        operation.kind,
        version=around.version,
        identity=around.identity,
        request=_payload("call.request", "request_document") if operation.request else NULL,
        response=_payload("call.response", "response_document") if operation.response else NULL,
        errors=_ERRORS,
        additional=around.additional,
        resources=around.resources,
        tls_details=around.tls_details,
        from_console=around.from_console,
        shared=around.shared,
        region=around.region,
        recipient=around.recipient,
    )


SHAPES: Final[dict[str, Node]] = {kind: _shape(operation) for kind, operation in OPERATIONS.items()}
