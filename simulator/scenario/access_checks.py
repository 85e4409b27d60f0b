"""Whether permission sets, accounts and principals are there to be brought together.

What AWS would refuse is no finding: the refusal is what gets recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.scenario import actions
from simulator.scenario.access import Holder
from simulator.scenario.resolve import owner
from simulator.scenario.wording import Problem, listed_twice, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.scenario.actions import Boundary, PermissionSet
    from simulator.scenario.scene import Scene, Step, Where


def contents(where: Where, permission_set: PermissionSet) -> Iterator[Problem]:
    """Yield what is wrong with what a permission set has attached."""
    own = permission_set.customer_managed_policies
    yield from listed_twice((*where, "managed_policies"), permission_set.managed_policies)
    yield from listed_twice((*where, "customer_managed_policies"), [one.name for one in own])
    if permission_set.permissions_boundary is not None:
        yield from _boundary((*where, "permissions_boundary"), permission_set.permissions_boundary)


def _boundary(where: Where, boundary: Boundary) -> Iterator[Problem]:
    if boundary.aws_managed and boundary.path != "/":
        yield Problem((*where, "path"), "only a customer managed policy has a path", at_key=True)


def _has_sets(scene: Scene, step: Step) -> Iterator[Problem]:
    if scene.scenario.instance.kind == "account":
        yield Problem((*step.where, "does"), "an account instance has no permission sets")


def of_set(
    then: Callable[[Scene, Step], Iterator[Problem]],
) -> Callable[[Scene, Step], Iterator[Problem]]:
    """Return a check of an entry whose `permission_set` must exist."""

    def checked(scene: Scene, step: Step) -> Iterator[Problem]:
        entry: Any = step.entry
        yield from _has_sets(scene, step)
        if entry.permission_set in scene.access.sets:
            yield from then(scene, step)
        else:
            words = scene.missing("permission set", entry.permission_set, scene.access.sets)
            yield Problem((*step.where, "permission_set"), words)

    return checked


def create_set(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check what a new permission set has, and let it be."""
    entry = step.entry
    assert isinstance(entry, actions.CreatePermissionSet)
    yield from _has_sets(scene, step)
    yield from contents((*step.where, "permission_set"), entry.permission_set)
    scene.access.create(entry.permission_set)
    scene.gone.pop(("permission set", entry.permission_set.name), None)


def update_set(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that something changes."""
    entry = step.entry
    assert isinstance(entry, actions.UpdatePermissionSet)
    given = {name: getattr(entry, name) for name in UPDATABLE if getattr(entry, name) is not None}
    if not given:
        words = "changes nothing: give description, session_duration or relay_state"
        yield Problem(step.where, words)
    scene.access.change(entry.permission_set, **given)


UPDATABLE = ("description", "session_duration", "relay_state")
"""What UpdatePermissionSet may change."""


def delete_set(scene: Scene, step: Step) -> Iterator[Problem]:
    """Let a permission set be gone, unless it is assigned."""
    entry = step.entry
    assert isinstance(entry, actions.DeletePermissionSet)
    if scene.access.delete(entry.permission_set) is None:
        scene.gone["permission set", entry.permission_set] = "deleted"
    return iter(())


def change_policies(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that one policy is meant, and attach or detach it."""
    entry = step.entry
    assert isinstance(entry, actions.ChangePolicies)
    policy = entry.managed_policy or entry.customer_managed_policy
    if policy is None:
        yield Problem(step.where, "give managed_policy or customer_managed_policy")
    elif None not in (entry.managed_policy, entry.customer_managed_policy):
        words = "give managed_policy or customer_managed_policy, not both"
        yield Problem((*step.where, "customer_managed_policy"), words, at_key=True)
    elif entry.does == "attach-policy":
        scene.access.attach(entry.permission_set, policy)
    else:
        scene.access.detach(entry.permission_set, policy)


def put_inline(scene: Scene, step: Step) -> Iterator[Problem]:
    """Let a permission set have an inline policy."""
    entry = step.entry
    assert isinstance(entry, actions.PutInlinePolicy)
    scene.access.change(entry.permission_set, inline_policy=entry.policy)
    return iter(())


def put_boundary(scene: Scene, step: Step) -> Iterator[Problem]:
    """Let a permission set have a boundary."""
    entry = step.entry
    assert isinstance(entry, actions.PutPermissionsBoundary)
    yield from _boundary((*step.where, "boundary"), entry.boundary)
    scene.access.change(entry.permission_set, permissions_boundary=entry.boundary)


DROPPED = {
    "delete-inline-policy": "inline_policy",
    "delete-permissions-boundary": "permissions_boundary",
}
"""Action to what it takes away from a permission set."""


def drop(scene: Scene, step: Step) -> Iterator[Problem]:
    """Let a permission set have no inline policy or no boundary."""
    entry = step.entry
    assert isinstance(entry, actions.DropFromPermissionSet)
    scene.access.drop(entry.permission_set, DROPPED[entry.does])
    return iter(())


def nothing_more(_scene: Scene, _step: Step) -> Iterator[Problem]:
    """Accept whatever is done to a permission set that exists."""
    return iter(())


def _accounts(scene: Scene, where: Where, names: tuple[str, ...]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name not in scene.accounts:
            words = f"no such account{suggestion(name, scene.accounts)}"
            yield Problem((*where, place), words)
        elif seen & set(scene.accounts[name]):
            yield Problem((*where, place), f"{name} is listed twice")
        seen.update(scene.accounts.get(name, ()))


def change_assignments(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check who and where is meant, and let access be as it then is."""
    entry = step.entry
    assert isinstance(entry, actions.ChangeAssignments)
    wrong = [*_accounts(scene, (*step.where, "accounts"), entry.accounts)]
    wrong += _principal(scene, step, entry)
    yield from wrong
    if wrong:
        return
    holder = holder_of(entry)
    for account in (one for name in entry.accounts for one in scene.accounts[name]):
        if account == scene.access.management and _is_delegated(scene, step):
            continue
        pair = (account, entry.permission_set)
        if entry.does == "assign":
            if not scene.access.assign(holder, pair).missing:
                _access(scene, holder).add((entry.permission_set, account))
        elif scene.access.unassign(holder, pair) is not None:
            _access(scene, holder).discard((entry.permission_set, account))


def _principal(scene: Scene, step: Step, entry: actions.ChangeAssignments) -> Iterator[Problem]:
    if entry.user is None and entry.group is None:
        yield Problem(step.where, "give user or group")
    elif entry.user is not None and entry.group is not None:
        yield Problem((*step.where, "group"), "give user or group, not both", at_key=True)
    elif entry.user is not None:
        yield from scene.find_user((*step.where, "user"), entry.user)
    elif entry.group is not None:
        yield from scene.find_group((*step.where, "group"), entry.group)


def holder_of(entry: actions.ChangeAssignments) -> Holder:
    """Return whom an entry assigns to."""
    if entry.user is not None:
        return Holder("USER", entry.user)
    return Holder("GROUP", entry.group or "")


def _access(scene: Scene, holder: Holder) -> set[tuple[str, str]]:
    """Return what a principal has, to be changed; nobody's where it is gone."""
    among = scene.users if holder.kind == "USER" else scene.groups
    return among[holder.name].access if holder.name in among else set()


def _is_delegated(scene: Scene, step: Step) -> bool:
    delegated = scene.instance.delegated
    return delegated is not None and _account_of(scene, step) == delegated


def _account_of(scene: Scene, step: Step) -> str:
    admin = scene.admin(step)
    return (admin and admin.account) or owner(scene.scenario)


def provision(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that an account is meant, and bring roles up to date."""
    entry = step.entry
    assert isinstance(entry, actions.ProvisionPermissionSet)
    account = entry.account
    if account is not None and scene.accounts.get(account) != (account,):
        words = f"no such account{suggestion(account, scene.accounts)}"
        if account in scene.accounts:
            words = "a stem; name one account"
        yield Problem((*step.where, "account"), words)
        return
    if _is_delegated(scene, step) and scene.access.is_barred(entry.permission_set, account):
        return
    for change in scene.access.provision(entry.permission_set, account):
        for holder in change.granted:
            _access(scene, holder).add((entry.permission_set, change.pair[0]))


def create_policy(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that a new policy says something, and let it be."""
    entry = step.entry
    assert isinstance(entry, actions.CreatePolicy)
    if entry.policy.document is None:
        yield Problem((*step.where, "policy", "document"), "is missing: say what it allows")
    account = _account_of(scene, step)
    if account in scene.access.policies:
        scene.access.create_policy(account, entry.policy)


def delete_policy(scene: Scene, step: Step) -> Iterator[Problem]:
    """Let a policy be gone, if there is one that no role has."""
    entry = step.entry
    assert isinstance(entry, actions.DeletePolicy)
    account = _account_of(scene, step)
    if account in scene.access.policies:
        scene.access.delete_policy(account, entry.policy)
    return iter(())
