"""Actions by administrators: what each does on the stage, and the episodes it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.directory import identifiers
from simulator.flows import gaps, mfa
from simulator.flows.directory_admin import CALLS
from simulator.plan.actions import people
from simulator.plan.calls import command_of
from simulator.plan.stage import GroupState
from simulator.primitives.quantiles import Quantiles
from simulator.scenario.access import Holder
from simulator.scenario.actions import nth_group_name, nth_user_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.plan.stage import Act, Person, Stage
    from simulator.scenario.actions import (
        AdminDeleteMfaDevice,
        AdminEntry,
        AdminListMfaDevices,
        AdminRegisterMfaDevice,
        AdminRenameMfaDevice,
        ChangeMembers,
        CreateGroup,
        CreateUser,
        DeleteGroup,
        DeleteUser,
        Entry,
        GroupDetails,
        ResetPassword,
        UpdateGroup,
        UpdateUser,
    )

SAME_PAGE: Final = Quantiles.through({0: 0, 50: 40, 90: 120, 100: 300})
"""Between the calls of one console page: twenty or so within a second (seen)."""
NEXT_CALL: Final = Quantiles.through({0: 400, 50: 900, 90: 1_800, 100: 4_000})
"""Between the calls of a script that loops."""

_MODES: Final = {"email": 0, "otp": 1}

DIALECTS: Final = {
    "create-group": ("CreateGroup", "CreateGroup"),
    "update-group": ("UpdateGroup", "UpdateGroup"),
    "delete-group": ("DeleteGroup", "DeleteGroup"),
    "add-members": ("AddMemberToGroup", "CreateGroupMembership"),
    "remove-members": ("RemoveMemberFromGroup", "DeleteGroupMembership"),
    "create-user": ("CreateUser", "CreateUser"),
    "update-user": ("UpdateUser", "UpdateUser"),
    "delete-user": ("DeleteUser", "DeleteUser"),
    "reset-password": ("UpdatePassword", None),
    "describe-user": ("DescribeUser", "DescribeUser"),
    "get-user-id": ("DescribeUserByUniqueAttribute", "GetUserId"),
    "list-groups-for-user": ("ListGroupsForUser", "ListGroupMembershipsForMember"),
    "describe-group": ("DescribeGroup", "DescribeGroup"),
    "get-group-id": ("SearchGroups", "GetGroupId"),
    "list-group-members": ("ListMembersInGroup", "ListGroupMemberships"),
    "check-membership": ("IsMemberInGroup", "IsMemberInGroups"),
    "describe-membership": (None, "DescribeGroupMembership"),
    "get-membership-id": (None, "GetGroupMembershipId"),
    "list-users": ("SearchUsers", "ListUsers"),
    "list-groups": ("SearchGroups", "ListGroups"),
    "search-users": ("SearchUsers", "ListUsers"),
    "search-groups": ("SearchGroups", "ListGroups"),
    "describe-directory": ("DescribeDirectory", None),
}
"""Action to its event in the console's dialect and in the public API's."""


def _call(stage: Stage, act: Act[AdminEntry], at: int, **columns: int) -> int:
    """Write the one event of an administrator's call."""
    does = act.entry.does
    by_console, by_api = DIALECTS[does]
    console = act.entry.via != "api"
    operation = by_console if console else by_api
    if operation is None:
        other = "api" if console else "console"
        stage.refuse(act, f"{does} exists only with via: {other}")
    kind = f"{'sso-directory' if console else 'identitystore'}/{operation}"
    place = stage.admin_place(act, console=console, command=command_of(kind))
    return stage.play(CALLS[kind], act, at, **{**place, **columns})


def new_group(stage: Stage, act: Act[Entry], details: GroupDetails) -> GroupState:
    """Let there be one more group."""
    name = nth_group_name(details.name, act.nth)
    if name in stage.groups:
        stage.refuse(act, f"there is a group {name!r} already")
    key = stage.directory.root.child("group", name)
    given = details.id if act.nth == 0 else None
    text = given or identifiers.store_entity_id(key.high, key.low, stage.scenario.instance.region)
    group = stage.groups[name] = GroupState(stage.registry.add("group", id=text), name, set())
    return group


def _create_group(stage: Stage, act: Act[CreateGroup]) -> int:
    details = act.entry.group
    group = new_group(stage, act, details)
    return _call(
        stage,
        act,
        act.at,
        group=group.index,
        group_name=stage.text(group.name),
        described=int(details.description is not None),
    )


def _update_group(stage: Stage, act: Act[UpdateGroup]) -> int:
    entry = act.entry
    group = stage.group(act, entry.group)
    if entry.name is not None and entry.name != group.name:
        if entry.name in stage.groups:
            stage.refuse(act, f"there is a group {entry.name!r} already")
        _renamed(stage, group, entry.name)
    return _call(
        stage,
        act,
        act.at,
        group=group.index,
        group_name=-1 if entry.name is None else stage.text(entry.name),
        described=int(entry.description is not None),
    )


def _renamed(stage: Stage, group: GroupState, name: str) -> None:
    del stage.groups[group.name]
    stage.access.call(Holder("GROUP", group.name), name, "GROUP")
    for person in stage.users.values():
        if group.name in person.groups:
            person.groups.remove(group.name)
            person.groups.add(name)
    stage.directory.groups.rename(group.name, name)
    group.name = name
    stage.groups[name] = group


def _delete_group(stage: Stage, act: Act[DeleteGroup]) -> int:
    group = stage.group(act, act.entry.group)
    end = _call(stage, act, act.at, group=group.index)
    drop_group(stage, act, group, end)
    return end


def drop_group(stage: Stage, act: Act[Entry], group: GroupState, at: int) -> None:
    """Let a group be gone from an instant on."""
    for name in stage.names_of(group.members):
        person = stage.person(act, name)
        person.groups.discard(group.name)
        if group.assignments:
            stage.grants_changed(person, at)
    stage.directory.groups.rename(group.name, None)
    stage.access.call(Holder("GROUP", group.name), group.name, "DELETED")
    del stage.groups[group.name]


def _change_members(stage: Stage, act: Act[ChangeMembers]) -> int:
    entry = act.entry
    group = stage.group(act, entry.group)
    adds = entry.does == "add-members"
    at = act.at
    for place, name in enumerate(entry.users):
        person = candidate(stage, act, group, name, adds=adds)
        if place:
            at += stage.pause(act, gaps.CLICK if entry.via != "api" else NEXT_CALL)
        membership = stage.membership(group, person)
        at = _call(stage, act, at, group=group.index, user=person.index, membership=membership)
        change_member(stage, group, person, at, adds=adds)
    return at


def candidate(stage: Stage, act: Act[Entry], group: GroupState, name: str, *, adds: bool) -> Person:
    """Return a user who can be added to a group, or removed from it."""
    person = stage.person(act, name)
    if adds == (person.index in group.members):
        stage.refuse(act, f"{name} is {'already' if adds else 'not'} a member of {group.name}")
    return person


def change_member(stage: Stage, group: GroupState, person: Person, at: int, *, adds: bool) -> None:
    """Let a user be in a group from an instant on, or not."""
    if adds:
        group.members.add(person.index)
        person.groups.add(group.name)
    else:
        group.members.discard(person.index)
        person.groups.discard(group.name)
        # A membership made again gets another id.
        stage.memberships.pop((group.index, person.index), None)
    stage.grants_changed(person, at)


def _create_user(stage: Stage, act: Act[CreateUser]) -> int:
    entry = act.entry
    name = nth_user_name(entry.new_user.name, act.nth)
    given = entry.new_user.id if act.nth == 0 else None
    # By the API no password is set: the first sign-in is by e-mailed one-time password.
    person = stage.create_user(act, name, given, has_password=entry.via != "api")
    return _call(stage, act, act.at, user=person.index, password_mode=_MODES[entry.password])


def _update_user(stage: Stage, act: Act[UpdateUser]) -> int:
    person = stage.person(act, act.entry.user)
    paths = [stage.text(path) for path in act.entry.attributes]
    columns = {f"attribute_{place}": 0 for place in range(1, 9)}
    columns |= {f"attribute_{place}": path for place, path in enumerate(paths, 1)}
    return _call(stage, act, act.at, user=person.index, attributes=len(paths), **columns)


def _delete_user(stage: Stage, act: Act[DeleteUser]) -> int:
    person = stage.person(act, act.entry.user)
    end = _call(stage, act, act.at, user=person.index)
    stage.delete_user(person, end)
    return end


def _reset_password(stage: Stage, act: Act[ResetPassword]) -> int:
    person = stage.person(act, act.entry.user)
    return _call(stage, act, act.at, user=person.index, password_mode=_MODES[act.entry.mode])


def _place(stage: Stage, act: Act[AdminEntry]) -> dict[str, int]:
    # MFA devices of others are managed in the console alone.
    return stage.admin_place(act, console=True, command="")


def _list_devices(stage: Stage, act: Act[AdminListMfaDevices]) -> int:
    at = act.at
    for place, name in enumerate(act.entry.users):
        if place:
            at += stage.pause(act, SAME_PAGE)
        person = stage.person(act, name)
        at = stage.play(mfa.ADMIN_LIST, act, at, **_place(stage, act), user=person.index)
    return at


def _register_device(stage: Stage, act: Act[AdminRegisterMfaDevice]) -> int:
    person = stage.person(act, act.entry.user)
    columns = {**_place(stage, act), "user": person.index}
    return people.register(stage, act, person, mfa.ADMIN_REGISTER, columns, completes=True)


def _rename_device(stage: Stage, act: Act[AdminRenameMfaDevice]) -> int:
    person = stage.person(act, act.entry.user)
    columns = {**_place(stage, act), "user": person.index}
    return people.rename(stage, act, person, mfa.ADMIN_RENAME, columns)


def _delete_device(stage: Stage, act: Act[AdminDeleteMfaDevice]) -> int:
    person = stage.person(act, act.entry.user)
    columns = {**_place(stage, act), "user": person.index}
    return people.delete(stage, act, person, mfa.ADMIN_DELETE, columns)


def _read(stage: Stage, act: Act[AdminEntry]) -> int:
    # What is read about stands in the entry's own fields, where it has them.
    about_user = getattr(act.entry, "user", None)
    about_group = getattr(act.entry, "group", None)
    columns = {}
    if about_user is not None:
        columns["user"] = stage.person(act, about_user).index
    if about_group is not None:
        columns["group"] = stage.group(act, about_group).index
    if about_user is not None and about_group is not None:
        group, person = stage.group(act, about_group), stage.person(act, about_user)
        columns["membership"] = stage.membership(group, person)
    return _call(stage, act, act.at, **columns)


ACTIONS: Final[dict[str, Callable[[Stage, Act[Any]], int]]] = {
    "create-group": _create_group,
    "update-group": _update_group,
    "delete-group": _delete_group,
    "add-members": _change_members,
    "remove-members": _change_members,
    "create-user": _create_user,
    "update-user": _update_user,
    "delete-user": _delete_user,
    "reset-password": _reset_password,
    "admin-list-mfa-devices": _list_devices,
    "admin-register-mfa-device": _register_device,
    "admin-rename-mfa-device": _rename_device,
    "admin-delete-mfa-device": _delete_device,
    **dict.fromkeys(
        (
            "describe-user",
            "get-user-id",
            "list-groups-for-user",
            "describe-group",
            "get-group-id",
            "list-group-members",
            "check-membership",
            "describe-membership",
            "get-membership-id",
            "list-users",
            "list-groups",
            "search-users",
            "search-groups",
            "describe-directory",
        ),
        _read,
    ),
}
"""Action to what it does: writes episodes, changes the stage, returns when it ends."""
