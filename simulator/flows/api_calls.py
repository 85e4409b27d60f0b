"""Calls that are recorded by table: one call, one event, one flow named like its kind."""

from __future__ import annotations

from typing import Final

from simulator.flows import gaps
from simulator.flows.directory_admin import ADMIN_COLUMNS
from simulator.flows.steps import Flow, Step
from simulator.records.api.operations import OPERATIONS
from simulator.records.eras.first.api_calls import IN_OWN_ACCOUNT
from simulator.records.eras.first.applications import EXTRAS, PLAIN

_COLUMNS: Final = ADMIN_COLUMNS | {"request_document", "response_document", "error", "invoked_by"}

CALLS: Final = {
    kind: Flow(
        kind,
        (Step("call", kind, gaps.NOW),),
        _COLUMNS | EXTRAS.get(kind, PLAIN).columns,
    )
    for kind in OPERATIONS
}
"""Kind to flow."""

FLOWS: Final = tuple(CALLS.values())

OF_THE_INSTANCE: Final = tuple(
    CALLS[kind] for kind, operation in OPERATIONS.items() if operation.source not in IN_OWN_ACCOUNT
)
"""Calls about the Identity Center instance, which two accounts may receive."""
