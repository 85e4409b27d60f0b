"""Permission sets and the policies of accounts: creating, changing and deleting them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.directory import identifiers
from simulator.plan.actions.assignments import provision
from simulator.plan.actions.calling import (
    admin_call,
    by_console,
    named,
    next_call,
    permission_set_of,
    refused,
)
from simulator.plan.calls import account_id, instance_arn
from simulator.plan.population import filled
from simulator.primitives.instants import HOUR, MINUTE, SECOND
from simulator.scenario.access_checks import DROPPED, UPDATABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.plan.stage import Act, Stage
    from simulator.scenario.access import Refusal
    from simulator.scenario.actions import (
        Boundary,
        ChangePolicies,
        CreatePermissionSet,
        CreatePolicy,
        DeletePermissionSet,
        DeletePolicy,
        DropFromPermissionSet,
        PermissionSet,
        PolicyReference,
        PutInlinePolicy,
        PutPermissionsBoundary,
        TagPermissionSet,
        UntagPermissionSet,
        UpdatePermissionSet,
    )


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
    if made.tags or by_console(act):
        request["tags"] = _tags(made.tags)
    names = named(stage, made)
    dated = {"permissionSetArn": names["permissionSetArn"], "createdDate": act.at}
    answer = {"permissionSet": {**said, **dated, **how}}
    kind = "sso/CreatePermissionSet"
    error = refused(refusal, name=name)
    at = admin_call(stage, act, act.at, kind, request, response=answer, error=error)
    if refusal is not None:
        return at
    if is_new:
        stage.directory.permission_sets[name] = stage.registry.add("permission_set", name=name)
    position = stage.directory.permission_sets[name]
    stage.directory.entrance.seconds[position] = made.session_duration // SECOND
    for operation, member in _attachments(made):
        at += next_call(stage, act)
        at = admin_call(stage, act, at, f"sso/{operation}", {**names, **member})
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
    request = {**named(stage, stage.access.sets[name]), **member}
    error = refused(refusal, name=called)
    at = admin_call(stage, act, act.at, f"sso/{operation}", request, error=error)
    if refusal is None and by_console(act) and stage.access.provisioned(name):
        at = provision(stage, act, at + next_call(stage, act), name, None)
    return at


def _update_set(stage: Stage, act: Act[UpdatePermissionSet]) -> int:
    entry = act.entry
    permission_set_of(stage, act, entry.permission_set)
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
    permission_set = permission_set_of(stage, act, act.entry.permission_set)
    refusal = stage.access.delete(permission_set.name)
    request = named(stage, permission_set)
    kind = "sso/DeletePermissionSet"
    return admin_call(stage, act, act.at, kind, request, error=refused(refusal))


def _change_policies(stage: Stage, act: Act[ChangePolicies]) -> int:
    entry = act.entry
    permission_set_of(stage, act, entry.permission_set)
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
    permission_set_of(stage, act, entry.permission_set)
    stage.access.change(entry.permission_set, inline_policy=entry.policy)
    return _changed(stage, act, "PutInlinePolicyToPermissionSet", {"inlinePolicy": entry.policy})


def _put_boundary(stage: Stage, act: Act[PutPermissionsBoundary]) -> int:
    entry = act.entry
    permission_set_of(stage, act, entry.permission_set)
    stage.access.change(entry.permission_set, permissions_boundary=entry.boundary)
    member = {"permissionsBoundary": _boundary(entry.boundary)}
    return _changed(stage, act, "PutPermissionsBoundaryToPermissionSet", member)


_DROPS: Final = {
    "delete-inline-policy": "DeleteInlinePolicyFromPermissionSet",
    "delete-permissions-boundary": "DeletePermissionsBoundaryFromPermissionSet",
}


def _drop(stage: Stage, act: Act[DropFromPermissionSet]) -> int:
    entry = act.entry
    permission_set_of(stage, act, entry.permission_set)
    refusal = stage.access.drop(entry.permission_set, DROPPED[entry.does])
    return _changed(stage, act, _DROPS[entry.does], {}, refusal=refusal)


def _tag(stage: Stage, act: Act[TagPermissionSet]) -> int:
    entry = act.entry
    permission_set = permission_set_of(stage, act, entry.permission_set)
    stage.access.change(permission_set.name, tags={**permission_set.tags, **entry.tags})
    request = {**_of_resource(stage, permission_set), "tags": _tags(entry.tags)}
    return admin_call(stage, act, act.at, "sso/TagResource", request)


def _untag(stage: Stage, act: Act[UntagPermissionSet]) -> int:
    entry = act.entry
    permission_set = permission_set_of(stage, act, entry.permission_set)
    kept = {key: value for key, value in permission_set.tags.items() if key not in entry.keys}
    stage.access.change(permission_set.name, tags=kept)
    request = {**_of_resource(stage, permission_set), "tagKeys": list(entry.keys)}
    return admin_call(stage, act, act.at, "sso/UntagResource", request)


def _of_resource(stage: Stage, permission_set: PermissionSet) -> dict[str, object]:
    names = named(stage, permission_set)
    return {"instanceArn": names["instanceArn"], "resourceArn": names["permissionSetArn"]}


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
    error = refused(refusal, name=policy.name)
    return admin_call(
        stage, act, act.at, "iam/CreatePolicy", request, response={"policy": answer}, error=error
    )


def _delete_policy(stage: Stage, act: Act[DeletePolicy]) -> int:
    account = filled(stage.admin(act).admin.account)
    name = act.entry.policy
    known = stage.access.policies[account].get(name)
    path = "/" if known is None else known.path
    arn = identifiers.policy_arn(account_id(stage, account), path, name)
    refusal = stage.access.delete_policy(account, name)
    error = refused(refusal, name=arn)
    return admin_call(stage, act, act.at, "iam/DeletePolicy", {"policyArn": arn}, error=error)


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
    "create-policy": _create_policy,
    "delete-policy": _delete_policy,
}
"""Action to what it does: writes episodes, changes the stage, returns when it ends."""
