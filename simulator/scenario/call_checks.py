"""Whether a call is one that is recorded, and whether its parameters are as its table says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.flows.api_calls import CALLS
from simulator.primitives.jsontext import json_text
from simulator.records.api.operations import OPERATIONS
from simulator.records.kinds import KIND_INDEX, kind_named
from simulator.scenario import actions
from simulator.scenario.directory_checks import listed_users
from simulator.scenario.payloads import payload
from simulator.scenario.wording import Problem, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.records.api.operations import Operation
    from simulator.records.api.structures import Structure
    from simulator.scenario.scene import Scene, Step, Where

CALLABLE: Final = frozenset(kind for kind, flow in CALLS.items() if "admin_kind" in flow.columns)
"""Calls that administrators may make; of the others somebody else is the caller."""

USUAL: Final = dict.fromkeys(("instanceArn", "identityStoreId", "directoryId"), "")
"""Parameters that only one value suits; planning knows it."""

MOST_BYTES: Final = 100 * 1024
"""CloudTrail writes no larger requestParameters or responseElements."""


def call(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check a call's name, parameters and outcome."""
    entry = step.entry
    assert isinstance(entry, actions.Call)
    if step.nth:
        # It is the same call as the first time.
        return
    operation = OPERATIONS.get(entry.operation)
    if operation is None or entry.operation not in CALLABLE:
        words = f"no such call{suggestion(entry.operation, CALLABLE)}"
        if entry.operation in KIND_INDEX:
            words = "is recorded by actions of its own, not by `call`"
        yield Problem((*step.where, "operation"), words)
        return
    switch = scene.scenario.switches.undelivered_events
    if not kind_named(entry.operation).is_delivered and switch == "omit":
        words = "no account receives a record of it: say switches.undelivered_events: emit"
        yield Problem((*step.where, "operation"), words)
    where = (*step.where, "parameters")
    if operation.request is not None:
        yield from _payload(operation.request, entry.parameters, where)
    elif entry.parameters:
        yield Problem(where, "nothing is known of its parameters: leave them out")
    if entry.response is not None:
        yield from _response(operation, entry, (*step.where, "response"))


def _payload(structure: Structure, written: object, where: Where) -> Iterator[Problem]:
    value, problems = payload(structure, written, where, USUAL)
    yield from problems
    if len(json_text(value)) > MOST_BYTES:
        yield Problem(where, "larger than 100 KB, the most that CloudTrail writes")


def _response(operation: Operation, entry: actions.Call, where: Where) -> Iterator[Problem]:
    if entry.error is not None:
        yield Problem(where, "a call that fails answers nothing: leave out response or error")
    elif operation.read_only:
        yield Problem(where, "the call changes nothing, so its answer is not recorded")
    elif operation.response is None:
        if entry.response:
            yield Problem(where, "nothing of its answer is recorded")
    elif entry.response:
        yield from _payload(operation.response, entry.response, where)


_OF_THE_ORGANIZATION: Final = frozenset({"accounts", "permission-sets"})


def open_console(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that the instance has the page, and the users listed on it."""
    entry = step.entry
    assert isinstance(entry, actions.OpenIdentityCenterConsole)
    if scene.scenario.instance.kind == "account" and entry.page in _OF_THE_ORGANIZATION:
        yield Problem((*step.where, "page"), "an account instance has no such page")
    if entry.users and entry.page != "users":
        yield Problem((*step.where, "users"), "only the page `users` lists users", at_key=True)
    yield from listed_users(scene, step, entry.users)
