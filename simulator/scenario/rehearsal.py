"""Going through the storyline in order, to see whether each thing can be done by then.

The planner does the same with exact times. Here a sign-in is taken to last a minute and
everything else no time at all, which is enough to know the order in which people meant
things to happen. Each finding is told once, at the entry, however often it is repeated.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from simulator.primitives.instants import DAY, LATEST, MINUTE, format_duration
from simulator.scenario import actions
from simulator.scenario.actions import (
    API_ONLY,
    CONSOLE_ONLY,
    AdminEntry,
    Entry,
    SignIn,
    UserEntry,
    nth_group_name,
    nth_user_name,
    via,
)
from simulator.scenario.resolve import PAUSE
from simulator.scenario.scene import SIGN_IN_LASTS, LiveGroup, LiveUser, Scene, Step, opening
from simulator.scenario.signing_in import sign_in
from simulator.scenario.wording import Problem, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.scenario.document import Scenario
    from simulator.scenario.scene import Where

PATIENCE: Final = 5 * MINUTE
"""How far past its end a portal session is still believed in."""

MOST_STEPS: Final = 1_000_000
"""Entries with all their repetitions come to no more."""

MOST_NESTED: Final = 16
"""`then` lies no deeper in itself."""


# --- What every entry is asked -----------------------------------------------------------


def _shape(
    scenario: Scenario, entries: tuple[Entry, ...], where: Where, *, top: bool
) -> Iterator[Problem]:
    """Yield what is wrong with the times of entries, whoever acts."""
    start, end = _bounds(scenario)
    for position, entry in enumerate(entries):
        here = (*where, position)
        if top and entry.at is None:
            yield Problem((*here, "at"), "is missing: say when")
        if top and entry.after is not None:
            yield Problem((*here, "after"), "only under `then`: say at", at_key=True)
        if not top and entry.at is not None:
            yield Problem((*here, "at"), "only at the top: say after", at_key=True)
        if top and entry.at is not None and not start <= entry.at < end:
            yield Problem((*here, "at"), "outside the window")
        if here.count("then") > MOST_NESTED:
            yield Problem(here, f"`then` within `then` more than {MOST_NESTED} deep")
        else:
            yield from _shape(scenario, entry.then, (*here, "then"), top=False)


def _bounds(scenario: Scenario) -> tuple[int, int]:
    """Return the window; what is wrong with it has findings of its own."""
    window = scenario.window
    end = window.end
    if end is None:
        end = window.start + window.days * DAY if window.days is not None else LATEST
    return window.start, end if end > window.start else LATEST


def _count(entries: tuple[Entry, ...]) -> int:
    """Return to how many steps entries come with all repetitions."""
    return sum(
        (entry.repeat.times if entry.repeat else 1) * (1 + _count(entry.then)) for entry in entries
    )


def _repeated(step: Step) -> Iterator[Step]:
    """Yield an entry's repetitions, and after each all that follows it."""
    entry = step.entry
    times, every = (entry.repeat.times, entry.repeat.every) if entry.repeat else (1, 0)
    user, admin = step.user, step.admin
    if isinstance(entry, UserEntry):
        user = entry.user or user
    elif isinstance(entry, AdminEntry):
        admin = entry.admin or admin
    for again in range(times):
        at, nth = step.at + again * every, step.nth * times + again
        yield replace(step, at=at, nth=nth, user=user, admin=admin)
        clock = at + _lasts(entry)
        for position, child in enumerate(entry.then):
            clock += PAUSE if child.after is None else child.after
            where = (*step.where, "then", position)
            yield from _repeated(Step(clock, child, where, nth, user, admin))
            clock += _lasts(child)
            if child.repeat:
                clock += (child.repeat.times - 1) * child.repeat.every


def _steps(scenario: Scenario) -> list[Step]:
    """Return every doing of every entry, in order."""
    steps = [
        step
        for position, entry in enumerate(scenario.storyline)
        if entry.at is not None
        for step in _repeated(Step(entry.at, entry, ("storyline", position), 0, None, None))
    ]
    steps.sort(key=lambda step: step.at)
    return steps


def _late(scenario: Scenario, steps: list[Step]) -> Iterator[Problem]:
    """Yield entries that begin in the window and go on after it."""
    start, end = _bounds(scenario)
    told: set[Where] = {
        ("storyline", position)
        for position, entry in enumerate(scenario.storyline)
        if entry.at is not None and not start <= entry.at < end
    }
    for step in steps:
        if step.at < end or any(step.where[:size] in told for size in range(2, 99, 2)):
            continue
        told.add(step.where)
        if step.nth:
            words = "the last repetitions are after the window"
            yield Problem((*step.where, "repeat") if step.entry.repeat else step.where, words)
        else:
            yield Problem(step.where, "begins after the window")


def _lasts(entry: Entry) -> int:
    return SIGN_IN_LASTS if isinstance(entry, SignIn) else 0


def _user_acts(scene: Scene, step: Step, entry: UserEntry) -> Iterator[Problem]:
    if step.user is None:
        if not isinstance(entry, SignIn) or entry.with_.username is None:
            yield Problem((*step.where, "user"), "is missing: say which user")
    elif step.user not in scene.users:
        words = scene.missing("user", step.user, scene.users)
        if entry.user is not None:
            yield Problem((*step.where, "user"), words)
        elif ("user", step.user) in scene.gone:
            # Any other reason has been told at the entry above.
            yield Problem(step.where, words)


def _admin_acts(scene: Scene, step: Step, entry: AdminEntry) -> Iterator[Problem]:
    admins = {admin.name for admin in scene.scenario.administrators}
    if step.admin is None:
        yield Problem((*step.where, "admin"), "is missing: say which administrator")
    elif entry.admin is not None and entry.admin not in admins:
        words = f"no such administrator{suggestion(entry.admin, admins)}"
        yield Problem((*step.where, "admin"), words)
    if entry.via == "api" and entry.does in CONSOLE_ONLY:
        yield Problem((*step.where, "via"), f"{entry.does} is done in the console")
    if entry.via == "console" and entry.does in API_ONLY:
        yield Problem((*step.where, "via"), f"{entry.does} is done with the API")


def _actor(scene: Scene, step: Step) -> Iterator[Problem]:
    """Yield what is wrong with who acts, from where and how."""
    entry, where = step.entry, step.where
    if isinstance(entry, UserEntry):
        yield from _user_acts(scene, step, entry)
    elif isinstance(entry, AdminEntry):
        yield from _admin_acts(scene, step, entry)
    if entry.network is not None and entry.network not in scene.networks:
        words = f"no such network{suggestion(entry.network, scene.networks)}"
        yield Problem((*where, "network"), words)
    if not isinstance(entry, SignIn):
        for name in ("workflow_id", "credential_id", "session_id"):
            if getattr(entry.pin, name) is not None:
                yield Problem((*where, "pin", name), "only a sign-in has one", at_key=True)


# --- What users do ------------------------------------------------------------------------


def _portal(scene: Scene, step: Step) -> Iterator[Problem]:
    """Yield why a user cannot use the portal."""
    user = scene.users.get(step.user or "")
    if user is None:
        return
    if user.session_until is None:
        words = "is not signed in"
        if user.failed:
            words += ": the sign-in before fails"
        elif user.signed_out:
            words += " any more: signed out before"
        yield Problem(step.where, f"{user.name} {words}")
    elif step.at > user.session_until + PATIENCE:
        lasts = format_duration(scene.scenario.instance.session_duration)
        words = f"{user.name}'s portal session has ended by then (session_duration {lasts})"
        yield Problem(step.where, f"{words}: sign in again")


def _browse(scene: Scene, step: Step) -> Iterator[Problem]:
    entry = step.entry
    assert isinstance(entry, actions.BrowsePortal)
    yield from _portal(scene, step)
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


def _role(scene: Scene, step: Step) -> Iterator[Problem]:
    """Yield why a user cannot take a role."""
    entry: Any = step.entry
    wrong = list(_account(scene, (*step.where, "account"), entry.account))
    sets = {one.name for one in scene.scenario.permission_sets}
    if entry.permission_set not in sets:
        words = f"no such permission set{suggestion(entry.permission_set, sets)}"
        wrong.append(Problem((*step.where, "permission_set"), words))
    yield from wrong
    if wrong or step.user not in scene.users:
        return
    pair = (entry.permission_set, entry.account)
    if pair not in scene.may(step.user):
        through = sorted(group.name for group in scene.groups.values() if pair in group.access)
        hint = f"; members of {through[0]} have" if through else "; nobody has: add an assignment"
        words = f"{step.user} has no {entry.permission_set} in {entry.account} by then{hint}"
        yield Problem((*step.where, "permission_set"), words)


def _open_console(scene: Scene, step: Step) -> Iterator[Problem]:
    yield from _portal(scene, step)
    yield from _role(scene, step)


def _credentials(scene: Scene, step: Step) -> Iterator[Problem]:
    entry = step.entry
    assert isinstance(entry, actions.GetRoleCredentials)
    yield from _portal(scene, step) if entry.with_tool == "portal" else _cli(scene, step)
    yield from _role(scene, step)


def _cli(scene: Scene, step: Step) -> Iterator[Problem]:
    user = scene.users.get(step.user or "")
    if user is not None and not user.cli:
        yield Problem(step.where, f"{user.name} has not signed in with the CLI: cli-sign-in first")


def _cli_sign_in(scene: Scene, step: Step) -> Iterator[Problem]:
    entry = step.entry
    assert isinstance(entry, actions.CliSignIn)
    yield from _portal(scene, step)
    if step.user in scene.users:
        user = scene.users[step.user]
        user.cli, user.refreshable = True, entry.refreshable


def _refresh(scene: Scene, step: Step) -> Iterator[Problem]:
    yield from _cli(scene, step)
    user = scene.users.get(step.user or "")
    if user is not None and user.cli and not user.refreshable:
        yield Problem(step.where, "the CLI sign-in before has refreshable: false")


def _sign_out(scene: Scene, step: Step) -> Iterator[Problem]:
    entry = step.entry
    assert isinstance(entry, actions.SignOut)
    user = scene.users.get(step.user or "")
    if entry.with_tool == "cli":
        yield from _cli(scene, step)
        if user is not None:
            user.cli = False
        return
    yield from _portal(scene, step)
    if user is not None:
        user.session_until, user.failed, user.signed_out = None, False, True


# --- MFA devices --------------------------------------------------------------------------


def _own_mfa(scene: Scene, step: Step) -> Iterator[Problem]:
    yield from _not_external(scene, step)
    yield from _portal(scene, step)


def _not_external(scene: Scene, step: Step) -> Iterator[Problem]:
    if scene.source == "external-idp":
        words = "with an external IdP, MFA is the provider's"
        yield Problem((*step.where, "does"), words)


def _register(scene: Scene, step: Step, user: LiveUser, *, completes: bool) -> Iterator[Problem]:
    entry: Any = step.entry
    if entry.type not in scene.scenario.instance.mfa.devices:
        words = f"the instance's mfa.devices has no {entry.type}"
        yield Problem((*step.where, "type"), words)
    if entry.name in user.devices:
        yield Problem((*step.where, "name"), f"{user.name} has a device of this name by then")
    if entry.device_id is not None and entry.repeat is not None:
        words = "an id is of one device: leave out repeat or device_id"
        yield Problem((*step.where, "device_id"), words)
    if completes:
        user.devices[entry.name] = entry.type


def _rename(step: Step, user: LiveUser) -> Iterator[Problem]:
    entry: Any = step.entry
    if entry.device not in user.devices:
        yield _no_device(step, user)
    elif entry.name == entry.device:
        yield Problem((*step.where, "name"), "that is its name already")
    elif entry.name in user.devices:
        yield Problem((*step.where, "name"), f"{user.name} has a device of this name by then")
    else:
        user.devices = {
            entry.name if name == entry.device else name: kind
            for name, kind in user.devices.items()
        }


def _delete(step: Step, user: LiveUser) -> Iterator[Problem]:
    entry: Any = step.entry
    if entry.device not in user.devices:
        yield _no_device(step, user)
    user.devices.pop(entry.device, None)


def _no_device(step: Step, user: LiveUser) -> Problem:
    entry: Any = step.entry
    if user.devices:
        known = suggestion(entry.device, user.devices)
        known = known or f"; there is {', '.join(sorted(user.devices))}"
    else:
        known = "; there is none"
    return Problem((*step.where, "device"), f"{user.name} has no such device by then{known}")


def _register_own(scene: Scene, step: Step) -> Iterator[Problem]:
    entry = step.entry
    assert isinstance(entry, actions.RegisterMfaDevice)
    yield from _own_mfa(scene, step)
    if step.user in scene.users:
        user = scene.users[step.user]
        yield from _register(scene, step, user, completes=entry.completes)


def _rename_own(scene: Scene, step: Step) -> Iterator[Problem]:
    yield from _own_mfa(scene, step)
    if step.user in scene.users and scene.source != "external-idp":
        yield from _rename(step, scene.users[step.user])


def _delete_own(scene: Scene, step: Step) -> Iterator[Problem]:
    yield from _own_mfa(scene, step)
    if step.user in scene.users and scene.source != "external-idp":
        yield from _delete(step, scene.users[step.user])


def _of_user(
    then: Callable[[Scene, Step, LiveUser], Iterator[Problem]],
) -> Callable[[Scene, Step], Iterator[Problem]]:
    """Return a check of an administrator's entry whose `user` must exist."""

    def checked(scene: Scene, step: Step) -> Iterator[Problem]:
        entry: Any = step.entry
        yield from scene.find_user((*step.where, "user"), entry.user)
        if entry.user in scene.users:
            yield from then(scene, step, scene.users[entry.user])

    return checked


def _admin_register(scene: Scene, step: Step, user: LiveUser) -> Iterator[Problem]:
    yield from _not_external(scene, step)
    yield from _register(scene, step, user, completes=True)


def _admin_rename(scene: Scene, step: Step, user: LiveUser) -> Iterator[Problem]:
    yield from _not_external(scene, step)
    if scene.source != "external-idp":
        yield from _rename(step, user)


def _admin_delete(scene: Scene, step: Step, user: LiveUser) -> Iterator[Problem]:
    yield from _not_external(scene, step)
    if scene.source != "external-idp":
        yield from _delete(step, user)


def _admin_list(scene: Scene, step: Step) -> Iterator[Problem]:
    entry = step.entry
    assert isinstance(entry, actions.AdminListMfaDevices)
    yield from _not_external(scene, step)
    yield from _listed_users(scene, step, entry.users)


def _listed_users(scene: Scene, step: Step, users: tuple[str, ...]) -> Iterator[Problem]:
    for place, name in enumerate(users):
        where = (*step.where, "users", place)
        yield from scene.find_user(where, name)
        if name in users[:place]:
            yield Problem(where, f"{name} is listed twice")


# --- Users and groups ---------------------------------------------------------------------


def _not_synchronised(scene: Scene, step: Step) -> Iterator[Problem]:
    if scene.source == "active-directory":
        words = "users and groups come from Active Directory: they are not changed here"
        yield Problem((*step.where, "does"), words)


def _create_group(scene: Scene, step: Step) -> Iterator[Problem]:
    entry = step.entry
    assert isinstance(entry, actions.CreateGroup)
    yield from _not_synchronised(scene, step)
    name = nth_group_name(entry.group.name, step.nth)
    if name in scene.groups:
        yield Problem((*step.where, "group", "name"), f"there is a group {name} by then")
    else:
        scene.new_group(LiveGroup(name))
    if entry.group.id is not None and entry.repeat is not None:
        words = "an id is of one group: leave out repeat or id"
        yield Problem((*step.where, "group", "id"), words)


def _update_group(scene: Scene, step: Step) -> Iterator[Problem]:
    entry = step.entry
    assert isinstance(entry, actions.UpdateGroup)
    yield from _not_synchronised(scene, step)
    yield from scene.find_group((*step.where, "group"), entry.group)
    if entry.name is None and entry.description is None:
        yield Problem(step.where, "changes nothing: give name or description")
    if entry.group not in scene.groups or entry.name is None:
        return
    if entry.name == entry.group:
        yield Problem((*step.where, "name"), "that is its name already")
    elif entry.name in scene.groups:
        yield Problem((*step.where, "name"), f"there is a group {entry.name} by then")
    else:
        group = scene.groups.pop(entry.group)
        scene.gone["group", entry.group] = f"renamed to {entry.name}"
        group.name = entry.name
        scene.new_group(group)


def _delete_group(scene: Scene, step: Step) -> Iterator[Problem]:
    entry = step.entry
    assert isinstance(entry, actions.DeleteGroup)
    yield from _not_synchronised(scene, step)
    yield from scene.find_group((*step.where, "group"), entry.group)
    if scene.groups.pop(entry.group, None) is not None:
        scene.gone["group", entry.group] = "deleted"


def _change_members(scene: Scene, step: Step) -> Iterator[Problem]:
    entry = step.entry
    assert isinstance(entry, actions.ChangeMembers)
    yield from _not_synchronised(scene, step)
    yield from scene.find_group((*step.where, "group"), entry.group)
    yield from _listed_users(scene, step, entry.users)
    group = scene.groups.get(entry.group)
    if group is None:
        return
    adds = entry.does == "add-members"
    for place, name in enumerate(entry.users):
        if name not in scene.users or name in entry.users[:place]:
            continue
        if adds is (name in group.members):
            state = "in" if adds else "not in"
            words = f"{name} is {state} {entry.group} by then"
            yield Problem((*step.where, "users", place), words)
    group.members = group.members | set(entry.users) if adds else group.members - set(entry.users)


def _create_user(scene: Scene, step: Step) -> Iterator[Problem]:
    entry = step.entry
    assert isinstance(entry, actions.CreateUser)
    yield from _not_synchronised(scene, step)
    if any(mark.isspace() for mark in entry.new_user.name):
        yield Problem((*step.where, "new_user", "name"), "a user name has no spaces")
    name = nth_user_name(entry.new_user.name, step.nth)
    if name in scene.users:
        yield Problem((*step.where, "new_user", "name"), f"there is a user {name} by then")
    else:
        admins = {admin.name: admin.kind for admin in scene.scenario.administrators}
        how = via(entry.does, entry.via, is_role=admins.get(step.admin or "") == "role")
        scene.new_user(LiveUser(name, has_password=how == "console"))
    if entry.new_user.id is not None and entry.repeat is not None:
        words = "an id is of one user: leave out repeat or id"
        yield Problem((*step.where, "new_user", "id"), words)


def _update_user(scene: Scene, step: Step, _user: LiveUser) -> Iterator[Problem]:
    yield from _not_synchronised(scene, step)
    entry = step.entry
    assert isinstance(entry, actions.UpdateUser)
    for place, path in enumerate(entry.attributes):
        if path in entry.attributes[:place]:
            yield Problem((*step.where, "attributes", place), f"{path} is listed twice")


def _delete_user(scene: Scene, step: Step, user: LiveUser) -> Iterator[Problem]:
    yield from _not_synchronised(scene, step)
    del scene.users[user.name]
    scene.gone["user", user.name] = "deleted"
    for group in scene.groups.values():
        group.members.discard(user.name)


def _reset_password(scene: Scene, step: Step, user: LiveUser) -> Iterator[Problem]:
    if scene.source != "identity-center":
        words = f"with {scene.source}, passwords are not kept here"
        yield Problem((*step.where, "does"), words)
    user.has_password = True


def _nothing_more(_scene: Scene, _step: Step, _user: LiveUser) -> Iterator[Problem]:
    return iter(())


def _read_group(scene: Scene, step: Step) -> Iterator[Problem]:
    entry = step.entry
    assert isinstance(entry, actions.ReadGroup)
    yield from scene.find_group((*step.where, "group"), entry.group)


def _read_membership(scene: Scene, step: Step) -> Iterator[Problem]:
    entry = step.entry
    assert isinstance(entry, actions.ReadMembership)
    yield from scene.find_user((*step.where, "user"), entry.user)
    yield from scene.find_group((*step.where, "group"), entry.group)
    if entry.group in scene.groups and entry.user in scene.users:
        is_member = entry.user in scene.groups[entry.group].members
        if not is_member and entry.does != "check-membership":
            words = f"{entry.user} is not in {entry.group} by then"
            yield Problem((*step.where, "group"), words)


def _read_directory(_scene: Scene, _step: Step) -> Iterator[Problem]:
    return iter(())


_ACTIONS: Final[dict[type[Entry], Callable[[Scene, Step], Iterator[Problem]]]] = {
    actions.SignIn: sign_in,
    actions.BrowsePortal: _browse,
    actions.OpenConsole: _open_console,
    actions.GetRoleCredentials: _credentials,
    actions.CliSignIn: _cli_sign_in,
    actions.RefreshToken: _refresh,
    actions.SignOut: _sign_out,
    actions.RegisterMfaDevice: _register_own,
    actions.RenameMfaDevice: _rename_own,
    actions.DeleteMfaDevice: _delete_own,
    actions.ListMfaDevices: _own_mfa,
    actions.CreateGroup: _create_group,
    actions.UpdateGroup: _update_group,
    actions.DeleteGroup: _delete_group,
    actions.ChangeMembers: _change_members,
    actions.CreateUser: _create_user,
    actions.UpdateUser: _of_user(_update_user),
    actions.DeleteUser: _of_user(_delete_user),
    actions.ResetPassword: _of_user(_reset_password),
    actions.AdminListMfaDevices: _admin_list,
    actions.AdminRegisterMfaDevice: _of_user(_admin_register),
    actions.AdminRenameMfaDevice: _of_user(_admin_rename),
    actions.AdminDeleteMfaDevice: _of_user(_admin_delete),
    actions.ReadUser: _of_user(_nothing_more),
    actions.ReadGroup: _read_group,
    actions.ReadMembership: _read_membership,
    actions.ReadDirectory: _read_directory,
}


def rehearse(
    scenario: Scenario, accounts: dict[str, tuple[str, ...]], networks: frozenset[str]
) -> Iterator[Problem]:
    """Yield everything in the storyline that could not be done when its turn comes.

    Args:
        scenario: As written or resolved.
        accounts: What each name or stem of an account means.
        networks: Names of networks.
    """
    yield from _shape(scenario, scenario.storyline, ("storyline",), top=True)
    if _count(scenario.storyline) > MOST_STEPS:
        words = f"comes to more than {MOST_STEPS:,} entries with all repetitions: use background"
        yield Problem(("storyline",), words, at_key=True)
        return
    steps = _steps(scenario)
    yield from _late(scenario, steps)
    scene = opening(scenario, accounts, networks)
    for step in steps:
        if isinstance(step.entry, actions.CreateGroup):
            scene.coming.add(("group", nth_group_name(step.entry.group.name, step.nth)))
        elif isinstance(step.entry, actions.UpdateGroup) and step.entry.name is not None:
            scene.coming.add(("group", step.entry.name))
        elif isinstance(step.entry, actions.CreateUser):
            scene.coming.add(("user", nth_user_name(step.entry.new_user.name, step.nth)))
    told: set[Problem] = set()
    for step in steps:
        for problem in (*_actor(scene, step), *_ACTIONS[type(step.entry)](scene, step)):
            if problem not in told:
                told.add(problem)
                yield problem
