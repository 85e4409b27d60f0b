"""Whether users and groups are there to be changed and looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.scenario import actions
from simulator.scenario.access import Holder
from simulator.scenario.actions import nth_group_name, nth_user_name
from simulator.scenario.scene import LiveGroup, LiveUser
from simulator.scenario.wording import Problem, listed_twice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.scenario.scene import Scene, Step


def of_user(
    then: Callable[[Scene, Step, LiveUser], Iterator[Problem]],
) -> Callable[[Scene, Step], Iterator[Problem]]:
    """Return a check of an administrator's entry whose `user` must exist."""

    def checked(scene: Scene, step: Step) -> Iterator[Problem]:
        entry: Any = step.entry
        yield from scene.find_user((*step.where, "user"), entry.user)
        if entry.user in scene.users:
            yield from then(scene, step, scene.users[entry.user])

    return checked


def listed_users(scene: Scene, step: Step, users: tuple[str, ...]) -> Iterator[Problem]:
    """Yield which of several users are unknown or named twice."""
    for place, name in enumerate(users):
        where = (*step.where, "users", place)
        yield from scene.find_user(where, name)
        if name in users[:place]:
            yield Problem(where, f"{name} is listed twice")


def one_id(step: Step, field: str, given: str | None, what: str) -> Iterator[Problem]:
    """Yield a finding if an id is given to what is made again and again."""
    if given is not None and step.entry.repeat is not None:
        words = f"an id is of one {what}: leave out repeat or id"
        yield Problem((*step.where, field, "id"), words)


def _not_synchronised(scene: Scene, step: Step) -> Iterator[Problem]:
    if scene.source == "active-directory":
        words = "users and groups come from Active Directory: they are not changed here"
        yield Problem((*step.where, "does"), words)


def create_group(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check the name of a new group, and let the group be."""
    entry = step.entry
    assert isinstance(entry, actions.CreateGroup)
    yield from _not_synchronised(scene, step)
    name = nth_group_name(entry.group.name, step.nth)
    if name in scene.groups:
        yield Problem((*step.where, "group", "name"), f"there is a group {name} by then")
    else:
        scene.new_group(LiveGroup(name))
    yield from one_id(step, "group", entry.group.id, "group")


def update_group(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that a group changes, and rename it."""
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
        scene.access.call(Holder("GROUP", entry.group), entry.name, "GROUP")
        scene.new_group(group)


def delete_group(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that a group is there, and let it be gone."""
    entry = step.entry
    assert isinstance(entry, actions.DeleteGroup)
    yield from _not_synchronised(scene, step)
    yield from scene.find_group((*step.where, "group"), entry.group)
    scene.drop_group(entry.group)


def change_members(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that users are not in a group yet, or are, and change that."""
    entry = step.entry
    assert isinstance(entry, actions.ChangeMembers)
    yield from _not_synchronised(scene, step)
    yield from scene.find_group((*step.where, "group"), entry.group)
    yield from listed_users(scene, step, entry.users)
    if entry.group in scene.groups:
        adds = entry.does == "add-members"
        yield from members(scene, step, entry.group, entry.users, adds=adds)


def members(
    scene: Scene, step: Step, name: str, users: tuple[str, ...], *, adds: bool
) -> Iterator[Problem]:
    """Yield which users are in a group already, or are not, and change that."""
    group = scene.groups[name]
    for place, user in enumerate(users):
        if user not in scene.users or user in users[:place]:
            continue
        if adds is (user in group.members):
            state = "in" if adds else "not in"
            yield Problem((*step.where, "users", place), f"{user} is {state} {name} by then")
    group.members = group.members | set(users) if adds else group.members - set(users)


def create_user(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check the name of a new user, and let the user be."""
    entry = step.entry
    assert isinstance(entry, actions.CreateUser)
    yield from _not_synchronised(scene, step)
    if any(mark.isspace() for mark in entry.new_user.name):
        yield Problem((*step.where, "new_user", "name"), "a user name has no spaces")
    name = nth_user_name(entry.new_user.name, step.nth)
    if name in scene.users:
        yield Problem((*step.where, "new_user", "name"), f"there is a user {name} by then")
    else:
        scene.new_user(LiveUser(name, has_password=scene.via(step, entry) == "console"))
    yield from one_id(step, "new_user", entry.new_user.id, "user")


def update_user(scene: Scene, step: Step, _user: LiveUser) -> Iterator[Problem]:
    """Check the attributes that are changed."""
    yield from _not_synchronised(scene, step)
    entry = step.entry
    assert isinstance(entry, actions.UpdateUser)
    yield from listed_twice((*step.where, "attributes"), entry.attributes)


def delete_user(scene: Scene, step: Step, user: LiveUser) -> Iterator[Problem]:
    """Let a user be gone, from groups too."""
    yield from _not_synchronised(scene, step)
    scene.drop_user(user.name)


def reset_password(scene: Scene, step: Step, user: LiveUser) -> Iterator[Problem]:
    """Check that passwords are kept here; the user has one from then on."""
    if scene.source != "identity-center":
        words = f"with {scene.source}, passwords are not kept here"
        yield Problem((*step.where, "does"), words)
    user.has_password = True


def nothing_more(_scene: Scene, _step: Step, _user: LiveUser) -> Iterator[Problem]:
    """Accept whatever is done to a user who exists."""
    return iter(())


def read_group(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that a group is there."""
    entry = step.entry
    assert isinstance(entry, actions.ReadGroup)
    yield from scene.find_group((*step.where, "group"), entry.group)


def read_membership(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that a user and a group are there, and the membership where it is described."""
    entry = step.entry
    assert isinstance(entry, actions.ReadMembership)
    yield from scene.find_user((*step.where, "user"), entry.user)
    yield from scene.find_group((*step.where, "group"), entry.group)
    if entry.group in scene.groups and entry.user in scene.users:
        is_member = entry.user in scene.groups[entry.group].members
        if not is_member and entry.does != "check-membership":
            words = f"{entry.user} is not in {entry.group} by then"
            yield Problem((*step.where, "group"), words)


def read_directory(_scene: Scene, _step: Step) -> Iterator[Problem]:
    """Accept whatever asks about nobody in particular."""
    return iter(())
