"""Going through the storyline in order, to see whether each thing can be done by then.

The planner does the same with exact times. Here a sign-in is taken to last a minute and
everything else no time at all, which is enough to know the order in which people meant
things to happen. Each finding is told once, at the entry, however often it is repeated.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from simulator.primitives.instants import DAY, LATEST
from simulator.scenario import (
    access_checks,
    actions,
    application_checks,
    call_checks,
    device_checks,
    directory_checks,
    instance_checks,
    portal_checks,
    scim_checks,
)
from simulator.scenario.actions import (
    API_ONLY,
    CONSOLE_ONLY,
    AdminEntry,
    Entry,
    SignIn,
    UserEntry,
    nth_group_name,
    nth_user_name,
)
from simulator.scenario.resolve import PAUSE
from simulator.scenario.scene import SIGN_IN_LASTS, Scene, Step, opening
from simulator.scenario.sign_in_checks import sign_in
from simulator.scenario.wording import Problem, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.scenario.document import Scenario
    from simulator.scenario.scene import Where

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
    computer = entry.computer or step.computer
    if isinstance(entry, UserEntry):
        user = entry.user or user
    elif isinstance(entry, AdminEntry):
        admin = entry.admin or admin
    for again in range(times):
        at = step.at + again * every
        yield replace(step, at=at, nth=again, user=user, admin=admin, computer=computer)
        clock = at + _lasts(entry)
        for position, child in enumerate(entry.then):
            clock += PAUSE if child.after is None else child.after
            where = (*step.where, "then", position)
            yield from _repeated(Step(clock, child, where, 0, user, admin, computer))
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


def _region(scene: Scene, step: Step, entry: UserEntry) -> Iterator[Problem]:
    regions = scene.instance.regions
    if entry.region is not None and entry.region not in regions:
        words = f"the instance is not in {entry.region}{suggestion(entry.region, regions)} by then"
        hint = "see instance.additional_regions and add-region"
        yield Problem((*step.where, "region"), f"{words}: {hint}")


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
    yield from scim_checks.pushes(scene, step)
    if isinstance(entry, UserEntry):
        yield from _user_acts(scene, step, entry)
        yield from _region(scene, step, entry)
    elif isinstance(entry, AdminEntry):
        yield from _admin_acts(scene, step, entry)
    yield from instance_checks.needs_instance(scene, step)
    if entry.network is not None and entry.network not in scene.networks:
        words = f"no such network{suggestion(entry.network, scene.networks)}"
        yield Problem((*where, "network"), words)
    if entry.computer is not None:
        computers = {computer.name for computer in scene.scenario.computers}
        if entry.computer not in computers:
            words = f"no such computer{suggestion(entry.computer, computers)}"
            yield Problem((*where, "computer"), words)
    yield from _pins(scene, step)


def _pins(scene: Scene, step: Step) -> Iterator[Problem]:
    """Yield what is wrong with the values that an entry pins."""
    entry, where = step.entry, step.where
    if not isinstance(entry, SignIn):
        for name in ("workflow_id", "credential_id", "session_id"):
            if getattr(entry.pin, name) is not None:
                yield Problem((*where, "pin", name), "only a sign-in has one", at_key=True)
    began = entry.pin.role_session
    if began is not None:
        here = (*where, "pin", "role_session")
        roles = {one.name for one in scene.scenario.administrators if one.kind == "role"}
        if step.admin not in roles:
            yield Problem(here, "only an administrator with a role has one", at_key=True)
        elif began > step.at:
            yield Problem(here, "begins after it is used")


_ACTIONS: Final[dict[type[Entry], Callable[[Scene, Step], Iterator[Problem]]]] = {
    actions.SignIn: sign_in,
    actions.BrowsePortal: portal_checks.browse,
    actions.OpenConsole: portal_checks.open_console,
    actions.GetRoleCredentials: portal_checks.credentials,
    actions.UseRole: portal_checks.use_role,
    actions.CliSignIn: portal_checks.cli_sign_in,
    actions.RefreshToken: portal_checks.refresh,
    actions.SignOut: portal_checks.sign_out,
    actions.RegisterMfaDevice: device_checks.register_own,
    actions.RenameMfaDevice: device_checks.rename_own,
    actions.DeleteMfaDevice: device_checks.delete_own,
    actions.ListMfaDevices: device_checks.own_mfa,
    actions.CreateGroup: directory_checks.create_group,
    actions.UpdateGroup: directory_checks.update_group,
    actions.DeleteGroup: directory_checks.delete_group,
    actions.ChangeMembers: directory_checks.change_members,
    actions.CreateUser: directory_checks.create_user,
    actions.UpdateUser: directory_checks.of_user(directory_checks.update_user),
    actions.DeleteUser: directory_checks.of_user(directory_checks.delete_user),
    actions.ResetPassword: directory_checks.of_user(directory_checks.reset_password),
    actions.AdminListMfaDevices: device_checks.admin_list,
    actions.AdminRegisterMfaDevice: directory_checks.of_user(device_checks.admin_register),
    actions.AdminRenameMfaDevice: directory_checks.of_user(device_checks.admin_rename),
    actions.AdminDeleteMfaDevice: directory_checks.of_user(device_checks.admin_delete),
    actions.ReadUser: directory_checks.of_user(directory_checks.nothing_more),
    actions.ReadGroup: directory_checks.read_group,
    actions.ReadMembership: directory_checks.read_membership,
    actions.ReadDirectory: directory_checks.read_directory,
    actions.Call: call_checks.call,
    actions.OpenIdentityCenterConsole: call_checks.open_console,
    actions.EnableIdentityCenter: instance_checks.enable,
    actions.DeleteInstance: instance_checks.delete,
    actions.DelegateAdministration: instance_checks.delegate,
    actions.ChangeIdentitySource: instance_checks.change_source,
    actions.EnableProvisioning: instance_checks.enable_provisioning,
    actions.ChangeProvisioningToken: instance_checks.change_token,
    actions.EndProvisioning: instance_checks.end_provisioning,
    actions.ChangeRegions: instance_checks.change_regions,
    actions.SetAccessControlAttributes: instance_checks.set_attributes,
    actions.ChangeMfaSettings: instance_checks.change_mfa,
    **application_checks.CHECKS,
    actions.ScimCreateUser: scim_checks.create_user,
    actions.ScimUpdateUser: scim_checks.update_user,
    actions.ScimChangeUser: scim_checks.change_user,
    actions.ScimCreateGroup: scim_checks.create_group,
    actions.ScimChangeMembers: scim_checks.change_members,
    actions.ScimDeleteGroup: scim_checks.delete_group,
    actions.ScimSync: scim_checks.sync,
    actions.ScimDiscover: scim_checks.discover,
    actions.CreatePermissionSet: access_checks.create_set,
    actions.UpdatePermissionSet: access_checks.of_set(access_checks.update_set),
    actions.DeletePermissionSet: access_checks.of_set(access_checks.delete_set),
    actions.ChangePolicies: access_checks.of_set(access_checks.change_policies),
    actions.PutInlinePolicy: access_checks.of_set(access_checks.put_inline),
    actions.PutPermissionsBoundary: access_checks.of_set(access_checks.put_boundary),
    actions.DropFromPermissionSet: access_checks.of_set(access_checks.drop),
    actions.TagPermissionSet: access_checks.of_set(access_checks.nothing_more),
    actions.UntagPermissionSet: access_checks.of_set(access_checks.nothing_more),
    actions.ChangeAssignments: access_checks.of_set(access_checks.change_assignments),
    actions.ProvisionPermissionSet: access_checks.of_set(access_checks.provision),
    actions.CreatePolicy: access_checks.create_policy,
    actions.DeletePolicy: access_checks.delete_policy,
}


def _coming(step: Step) -> Iterator[tuple[str, str]]:
    """Yield kind and name of what a step lets be."""
    entry = step.entry
    if getattr(entry, "answers", ("done",))[-1] != "done":
        return  # The provider is refused in the end, and nothing comes.
    if isinstance(entry, actions.CreateGroup | actions.ScimCreateGroup):
        yield "group", nth_group_name(entry.group.name, step.nth)
    elif isinstance(entry, actions.UpdateGroup) and entry.name is not None:
        yield "group", entry.name
    elif isinstance(entry, actions.CreateUser | actions.ScimCreateUser):
        yield "user", nth_user_name(entry.new_user.name, step.nth)
    elif isinstance(entry, actions.CreatePermissionSet):
        yield "permission set", entry.permission_set.name


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
    scene.coming.update(coming for step in steps for coming in _coming(step))
    told: set[Problem] = set()
    for step in steps:
        for problem in (*_actor(scene, step), *_ACTIONS[type(step.entry)](scene, step)):
            if problem not in told:
                told.add(problem)
                yield problem
