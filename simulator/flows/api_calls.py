"""Calls that are recorded by table: one call, one event, one flow named like its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.flows import gaps
from simulator.flows.directory_admin import ADMIN_COLUMNS
from simulator.flows.steps import Flow, Step
from simulator.records.api.operations import OPERATIONS
from simulator.records.eras.first.api_calls import IN_OWN_ACCOUNT

if TYPE_CHECKING:
    from simulator.records.api.operations import Operation


def _columns(operation: Operation) -> frozenset[str]:
    sides = {"request_document": operation.request, "response_document": operation.response}
    payloads = {column for column, structure in sides.items() if structure is not None}
    return ADMIN_COLUMNS | {"error", "invoked_by"} | payloads


CALLS: Final = {
    kind: Flow(kind, (Step("call", kind, gaps.NOW),), _columns(operation))
    for kind, operation in OPERATIONS.items()
}
"""Kind to flow."""

FLOWS: Final = tuple(CALLS.values())

OF_THE_INSTANCE: Final = tuple(
    CALLS[kind] for kind, operation in OPERATIONS.items() if operation.source not in IN_OWN_ACCOUNT
)
"""Calls about the Identity Center instance, which two accounts may receive."""
