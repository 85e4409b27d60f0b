"""Actions on permission sets, assignments and policies: what each does, and what follows of it.

A call to assign or provision is answered at once (IN_PROGRESS), with the id of the request;
the work in accounts follows, and whoever called asks until it is done. How it ended stands
in no record: it shows in what was done, or was not, in the account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.directory import identifiers
from simulator.plan.access import carry_out
from simulator.plan.actions.directory import NEXT_CALL
from simulator.plan.calls import account_id, call, instance_arn, next_request_id
from simulator.plan.population import filled
from simulator.primitives.instants import HOUR, MINUTE, SECOND
from simulator.primitives.quantiles import Quantiles
from simulator.scenario.access_checks import DROPPED, UPDATABLE, holder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.plan.stage import Act, Stage
    from simulator.scenario.access import Holder, Refusal
    from simulator.scenario.actions import (
        AdminEntry,
        Boundary,
        ChangeAssignments,
        ChangePolicies,
        CreatePermissionSet,
        CreatePolicy,
        DeletePermissionSet,
        DeletePolicy,
        DropFromPermissionSet,
        PermissionSet,
        PolicyReference,
        ProvisionPermissionSet,
        PutInlinePolicy,
        PutPermissionsBoundary,
        TagPermissionSet,
        UntagPermissionSet,
        UpdatePermissionSet,
    )

    Error = tuple[str, str]

IN_CONSOLE: Final = Quantiles.through({0: 150, 50: 400, 90: 900, 100: 2_000})
"""Between the calls that one submitted page makes."""
POLLS: Final = Quantiles.through({0: 1_000, 50: 2_000, 100: 3_000})
"""Between two questions whether it is done: one to three seconds (seen)."""
SETTLES: Final = Quantiles.through({0: 1_500, 50: 4_000, 90: 9_000, 100: 15_000})
"""From the last call in an account until the request counts as done."""

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

_SERVICES: Final = {"sso": "sso-admin", "iam": "iam"}
"""Event source to the CLI's name of the service."""


def _error(refusal: Refusal | None, **said: str) -> Error | None:
    if refusal is None:
        return None
    code, message = _REFUSALS[refusal]
    return code, message.format(**said)


def _place(stage: Stage, act: Act[AdminEntry], kind: str) -> dict[str, int]:
    """Return the columns of an administrator who makes a call."""
    source, _, operation = kind.partition("/")
    words = "".join(f"-{mark.lower()}" if mark.isupper() else mark for mark in operation)
    command = f"{_SERVICES[source]}.{words.removeprefix('-')}"
    return stage.admin_place(act, console=_by_console(act), command=command)


def _by_console(act: Act[AdminEntry]) -> bool:
    return act.entry.via != "api"


def _call(  # noqa: PLR0913  # what a call is made of
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
    caller = _place(stage, act, kind)
    return call(
        stage, act, at, kind, caller=caller, request=request, response=response, error=error
    )


def _next(stage: Stage, act: Act[AdminEntry]) -> int:
    """Return what lies between two calls of one doing."""
    return stage.pause(act, IN_CONSOLE if _by_console(act) else NEXT_CALL)


def _set(stage: Stage, act: Act[AdminEntry], name: str) -> PermissionSet:
    if name not in stage.access.sets:
        stage.refuse(act, f"there is no permission set {name!r} at this time")
    return stage.access.sets[name]


def _of_set(stage: Stage, permission_set: PermissionSet) -> dict[str, object]:
    """Return the two members by which a call names a permission set."""
    return {
        "instanceArn": instance_arn(stage),
        "permissionSetArn": identifiers.permission_set_arn(
            filled(stage.scenario.instance.id), filled(permission_set.id)
        ),
    }


def iso_duration(milliseconds: int) -> str:
    """Return a length of time as the API writes it: `PT1H30M`."""
    parts = ((HOUR, "H"), (MINUTE, "M"), (SECOND, "S"))
    text = ""
    for unit, letter in parts:
        count, milliseconds = divmod(milliseconds, unit)
        text += f"{count}{letter}" if count else ""
    return f"PT{text}"


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]


# ---- Permission sets ---------------------------------------------------------------------


def _create_set(stage: Stage, act: Act[CreatePermissionSet]) -> int:
    details = act.entry.permission_set
    name = details.name
    is_new = name not in stage.directory.permission_sets
    # As of those the document lists; one made again gets another id.
    key = stage.directory.root.child("permission-set", name) if is_new else act.key
    given = details.id or identifiers.permission_set_id(key.high, key.low)
    made = details.model_copy(update={"id": given})
    refusal = stage.access.create(made)
    said: dict[str, object] = {"name": name}
    if made.description is not None:
        said["description"] = made.description
    how: dict[str, object] = {"sessionDuration": iso_duration(made.session_duration)}
    if made.relay_state is not None:
        how["relayState"] = made.relay_state
    request = {**said, "instanceArn": instance_arn(stage), **how}
    # Seen: an empty list. Unverified: that the console alone says so.
    if made.tags or _by_console(act):
        request["tags"] = _tags(made.tags)
    names = _of_set(stage, made)
    answer = {
        **said,
        "permissionSetArn": names["permissionSetArn"],
        "createdDate": act.at,
        **how,
    }
    kind = "sso/CreatePermissionSet"
    error = _error(refusal, name=name)
    at = _call(stage, act, act.at, kind, request, response={"permissionSet": answer}, error=error)
    if refusal is not None:
        return at
    if is_new:
        stage.directory.permission_sets[name] = stage.registry.add("permission_set", name=name)
    for operation, member in _attachments(made):
        at += _next(stage, act)
        at = _call(stage, act, at, f"sso/{operation}", {**names, **member})
    return at


def _attachments(made: PermissionSet) -> list[tuple[str, dict[str, object]]]:
    """Return the calls that give a new permission set what it has, in order."""
    calls = [_attachment("Attach", policy) for policy in made.managed_policies]
    calls += [_attachment("Attach", policy) for policy in made.customer_managed_policies]
    if made.inline_policy is not None:
        calls.append(("PutInlinePolicyToPermissionSet", {"inlinePolicy": made.inline_policy}))
    if made.permissions_boundary is not None:
        boundary = _boundary(made.permissions_boundary)
        calls.append(("PutPermissionsBoundaryToPermissionSet", {"permissionsBoundary": boundary}))
    return calls


def _attachment(verb: str, policy: str | PolicyReference) -> tuple[str, dict[str, object]]:
    """Return the operation and the member by which a policy is attached, or detached."""
    side = "To" if verb == "Attach" else "From"
    if isinstance(policy, str):
        arn = identifiers.managed_policy_arn(policy)
        return f"{verb}ManagedPolicy{side}PermissionSet", {"managedPolicyArn": arn}
    reference = {"name": policy.name, "path": policy.path}
    return (
        f"{verb}CustomerManagedPolicyReference{side}PermissionSet",
        {"customerManagedPolicyReference": reference},
    )


def _boundary(boundary: Boundary) -> dict[str, object]:
    if boundary.aws_managed:
        return {"managedPolicyArn": identifiers.managed_policy_arn(boundary.name)}
    return {"customerManagedPolicyReference": {"name": boundary.name, "path": boundary.path}}


def _changed(  # noqa: PLR0913  # what is called, and how it went
    stage: Stage,
    act: Act[Any],
    operation: str,
    member: Mapping[str, object],
    *,
    refusal: Refusal | None = None,
    called: str = "",
) -> int:
    """Write a change of a permission set; the console brings its roles up to date at once."""
    name = act.entry.permission_set
    request = {**_of_set(stage, stage.access.sets[name]), **member}
    error = _error(refusal, name=called)
    at = _call(stage, act, act.at, f"sso/{operation}", request, error=error)
    if refusal is None and _by_console(act) and stage.access.provisioned(name):
        at = _provision(stage, act, at + _next(stage, act), name, None)
    return at


def _update_set(stage: Stage, act: Act[UpdatePermissionSet]) -> int:
    entry = act.entry
    _set(stage, act, entry.permission_set)
    given = {name: getattr(entry, name) for name in UPDATABLE if getattr(entry, name) is not None}
    stage.access.change(entry.permission_set, **given)
    member: dict[str, object] = {}
    if entry.description is not None:
        member["description"] = entry.description
    if entry.session_duration is not None:
        member["sessionDuration"] = iso_duration(entry.session_duration)
    if entry.relay_state is not None:
        member["relayState"] = entry.relay_state
    return _changed(stage, act, "UpdatePermissionSet", member)


def _delete_set(stage: Stage, act: Act[DeletePermissionSet]) -> int:
    permission_set = _set(stage, act, act.entry.permission_set)
    refusal = stage.access.delete(permission_set.name)
    request = _of_set(stage, permission_set)
    kind = "sso/DeletePermissionSet"
    return _call(stage, act, act.at, kind, request, error=_error(refusal))


def _change_policies(stage: Stage, act: Act[ChangePolicies]) -> int:
    entry = act.entry
    _set(stage, act, entry.permission_set)
    policy = entry.managed_policy or entry.customer_managed_policy
    assert policy is not None, "checked when the scenario is read"
    attaches = entry.does == "attach-policy"
    change = stage.access.attach if attaches else stage.access.detach
    refusal = change(entry.permission_set, policy)
    operation, member = _attachment("Attach" if attaches else "Detach", policy)
    called = policy if isinstance(policy, str) else policy.name
    return _changed(stage, act, operation, member, refusal=refusal, called=called)


def _put_inline(stage: Stage, act: Act[PutInlinePolicy]) -> int:
    entry = act.entry
    _set(stage, act, entry.permission_set)
    stage.access.change(entry.permission_set, inline_policy=entry.policy)
    return _changed(stage, act, "PutInlinePolicyToPermissionSet", {"inlinePolicy": entry.policy})


def _put_boundary(stage: Stage, act: Act[PutPermissionsBoundary]) -> int:
    entry = act.entry
    _set(stage, act, entry.permission_set)
    stage.access.change(entry.permission_set, permissions_boundary=entry.boundary)
    member = {"permissionsBoundary": _boundary(entry.boundary)}
    return _changed(stage, act, "PutPermissionsBoundaryToPermissionSet", member)


_DROPS: Final = {
    "delete-inline-policy": "DeleteInlinePolicyFromPermissionSet",
    "delete-permissions-boundary": "DeletePermissionsBoundaryFromPermissionSet",
}


def _drop(stage: Stage, act: Act[DropFromPermissionSet]) -> int:
    entry = act.entry
    _set(stage, act, entry.permission_set)
    refusal = stage.access.drop(entry.permission_set, DROPPED[entry.does])
    return _changed(stage, act, _DROPS[entry.does], {}, refusal=refusal)


def _tag(stage: Stage, act: Act[TagPermissionSet]) -> int:
    entry = act.entry
    permission_set = _set(stage, act, entry.permission_set)
    stage.access.change(permission_set.name, tags={**permission_set.tags, **entry.tags})
    request = {**_of_resource(stage, permission_set), "tags": _tags(entry.tags)}
    return _call(stage, act, act.at, "sso/TagResource", request)


def _untag(stage: Stage, act: Act[UntagPermissionSet]) -> int:
    entry = act.entry
    permission_set = _set(stage, act, entry.permission_set)
    kept = {key: value for key, value in permission_set.tags.items() if key not in entry.keys}
    stage.access.change(permission_set.name, tags=kept)
    request = {**_of_resource(stage, permission_set), "tagKeys": list(entry.keys)}
    return _call(stage, act, act.at, "sso/UntagResource", request)


def _of_resource(stage: Stage, permission_set: PermissionSet) -> dict[str, object]:
    names = _of_set(stage, permission_set)
    return {"instanceArn": names["instanceArn"], "resourceArn": names["permissionSetArn"]}


# ---- Assignments and provisioning --------------------------------------------------------

_WORDS: Final = {"assign": ("Create", "Creation"), "unassign": ("Delete", "Deletion")}
"""Action to what its operation, and the questions after it, are called by."""


def _change_assignments(stage: Stage, act: Act[ChangeAssignments]) -> int:
    permission_set = _set(stage, act, act.entry.permission_set)
    at, ends = act.at, []
    for place, account in enumerate(act.entry.accounts):
        if place:
            at += _next(stage, act)
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
    names = _of_set(stage, permission_set)
    target = {"targetId": account_id(stage, account), "targetType": "AWS_ACCOUNT"}
    whom = {"principalType": holder.kind, "principalId": _principal(stage, act, holder)}
    set_arn = {"permissionSetArn": names["permissionSetArn"]}
    request = {"instanceArn": names["instanceArn"], **target, **set_arn, **whom}
    if account == stage.access.management and stage.admin(act).is_delegated:
        return _call(stage, act, at, kind, request, error=_denied(stage, act, kind))
    request_id = next_request_id(act)
    status = {"status": "IN_PROGRESS", "requestId": request_id, **target, **set_arn, **whom}
    caller = _place(stage, act, kind)
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
    return _error("denied", caller=caller, does=kind.replace("/", ":"))


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
    permission_set = _set(stage, act, act.entry.permission_set)
    return _provision(stage, act, act.at, permission_set.name, act.entry.account)


def _provision(stage: Stage, act: Act[AdminEntry], at: int, name: str, account: str | None) -> int:
    """Write the call that brings roles up to date, and what follows of it."""
    kind = "sso/ProvisionPermissionSet"
    names = _of_set(stage, stage.access.sets[name])
    request = {**names, "targetType": "ALL_PROVISIONED_ACCOUNTS"}
    status: dict[str, object] = {"status": "IN_PROGRESS", "requestId": next_request_id(act)}
    if account is not None:
        number = account_id(stage, account)
        request = {**names, "targetId": number, "targetType": "AWS_ACCOUNT"}
        status["accountId"] = number
    status["permissionSetArn"] = names["permissionSetArn"]
    if stage.admin(act).is_delegated and stage.access.is_barred(name, account):
        return _call(stage, act, at, kind, request, error=_denied(stage, act, kind))
    changes = stage.access.provision(name, account)
    if account is not None and not changes:
        error = _error("not-provisioned", name=account_id(stage, account))
        return _call(stage, act, at, kind, request, error=error)
    caller = _place(stage, act, kind)
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
        at = _call(stage, act, at + stage.pause(act, POLLS), kind, request)
        if at >= done:
            return at


# ---- Policies in accounts ----------------------------------------------------------------


def _create_policy(stage: Stage, act: Act[CreatePolicy]) -> int:
    policy = act.entry.policy
    account = filled(stage.admin(act).admin.account)
    number = account_id(stage, account)
    refusal = stage.access.create_policy(account, policy)
    request: dict[str, object] = {"policyName": policy.name, "policyDocument": policy.document}
    if policy.path != "/":
        request["path"] = policy.path
    key = act.key.child("policy")
    answer: dict[str, object] = {
        "policyName": policy.name,
        "policyId": identifiers.policy_id(key.high, key.low, number),
        "arn": identifiers.policy_arn(number, policy.path, policy.name),
        "path": policy.path,
        "defaultVersionId": "v1",
        "attachmentCount": 0,
        "permissionsBoundaryUsageCount": 0,
        "isAttachable": True,
        "createDate": act.at,
        "updateDate": act.at,
    }
    if policy.description is not None:
        request["description"] = policy.description
        answer["description"] = policy.description
    error = _error(refusal, name=policy.name)
    return _call(
        stage, act, act.at, "iam/CreatePolicy", request, response={"policy": answer}, error=error
    )


def _delete_policy(stage: Stage, act: Act[DeletePolicy]) -> int:
    account = filled(stage.admin(act).admin.account)
    name = act.entry.policy
    known = stage.access.policies[account].get(name)
    path = "/" if known is None else known.path
    arn = identifiers.policy_arn(account_id(stage, account), path, name)
    refusal = stage.access.delete_policy(account, name)
    error = _error(refusal, name=arn)
    return _call(stage, act, act.at, "iam/DeletePolicy", {"policyArn": arn}, error=error)


ACTIONS: Final[dict[str, Callable[[Stage, Act[Any]], int]]] = {
    "create-permission-set": _create_set,
    "update-permission-set": _update_set,
    "delete-permission-set": _delete_set,
    "attach-policy": _change_policies,
    "detach-policy": _change_policies,
    "put-inline-policy": _put_inline,
    "put-permissions-boundary": _put_boundary,
    "delete-inline-policy": _drop,
    "delete-permissions-boundary": _drop,
    "tag-permission-set": _tag,
    "untag-permission-set": _untag,
    "assign": _change_assignments,
    "unassign": _change_assignments,
    "provision-permission-set": _provision_set,
    "create-policy": _create_policy,
    "delete-policy": _delete_policy,
}
"""Action to what it does: writes episodes, changes the stage, returns when it ends."""
