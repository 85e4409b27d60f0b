"""Calls that two accounts receive, one record each.

What an administrator does from the account that administers Identity Center by delegation
is delivered to the account that owns the instance and to the administrator's own (seen).
sharedEventID is the same in all records of one action that CloudTrail sends to different
accounts (CloudTrail User Guide, "CloudTrail record contents"). So one request leaves two
events, at one time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from simulator.flows import api_calls, directory_admin, mfa
from simulator.records.eras.first.envelope import ADMINISTRATORS, OWNERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.flows.steps import Flow, Step


def shared(flow: Flow) -> Flow:
    """Return a flow whose every event two accounts receive."""
    steps = tuple(one for step in flow.steps for one in _copies(step))
    return replace(flow, name=f"{flow.name}@shared", steps=steps)


def _copies(step: Step) -> Iterator[Step]:
    yield replace(step, sets={**step.sets, "copy": OWNERS})
    sets = {**step.sets, "copy": ADMINISTRATORS}
    yield replace(step, name=f"{step.name}-copy", gap=None, sets=sets)


SHARED_CALLS: Final = {
    flow.name: shared(flow)
    for flow in (*directory_admin.FLOWS, *mfa.ADMIN_FLOWS, *api_calls.OF_THE_INSTANCE)
}
"""Every call of an administrator as two accounts receive it, by the name of its flow."""

FLOWS: Final = tuple(SHARED_CALLS.values())
