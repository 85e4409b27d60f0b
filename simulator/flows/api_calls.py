"""Calls that are recorded by table: one call, one event, one flow named like its kind.

Those that users make with a permission set's role have another flow each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.flows import gaps
from simulator.flows.directory_admin import ADMIN_COLUMNS
from simulator.flows.steps import Flow, Step
from simulator.records.api.operations import OPERATIONS
from simulator.records.eras.first import scim
from simulator.records.eras.first.account_access import BY_USERS
from simulator.records.eras.first.api_calls import envelope_of

if TYPE_CHECKING:
    from simulator.records.api.operations import Operation

_CALLER: Final = ADMIN_COLUMNS | {"invoked_by"}
_CALLER_OF: Final = {scim.SOURCE: frozenset({"admin", "actor", "scim_token"})}
"""Columns that tell the caller, of event sources whose callers are no administrators."""


def _columns(operation: Operation) -> frozenset[str]:
    sides = {"request_document": operation.request, "response_document": operation.response}
    payloads = {column for column, structure in sides.items() if structure is not None}
    caller = _CALLER_OF.get(operation.source, _CALLER)
    return caller | {"error"} | payloads | envelope_of(operation).columns


CALLS: Final = {
    kind: Flow(
        kind,
        (Step("call", kind, gaps.NOW),),
        _columns(operation),
    )
    for kind, operation in OPERATIONS.items()
}
"""Kind to flow."""

USER_CALLS: Final = {
    kind: Flow(
        f"{kind}@user",
        CALLS[kind].steps,
        frozenset({"user", "account", "role", "role_high", "role_low", "role_at", "console"}),
    )
    for kind in sorted(BY_USERS)
}
"""Kind to flow of what a user calls in an account."""

FLOWS: Final = (*CALLS.values(), *USER_CALLS.values())

OF_THE_INSTANCE: Final = tuple(
    CALLS[kind]
    for kind, operation in OPERATIONS.items()
    if envelope_of(operation).shared is not None
)
"""Calls about the Identity Center instance, which two accounts may receive."""
