"""What Identity Center does in an account so that a permission set's role is as it should be.

In the management account it acts on behalf of whoever asked for it, in others, and wherever
a role is removed, as its own service-linked role (seen). It looks for the policies it is to
attach first: where one is missing, it makes no role.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from simulator.directory import identifiers
from simulator.plan.calls import account_id, call, forwarded, service_linked
from simulator.plan.population.roles import reserved_role, saml_provider
from simulator.primitives.instants import SECOND
from simulator.primitives.jsontext import json_text
from simulator.primitives.quantiles import Quantiles
from simulator.records.api.structures import HIDDEN
from simulator.scenario.access import boundary_reference, references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.plan.population.roles import Role
    from simulator.plan.stage import Act, Stage
    from simulator.primitives.jsontext import Json
    from simulator.scenario.access import Provisioning
    from simulator.scenario.actions import (
        Boundary,
        Entry,
        PermissionSet,
        PolicyReference,
    )

FORWARDED: Final = Quantiles.through({0: 200, 50: 500, 100: 1_000})
"""From the call to the first one on the caller's behalf: up to a second (seen)."""
BEGINS: Final = Quantiles.through({0: 300, 50: 900, 90: 1_600, 100: 2_500})
"""From the call to the first one in the account: a second or so (seen)."""
REMOVES: Final = Quantiles.through({0: 14_000, 50: 17_000, 100: 20_000})
"""From the end of the last assignment to the first call that takes the role away (seen)."""
NEXT: Final = Quantiles.through({0: 120, 50: 280, 90: 600, 100: 1_500})
"""Between the calls in an account."""

INLINE_POLICY: Final = "AwsSSOInlinePolicy"
"""Unverified: what a permission set's inline policy is called in its roles."""


@dataclass(frozen=True, slots=True)
class _Call:
    """A call to IAM; what it answers may depend on when."""

    name: str
    request: Mapping[str, object]
    role: Mapping[str, object] | None = None
    """What CreateRole answers, but for the date."""
    response: Mapping[str, object] | None = None
    error: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Target:
    """The account a role is in, and the role."""

    account: str
    """Its id."""
    role: Role
    provider: str
    """Name of the SAML provider."""
    provider_arn: str

    def arn(self, policy: str | PolicyReference) -> str:
        """Return the ARN of an AWS managed policy, by name, or of one of the account."""
        if isinstance(policy, str):
            return identifiers.managed_policy_arn(policy)
        return identifiers.policy_arn(self.account, policy.path, policy.name)

    def boundary(self, boundary: Boundary) -> str:
        """Return the ARN of a boundary."""
        return self.arn(boundary_reference(boundary) or boundary.name)


def carry_out(
    stage: Stage,
    act: Act[Entry],
    at: int,
    change: Provisioning,
    caller: Mapping[str, int],
) -> int:
    """Write what is done in an account, and return when the last of it is.

    Args:
        at: When whatever asked for it was called.
        caller: Columns of who called it.
    """
    account, name = change.pair
    number = account_id(stage, account)
    root = stage.directory.root
    provider = saml_provider(root, number)
    target = _Target(
        number,
        reserved_role(root, number, name, stage.scenario.instance.region),
        provider.name,
        provider.arn,
    )
    calls = [*_lookups(stage, change, target)]
    if not change.missing:
        calls += _changes(change, target)
    if not calls:
        return at
    removes = change.after is None and not change.missing
    if account == stage.access.management and not removes:
        at += stage.pause(act, FORWARDED)
        who = forwarded(stage, caller)
    else:
        at += stage.pause(act, REMOVES if removes else BEGINS)
        who = service_linked(stage, number, at)
    is_own = account == stage.access.management
    is_recorded = is_own or stage.scenario.organization.member_account_events
    for place, one in enumerate(calls):
        if place:
            at += stage.pause(act, NEXT)
        if not is_recorded:
            continue
        response = one.response
        if one.role is not None:
            response = {"role": {**one.role, "createDate": at}}
        at = call(
            stage,
            act,
            at,
            f"iam/{one.name}",
            caller=who,
            request=one.request,
            response=response,
            error=one.error,
        )
    return at


def _lookups(stage: Stage, change: Provisioning, target: _Target) -> Iterator[_Call]:
    """Yield how the policies to be attached are looked for, up to one that is missing.

    Unverified: that it is GetPolicy, and that it is recorded.
    """
    wanted = stage.scenario.switches.policy_lookups
    is_idle = change.after in (None, change.before) and not change.missing
    if wanted == "none" or is_idle:
        return
    for policy in references(stage.access.sets[change.pair[1]]):
        arn = target.arn(policy)
        if policy in change.missing:
            # The message is Unverified.
            error = ("NoSuchEntityException", f"Policy {arn} was not found.")
            yield _Call("GetPolicy", {"policyArn": arn}, error=error)
            return
        if wanted == "all":
            yield _Call("GetPolicy", {"policyArn": arn})


def _changes(change: Provisioning, target: _Target) -> Iterator[_Call]:
    """Yield what makes a role of nothing, other than it was, or nothing of it."""
    before, after = change.before, change.after
    role = {"roleName": target.role.name}
    if after is None:
        if before is not None:
            yield from _detached(before, None, target)
            if before.inline_policy is not None:
                yield _Call("DeleteRolePolicy", {**role, "policyName": INLINE_POLICY})
            yield _Call("DeleteRole", role)
        return
    if before is None:
        yield from _made(after, target, is_first=change.is_first)
    else:
        # Unverified: the order in which a role that is there is changed.
        yield from _detached(before, after, target)
    yield from _attached(before, after, target)
    yield from _inline(before, after, role)
    yield from _bounded(before, after, role, target)
    if before is not None:
        is_same = (before.session_duration, before.description) == (
            after.session_duration,
            after.description,
        )
        if not is_same:
            yield _Call("UpdateRole", {**role, **_details(after)})


def _policies(permission_set: PermissionSet | None) -> tuple[str | PolicyReference, ...]:
    """Return what is attached, in the order in which it is: AWS's first."""
    if permission_set is None:
        return ()
    return (*permission_set.managed_policies, *permission_set.customer_managed_policies)


def _detached(
    before: PermissionSet, after: PermissionSet | None, target: _Target
) -> Iterator[_Call]:
    kept = _policies(after)
    for policy in _policies(before):
        if policy not in kept:
            request = {"roleName": target.role.name, "policyArn": target.arn(policy)}
            yield _Call("DetachRolePolicy", request)


def _attached(
    before: PermissionSet | None, after: PermissionSet, target: _Target
) -> Iterator[_Call]:
    held = _policies(before)
    for policy in _policies(after):
        if policy not in held:
            request = {"roleName": target.role.name, "policyArn": target.arn(policy)}
            yield _Call("AttachRolePolicy", request)


def _inline(
    before: PermissionSet | None, after: PermissionSet, role: Mapping[str, object]
) -> Iterator[_Call]:
    held = None if before is None else before.inline_policy
    request = {**role, "policyName": INLINE_POLICY}
    if after.inline_policy is None:
        if held is not None:
            yield _Call("DeleteRolePolicy", request)
    elif after.inline_policy != held:
        yield _Call("PutRolePolicy", {**request, "policyDocument": after.inline_policy})


def _bounded(
    before: PermissionSet | None,
    after: PermissionSet,
    role: Mapping[str, object],
    target: _Target,
) -> Iterator[_Call]:
    held = None if before is None else before.permissions_boundary
    boundary = after.permissions_boundary
    if boundary is None:
        if held is not None:
            yield _Call("DeleteRolePermissionsBoundary", role)
    elif boundary != held:
        request = {**role, "permissionsBoundary": target.boundary(boundary)}
        yield _Call("PutRolePermissionsBoundary", request)


def _details(permission_set: PermissionSet) -> dict[str, object]:
    # Unverified: that the role takes over the description.
    details: dict[str, object] = {"maxSessionDuration": permission_set.session_duration // SECOND}
    if permission_set.description is not None:
        details["description"] = permission_set.description
    return details


def _made(permission_set: PermissionSet, target: _Target, *, is_first: bool) -> Iterator[_Call]:
    """Yield what lets a role be, with what it trusts where an account has that not yet."""
    if is_first:
        # Unverified: that the metadata is masked.
        yield _Call(
            "CreateSAMLProvider",
            {"sAMLMetadataDocument": HIDDEN, "name": target.provider},
            response={"sAMLProviderArn": target.provider_arn},
        )
    trust = json_text(_trust(target.provider_arn)).decode()
    role = target.role
    yield _Call(
        "CreateRole",
        {
            "path": role.path,
            "roleName": role.name,
            "assumeRolePolicyDocument": trust,
            **_details(permission_set),
        },
        role={
            "path": role.path,
            "roleName": role.name,
            "roleId": role.id,
            "arn": role.arn,
            # Unverified: in the answer it is URL-encoded, as IAM's API answers.
            "assumeRolePolicyDocument": quote(trust, safe=""),
        },
    )


def _trust(provider_arn: str) -> Json:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": provider_arn},
                "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
                "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
            }
        ],
    }
