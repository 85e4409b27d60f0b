"""Assigning permission sets and provisioning their roles: the calls, and what follows of them.

A call is answered at once (IN_PROGRESS), with the id of the request; the work in accounts
follows, and whoever called asks until it is done. How it ended stands in no record: it shows
in what was done, or was not, in the account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.plan.access import carry_out
from simulator.plan.actions.calling import (
    admin_call,
    caller_of,
    named,
    next_call,
    permission_set_of,
    refused,
)
from simulator.plan.calls import account_id, call, next_request_id
from simulator.primitives.quantiles import Quantiles
from simulator.scenario.access_checks import holder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.plan.actions.calling import Error
    from simulator.plan.stage import Act, Stage
    from simulator.scenario.access import Holder
    from simulator.scenario.actions import (
        AdminEntry,
        ChangeAssignments,
        PermissionSet,
        ProvisionPermissionSet,
    )

POLLS: Final = Quantiles.through({0: 1_000, 50: 2_000, 100: 3_000})
"""Between two questions whether it is done: one to three seconds (seen)."""
SETTLES: Final = Quantiles.through({0: 1_500, 50: 4_000, 90: 9_000, 100: 15_000})
"""From the last call in an account until the request counts as done."""

_WORDS: Final = {"assign": ("Create", "Creation"), "unassign": ("Delete", "Deletion")}
"""Action to what its operation, and the questions after it, are called by."""


def _change_assignments(stage: Stage, act: Act[ChangeAssignments]) -> int:
    permission_set = permission_set_of(stage, act, act.entry.permission_set)
    at, ends = act.at, []
    for place, account in enumerate(act.entry.accounts):
        if place:
            at += next_call(stage, act)
        ends.append(_change_assignment(stage, act, at, permission_set, account))
    return max(ends)


def _change_assignment(
    stage: Stage,
    act: Act[ChangeAssignments],
    at: int,
    permission_set: PermissionSet,
    account: str,
) -> int:
    """Write one call and what follows of it, and return when it is known to be done."""
    verb, noun = _WORDS[act.entry.does]
    kind = f"sso/{verb}AccountAssignment"
    holder = holder_of(act.entry)
    names = named(stage, permission_set)
    target = {"targetId": account_id(stage, account), "targetType": "AWS_ACCOUNT"}
    whom = {"principalType": holder.kind, "principalId": _principal(stage, act, holder)}
    set_arn = {"permissionSetArn": names["permissionSetArn"]}
    request = {"instanceArn": names["instanceArn"], **target, **set_arn, **whom}
    if account == stage.access.management and stage.admin(act).is_delegated:
        return admin_call(stage, act, at, kind, request, error=_denied(stage, act, kind))
    request_id = next_request_id(act)
    status = {"status": "IN_PROGRESS", "requestId": request_id, **target, **set_arn, **whom}
    caller = caller_of(stage, act, kind)
    called = call(
        stage,
        act,
        at,
        kind,
        caller=caller,
        request=request,
        response={f"accountAssignment{noun}Status": status},
    )
    pair = (account, permission_set.name)
    done = called
    if act.entry.does == "assign":
        change = stage.access.assign(holder, pair)
        done = carry_out(stage, act, called, change, caller)
        _grant(stage, act, change.granted, pair, done)
    else:
        removal = stage.access.unassign(holder, pair)
        if removal is not None:
            _revoke(stage, act, holder, pair, called)
            done = carry_out(stage, act, called, removal, caller)
    return _poll(
        stage,
        act,
        (called, done + stage.pause(act, SETTLES)),
        f"sso/DescribeAccountAssignment{noun}Status",
        {
            "instanceArn": names["instanceArn"],
            f"accountAssignment{noun}RequestId": request_id,
        },
    )


def _principal(stage: Stage, act: Act[AdminEntry], holder: Holder) -> str:
    if holder.kind == "USER":
        return stage.registry.text("user.id", stage.person(act, holder.name).index)
    return stage.registry.text("group.id", stage.group(act, holder.name).index)


def _denied(stage: Stage, act: Act[AdminEntry], kind: str) -> Error | None:
    """Return why a delegated administrator may not do something to the management account."""
    caller = stage.registry.text("admin.arn", stage.admin(act).index)
    return refused("denied", caller=caller, does=kind.replace("/", ":"))


def _grant(
    stage: Stage, act: Act[AdminEntry], holders: tuple[Holder, ...], pair: tuple[str, str], at: int
) -> None:
    """Let assignments take effect: on the stage, and on what people do every day."""
    for holder in holders:
        _own(stage, act, holder).add(_position(stage, pair))
        _noted(stage, act, holder, at)


def _revoke(
    stage: Stage, act: Act[AdminEntry], holder: Holder, pair: tuple[str, str], at: int
) -> None:
    """Let an assignment have no effect any more."""
    _own(stage, act, holder).discard(_position(stage, pair))
    _noted(stage, act, holder, at)


def _position(stage: Stage, pair: tuple[str, str]) -> tuple[int, int]:
    account, name = pair
    return stage.directory.accounts[account], stage.directory.permission_sets[name]


def _own(stage: Stage, act: Act[AdminEntry], holder: Holder) -> set[tuple[int, int]]:
    """Return what is assigned to a principal, to be changed; nobody's where it is gone."""
    if holder.kind == "USER":
        return stage.person(act, holder.name).direct
    if holder.kind == "GROUP":
        return stage.group(act, holder.name).assignments
    return set()


def _noted(stage: Stage, act: Act[AdminEntry], holder: Holder, at: int) -> None:
    names = [holder.name] if holder.kind == "USER" else []
    if holder.kind == "GROUP":
        names = stage.names_of(stage.group(act, holder.name).members)
    for name in names:
        stage.grants_changed(stage.person(act, name), at)


def _provision_set(stage: Stage, act: Act[ProvisionPermissionSet]) -> int:
    permission_set = permission_set_of(stage, act, act.entry.permission_set)
    return provision(stage, act, act.at, permission_set.name, act.entry.account)


def provision(stage: Stage, act: Act[AdminEntry], at: int, name: str, account: str | None) -> int:
    """Write the call that brings roles up to date, and what follows of it."""
    kind = "sso/ProvisionPermissionSet"
    names = named(stage, stage.access.sets[name])
    request = {**names, "targetType": "ALL_PROVISIONED_ACCOUNTS"}
    status: dict[str, object] = {"status": "IN_PROGRESS", "requestId": next_request_id(act)}
    if account is not None:
        number = account_id(stage, account)
        request = {**names, "targetId": number, "targetType": "AWS_ACCOUNT"}
        status["accountId"] = number
    status["permissionSetArn"] = names["permissionSetArn"]
    if stage.admin(act).is_delegated and stage.access.is_barred(name, account):
        return admin_call(stage, act, at, kind, request, error=_denied(stage, act, kind))
    changes = stage.access.provision(name, account)
    if account is not None and not changes:
        error = refused("not-provisioned", name=account_id(stage, account))
        return admin_call(stage, act, at, kind, request, error=error)
    caller = caller_of(stage, act, kind)
    called = call(
        stage,
        act,
        at,
        kind,
        caller=caller,
        request=request,
        response={"permissionSetProvisioningStatus": status},
    )
    done = called
    for change in changes:
        ends = carry_out(stage, act, called, change, caller)
        _grant(stage, act, change.granted, change.pair, ends)
        done = max(done, ends)
    question = {
        "instanceArn": names["instanceArn"],
        "provisionPermissionSetRequestId": status["requestId"],
    }
    span = (called, done + stage.pause(act, SETTLES))
    return _poll(stage, act, span, "sso/DescribePermissionSetProvisioningStatus", question)


def _poll(
    stage: Stage,
    act: Act[AdminEntry],
    span: tuple[int, int],
    kind: str,
    request: Mapping[str, object],
) -> int:
    """Write the questions whether it is done, up to the first one after that it is."""
    at, done = span
    while True:
        at = admin_call(stage, act, at + stage.pause(act, POLLS), kind, request)
        if at >= done:
            return at


ACTIONS: Final[dict[str, Callable[[Stage, Act[Any]], int]]] = {
    "assign": _change_assignments,
    "unassign": _change_assignments,
    "provision-permission-set": _provision_set,
}
"""Action to what it does: writes episodes, changes the stage, returns when it ends."""
