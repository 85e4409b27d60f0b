"""Calls that are recorded by table: one call, one event, one flow named like its kind.

Those that users make with a permission set's role have another flow each.
"""

from __future__ import annotations

from typing import Final

from simulator.flows import gaps
from simulator.flows.directory_admin import ADMIN_COLUMNS
from simulator.flows.steps import Flow, Step
from simulator.records.api.operations import OPERATIONS
from simulator.records.eras.first import scim
from simulator.records.eras.first.account_access import BY_USERS
from simulator.records.eras.first.api_calls import envelope_of

_PAYLOADS: Final = frozenset({"request_document", "response_document", "error"})
_COLUMNS: Final = _PAYLOADS | ADMIN_COLUMNS | {"invoked_by"}
_COLUMNS_OF: Final = {scim.SOURCE: _PAYLOADS | {"admin", "actor", "scim_token"}}
"""Columns of event sources whose callers are no administrators."""

CALLS: Final = {
    kind: Flow(
        kind,
        (Step("call", kind, gaps.NOW),),
        _COLUMNS_OF.get(operation.source, _COLUMNS) | envelope_of(operation).columns,
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
