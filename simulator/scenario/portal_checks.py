"""Whether users can do in the portal and with the CLI what they are to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.primitives.instants import MINUTE, format_duration
from simulator.scenario import actions
from simulator.scenario.held import Held
from simulator.scenario.wording import Problem, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.scenario.scene import Scene, Step, Where

PATIENCE: Final = 5 * MINUTE
"""How far past its end a portal session is still believed in."""


def portal(scene: Scene, step: Step) -> Iterator[Problem]:
    """Yield why a user cannot use the portal."""
    user = scene.users.get(step.user or "")
    if user is None:
        return
    until = user.sessions.get(step.computer)
    if until is None:
        words = "is not signed in"
        if user.failed:
            words += ": the sign-in before fails"
        elif user.signed_out:
            words += " any more: signed out before"
        yield Problem(step.where, f"{user.name} {words}")
    elif step.at > until + PATIENCE:
        lasts = format_duration(scene.scenario.instance.session_duration)
        words = f"{user.name}'s portal session has ended by then (session_duration {lasts})"
        yield Problem(step.where, f"{words}: sign in again")


def browse(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that a user is in the portal and has something in the accounts expanded."""
    entry = step.entry
    assert isinstance(entry, actions.BrowsePortal)
    yield from portal(scene, step)
    for place, account in enumerate(entry.accounts):
        where = (*step.where, "accounts", place)
        wrong = list(_account(scene, where, account))
        yield from wrong
        owned = scene.may(step.user) if step.user in scene.users else None
        if not wrong and owned is not None and account not in {name for _, name in owned}:
            yield Problem(where, f"{step.user} has nothing in {account} by then")


def _account(scene: Scene, where: Where, name: str) -> Iterator[Problem]:
    meant = scene.accounts.get(name)
    if meant is None:
        yield Problem(where, f"no such account{suggestion(name, scene.accounts)}")
    elif meant != (name,):
        several = meant[0] if len(meant) == 1 else f"{meant[0]} to {meant[-1]}"
        yield Problem(where, f"a stem; name one account: {several}")


def role(scene: Scene, step: Step, user: str | None) -> Iterator[Problem]:
    """Yield why a user cannot take the role of an entry."""
    entry: Any = step.entry
    wrong = list(_account(scene, (*step.where, "account"), entry.account))
    if entry.permission_set not in scene.access.sets:
        words = scene.missing("permission set", entry.permission_set, scene.access.sets)
        wrong.append(Problem((*step.where, "permission_set"), words))
    yield from wrong
    if wrong or user not in scene.users:
        return
    pair = (entry.permission_set, entry.account)
    if pair not in scene.may(user):
        through = sorted(group.name for group in scene.groups.values() if pair in group.access)
        hint = f"; members of {through[0]} have" if through else "; nobody has: add an assignment"
        words = f"{user} has no {entry.permission_set} in {entry.account} by then{hint}"
        yield Problem((*step.where, "permission_set"), words)


def open_console(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that a user is in the portal and has the role."""
    yield from portal(scene, step)
    yield from role(scene, step, step.user)
    _take(scene, step, "console")


def credentials(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that a user is in the portal or signed in with the CLI, and has the role."""
    entry = step.entry
    assert isinstance(entry, actions.GetRoleCredentials)
    yield from portal(scene, step) if entry.with_tool == "portal" else _cli(scene, step)
    yield from role(scene, step, step.user)
    if entry.with_tool == "cli":
        _take(scene, step, "cli")


def _take(scene: Scene, step: Step, tool: str) -> None:
    """Let a user hold a role from now on."""
    entry: Any = step.entry
    known = scene.access.sets.get(entry.permission_set)
    if step.user in scene.users and known is not None:
        roles = scene.users[step.user].roles
        held = roles.setdefault((entry.permission_set, entry.account, tool), Held())
        held.put(step.computer, step.at + known.session_duration)


def use_role(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that a user holds the role, and that it leaves a record."""
    entry = step.entry
    assert isinstance(entry, actions.UseRole)
    if not scene.scenario.organization.member_account_events:
        words = "leaves no record: organization.member_account_events is false"
        yield Problem(step.where, words)
    user = scene.users.get(step.user or "")
    if user is None:
        return
    held = user.roles.get((entry.permission_set, entry.account, entry.with_tool), Held())
    until = held.get(step.computer)
    how = "open-console" if entry.with_tool == "console" else "get-role-credentials"
    if until is None:
        words = f"{user.name} has not taken {entry.permission_set} in {entry.account}: {how} first"
        yield Problem(step.where, words)
    elif step.at > until + PATIENCE:
        words = f"{user.name}'s role session has ended by then: {how} again"
        yield Problem(step.where, words)


def _cli(scene: Scene, step: Step) -> Iterator[Problem]:
    user = scene.users.get(step.user or "")
    if user is not None and user.tokens.get(step.computer) is None:
        yield Problem(step.where, f"{user.name} has not signed in with the CLI: cli-sign-in first")


def cli_sign_in(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that the browser has a portal session, and sign in with the CLI."""
    entry = step.entry
    assert isinstance(entry, actions.CliSignIn)
    yield from portal(scene, step)
    if step.user in scene.users:
        scene.users[step.user].tokens.put(step.computer, entry.refreshable)


def refresh(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that there is a token that can be refreshed."""
    yield from _cli(scene, step)
    user = scene.users.get(step.user or "")
    if user is not None and user.tokens.get(step.computer) is False:
        yield Problem(step.where, "the CLI sign-in before has refreshable: false")


def sign_out(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that a user is signed in, and end that."""
    entry = step.entry
    assert isinstance(entry, actions.SignOut)
    user = scene.users.get(step.user or "")
    if entry.with_tool == "cli":
        yield from _cli(scene, step)
        if user is not None:
            user.tokens.drop(step.computer)
        return
    yield from portal(scene, step)
    if user is not None:
        user.sessions.drop(step.computer)
        user.failed, user.signed_out = False, True
