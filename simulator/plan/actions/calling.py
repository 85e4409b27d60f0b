"""How administrators call Identity Center and IAM, and what they are told when they may not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.directory import identifiers
from simulator.plan.actions.directory import NEXT_CALL
from simulator.plan.calls import call, command_of, instance_arn
from simulator.plan.population import filled
from simulator.primitives.quantiles import Quantiles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.plan.stage import Act, Stage
    from simulator.scenario.access import Refusal
    from simulator.scenario.actions import AdminEntry, PermissionSet

    Error = tuple[str, str]

IN_CONSOLE: Final = Quantiles.through({0: 150, 50: 400, 90: 900, 100: 2_000})
"""Between the calls that one submitted page makes."""

# Unverified: the texts of sso's; those of iam are as its API answers.
_REFUSALS: Final[dict[Refusal, Error]] = {
    "set-exists": ("ConflictException", "PermissionSet with name {name} already exists."),
    "set-assigned": (
        "ConflictException",
        "Could not delete because PermissionSet has ApplicationProfile associated with it",
    ),
    "attached": ("ConflictException", "Policy {name} is already attached to the PermissionSet."),
    "not-attached": (
        "ResourceNotFoundException",
        "Policy {name} is not attached to the PermissionSet.",
    ),
    "no-boundary": (
        "ResourceNotFoundException",
        "There is no permissions boundary attached to the PermissionSet.",
    ),
    "denied": ("AccessDeniedException", "User: {caller} is not authorized to perform: {does}"),
    "not-provisioned": (
        "ResourceNotFoundException",
        "PermissionSet is not provisioned in account {name}.",
    ),
    "policy-exists": (
        "EntityAlreadyExistsException",
        "A policy called {name} already exists. Duplicate names are not allowed.",
    ),
    "policy-missing": ("NoSuchEntityException", "Policy {name} was not found."),
    "policy-attached": (
        "DeleteConflictException",
        "Cannot delete a policy attached to entities.",
    ),
}
"""Refusal to the code and message that are recorded."""


def refused(refusal: Refusal | None, **said: str) -> Error | None:
    """Return the code and message of a refusal, if there is one."""
    if refusal is None:
        return None
    code, message = _REFUSALS[refusal]
    return code, message.format(**said)


def caller_of(stage: Stage, act: Act[AdminEntry], kind: str) -> dict[str, int]:
    """Return the columns of an administrator who makes a call."""
    return stage.admin_place(act, console=by_console(act), command=command_of(kind))


def by_console(act: Act[AdminEntry]) -> bool:
    """Tell whether something is done in the console."""
    return act.entry.via != "api"


def admin_call(  # noqa: PLR0913  # what a call is made of
    stage: Stage,
    act: Act[AdminEntry],
    at: int,
    kind: str,
    request: Mapping[str, object],
    *,
    response: Mapping[str, object] | None = None,
    error: Error | None = None,
) -> int:
    """Write an administrator's call, and return when it is made."""
    caller = caller_of(stage, act, kind)
    return call(
        stage, act, at, kind, caller=caller, request=request, response=response, error=error
    )


def next_call(stage: Stage, act: Act[AdminEntry]) -> int:
    """Return what lies between two calls of one doing."""
    return stage.pause(act, IN_CONSOLE if by_console(act) else NEXT_CALL)


def permission_set_of(stage: Stage, act: Act[AdminEntry], name: str) -> PermissionSet:
    """Return a permission set as it stands."""
    if name not in stage.access.sets:
        stage.refuse(act, f"there is no permission set {name!r} at this time")
    return stage.access.sets[name]


def named(stage: Stage, permission_set: PermissionSet) -> dict[str, object]:
    """Return the two members by which a call names a permission set."""
    return {
        "instanceArn": instance_arn(stage),
        "permissionSetArn": identifiers.permission_set_arn(
            filled(stage.scenario.instance.id), filled(permission_set.id)
        ),
    }
