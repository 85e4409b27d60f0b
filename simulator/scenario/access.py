"""Who holds which permission set where, what accounts have, and what a change makes of it.

The storyline is gone through twice: to see whether it is possible, and to plan it. Both
ask this one state, so that an assignment that fails in the one fails in the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from simulator.scenario.actions import AccountPolicy, PolicyReference
from simulator.scenario.document import User
from simulator.scenario.resolve import account_names, owner

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.scenario.actions import Boundary, PermissionSet
    from simulator.scenario.document import Administrator, Assignment, Scenario

Pair: TypeAlias = tuple[str, str]
"""Names of an account and of a permission set."""

Refusal: TypeAlias = Literal[
    "set-exists",
    "set-assigned",
    "attached",
    "not-attached",
    "no-boundary",
    "denied",
    "not-provisioned",
    "policy-exists",
    "policy-missing",
    "policy-attached",
]
"""Why a call is refused at once."""


@dataclass(frozen=True, slots=True, order=True)
class Holder:
    """Whom a permission set is assigned to."""

    kind: Literal["USER", "GROUP", "ADMINISTRATOR", "DELETED"]
    """An administrator's own role is there for good; assignments of the deleted stay."""
    name: str


@dataclass(frozen=True, slots=True)
class Provisioning:
    """What becomes of the role of a permission set in an account."""

    pair: Pair
    before: PermissionSet | None
    """How the role was made last; none where there is no role."""
    after: PermissionSet | None
    """How it is from now on; none where there is none any more."""
    missing: tuple[PolicyReference, ...] = ()
    """Policies that the account lacks, so that nothing is done."""
    is_first: bool = False
    """Whether the account does not trust Identity Center yet."""
    granted: tuple[Holder, ...] = ()
    """Whose assignment takes effect."""


def boundary_reference(boundary: Boundary | None) -> PolicyReference | None:
    """Return the customer managed policy that a boundary is, if it is one."""
    if boundary is None or boundary.aws_managed:
        return None
    return PolicyReference(name=boundary.name, path=boundary.path)


def references(permission_set: PermissionSet) -> tuple[PolicyReference, ...]:
    """Return all policies that a target account must have."""
    boundary = boundary_reference(permission_set.permissions_boundary)
    own = permission_set.customer_managed_policies
    return own if boundary is None else (*own, boundary)


@dataclass(slots=True)
class Access:
    """Permission sets, assignments, roles and policies as they stand."""

    management: str
    """Name of the account that a delegated administrator may not touch."""
    sets: dict[str, PermissionSet] = field(default_factory=dict)
    policies: dict[str, dict[str, AccountPolicy]] = field(default_factory=dict)
    """Customer managed policies by account and name."""
    roles: dict[Pair, PermissionSet] = field(default_factory=dict)
    """Roles, as they were provisioned last."""
    holders: dict[Pair, set[Holder]] = field(default_factory=dict)
    attempted: dict[Pair, set[Holder]] = field(default_factory=dict)
    """Assignments that failed."""
    trusting: set[str] = field(default_factory=set)
    """Accounts that have the SAML provider."""

    # ---- Permission sets ---------------------------------------------------------------

    def create(self, permission_set: PermissionSet) -> Refusal | None:
        """Let there be a permission set."""
        if permission_set.name in self.sets:
            return "set-exists"
        self.sets[permission_set.name] = permission_set
        return None

    def delete(self, name: str) -> Refusal | None:
        """Let a permission set be gone."""
        if any(held for (_, own), held in self.holders.items() if own == name):
            return "set-assigned"
        for pair in [one for one in self.attempted if one[1] == name]:
            del self.attempted[pair]
        del self.sets[name]
        return None

    def change(self, name: str, **members: object) -> None:
        """Let members of a permission set be others; roles stay as they are."""
        self.sets[name] = self.sets[name].model_copy(update=members)

    def attach(self, name: str, policy: str | PolicyReference) -> Refusal | None:
        """Attach an AWS managed policy, given by name, or one of the accounts."""
        own, which = self._attached(name, policy)
        if policy in own:
            return "attached"
        self.change(name, **{which: (*own, policy)})
        return None

    def detach(self, name: str, policy: str | PolicyReference) -> Refusal | None:
        """Detach what `attach` attaches."""
        own, which = self._attached(name, policy)
        if policy not in own:
            return "not-attached"
        self.change(name, **{which: tuple(one for one in own if one != policy)})
        return None

    def _attached(
        self, name: str, policy: str | PolicyReference
    ) -> tuple[tuple[str | PolicyReference, ...], str]:
        if isinstance(policy, str):
            return self.sets[name].managed_policies, "managed_policies"
        return self.sets[name].customer_managed_policies, "customer_managed_policies"

    def drop(self, name: str, member: str) -> Refusal | None:
        """Take the inline policy or the boundary away."""
        if member == "permissions_boundary" and self.sets[name].permissions_boundary is None:
            return "no-boundary"
        self.change(name, **{member: None})
        return None

    # ---- Assignments and roles ---------------------------------------------------------

    def assign(self, holder: Holder, pair: Pair) -> Provisioning:
        """Assign a permission set in an account; it fails where a policy is missing."""
        brought = self._brought(pair, (holder,))
        if brought.missing:
            self.attempted.setdefault(pair, set()).add(holder)
        return brought

    def unassign(self, holder: Holder, pair: Pair) -> Provisioning | None:
        """Take an assignment away, if there is one, and the role with the last of them."""
        held = self.holders.get(pair, set())
        if holder not in held:
            return None
        held.remove(holder)
        before = self.roles[pair]
        if held:
            return Provisioning(pair, before, before, granted=(holder,))
        del self.roles[pair]
        return Provisioning(pair, before, None, granted=(holder,))

    def provisioned(self, name: str) -> list[str]:
        """Return the accounts that have a role of a permission set, in order of name."""
        return sorted(account for account, own in self.roles if own == name)

    def provision(self, name: str, account: str | None) -> list[Provisioning]:
        """Bring roles up to date: those of one account or all there are."""
        if account is None:
            return [self._brought((one, name), ()) for one in self.provisioned(name)]
        pair = (account, name)
        waiting = tuple(sorted(self.attempted.get(pair, ())))
        if pair not in self.roles and not waiting:
            return []
        return [self._brought(pair, waiting)]

    def is_barred(self, name: str, account: str | None) -> bool:
        """Tell whether a delegated administrator may not provision a permission set there."""
        touched = self.provisioned(name) if account is None else [account]
        return self.management in touched

    def _brought(self, pair: Pair, holders: tuple[Holder, ...]) -> Provisioning:
        account, name = pair
        before, after = self.roles.get(pair), self.sets[name]
        missing = tuple(one for one in references(after) if not self._has(account, one))
        if missing:
            return Provisioning(pair, before, before, missing)
        is_first = account not in self.trusting
        self.trusting.add(account)
        self.roles[pair] = after
        if holders:
            self.holders.setdefault(pair, set()).update(holders)
            self.attempted.get(pair, set()).difference_update(holders)
        return Provisioning(pair, before, after, is_first=is_first, granted=holders)

    def _has(self, account: str, wanted: PolicyReference) -> bool:
        policy = self.policies[account].get(wanted.name)
        return policy is not None and policy.path == wanted.path

    def call(self, holder: Holder, name: str, kind: Literal["USER", "GROUP", "DELETED"]) -> None:
        """Let a holder be called otherwise, as one who is renamed or deleted."""
        for held in (*self.holders.values(), *self.attempted.values()):
            if holder in held:
                held.remove(holder)
                held.add(Holder(kind, name))

    # ---- Policies in accounts ----------------------------------------------------------

    def create_policy(self, account: str, policy: AccountPolicy) -> Refusal | None:
        """Let an account have a policy."""
        if policy.name in self.policies[account]:
            return "policy-exists"
        self.policies[account][policy.name] = policy
        return None

    def delete_policy(self, account: str, name: str) -> Refusal | None:
        """Let an account have a policy no more."""
        policy = self.policies[account].get(name)
        if policy is None:
            return "policy-missing"
        reference = PolicyReference(name=name, path=policy.path)
        if any(
            reference in references(made) for (own, _), made in self.roles.items() if own == account
        ):
            return "policy-attached"
        del self.policies[account][name]
        return None


def _assignments(scenario: Scenario) -> Iterator[tuple[Holder, Assignment]]:
    for group in scenario.groups:
        for one in group.assignments:
            yield Holder("GROUP", group.name), one
    for user in scenario.users:
        if isinstance(user, User):
            for one in user.assignments:
                yield Holder("USER", user.name), one


def _own_roles(scenario: Scenario) -> Iterator[tuple[Administrator, str, str]]:
    for admin in scenario.administrators:
        if admin.permission_set is not None:
            yield admin, admin.account or owner(scenario), admin.permission_set


def opening(scenario: Scenario, accounts: Mapping[str, tuple[str, ...]]) -> Access:
    """Return how things stand when the window begins: all that is assigned is provisioned.

    Args:
        scenario: As written or resolved; what it refers to need not be there.
        accounts: What each name or stem of an account means.
    """
    organization = scenario.organization
    access = Access(organization.management_account.name)
    for part in (organization.management_account, *organization.accounts):
        for name in account_names(part):
            access.policies[name] = {policy.name: policy for policy in part.policies}
    access.sets = {one.name: one for one in scenario.permission_sets}
    held = [
        (holder, (account, one.permission_set))
        for holder, one in _assignments(scenario)
        for name in one.accounts
        for account in accounts.get(name, ())
    ]
    held += [
        (Holder("ADMINISTRATOR", admin.name), (account, name))
        for admin, account, name in _own_roles(scenario)
    ]
    for holder, (account, name) in held:
        if name not in access.sets or account not in access.policies:
            continue
        access.holders.setdefault((account, name), set()).add(holder)
        access.roles[account, name] = access.sets[name]
        access.trusting.add(account)
        for one in references(access.sets[name]):
            policy = AccountPolicy(name=one.name, path=one.path)
            access.policies[account].setdefault(one.name, policy)
    return access
