"""Whether an identity provider can push what it is said to push."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.scenario import actions
from simulator.scenario.actions import ScimEntry, nth_group_name, nth_user_name
from simulator.scenario.directory_checks import listed_users, members, one_id
from simulator.scenario.scene import LiveGroup, LiveUser
from simulator.scenario.wording import Problem, listed_twice, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.scenario.scene import Scene, Step


def pushes(scene: Scene, step: Step) -> Iterator[Problem]:
    """Yield a finding unless the identity source has a provisioning client and its token."""
    if not isinstance(step.entry, ScimEntry):
        return
    if scene.scenario.instance.identity_source.scim is None:
        words = "nobody pushes users: say scim: true at instance.identity_source"
        yield Problem((*step.where, "does"), words)
    token, tokens = step.entry.token, scene.instance.tokens
    if token is not None and tokens is not None and token not in tokens:
        yield Problem((*step.where, "token"), f"no such token by then{suggestion(token, tokens)}")


def _answers(step: Step, answers: tuple[str, ...]) -> Iterator[Problem]:
    """Yield which answers can follow no other."""
    for final in ("done", "duplicate-name"):
        if final in answers[:-1]:
            place = answers.index(final) + 1
            words = f"nothing follows {final}"
            if answers[place] != final or final == "done":
                yield Problem((*step.where, "answers", place), words)


def create_user(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check the name of a user who comes, and let the user be."""
    entry = step.entry
    assert isinstance(entry, actions.ScimCreateUser)
    yield from _answers(step, entry.answers)
    where = (*step.where, "new_user", "name")
    if any(mark.isspace() for mark in entry.new_user.name):
        yield Problem(where, "a user name has no spaces")
    name = nth_user_name(entry.new_user.name, step.nth)
    if name in scene.users:
        yield Problem(where, f"there is a user {name} by then")
    elif entry.answers[-1] == "done":
        scene.new_user(LiveUser(name))
    yield from one_id(step, "new_user", entry.new_user.id, "user")


def update_user(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check the attributes that are pushed, and that the failures can be those of the call."""
    entry = step.entry
    assert isinstance(entry, actions.ScimUpdateUser)
    yield from scene.find_user((*step.where, "user"), entry.user)
    yield from _answers(step, entry.answers)
    yield from listed_twice((*step.where, "attributes"), entry.attributes)
    if "too-many-emails" in entry.answers and "emails" not in entry.attributes:
        place = entry.answers.index("too-many-emails")
        yield Problem((*step.where, "answers", place), "no emails are pushed: add the attribute")
    if _by(scene, entry) == "patch":
        return
    if "missing-path" in entry.answers:
        place = entry.answers.index("missing-path")
        words = "only a patch has paths: say by: patch"
        yield Problem((*step.where, "answers", place), words)
    if entry.op != "replace":
        yield Problem((*step.where, "op"), "PutUser sends the whole user: say by: patch")


def _by(scene: Scene, entry: actions.ScimUpdateUser) -> str:
    source = scene.scenario.instance.identity_source
    if entry.by is not None or source.scim is None:
        return entry.by or "patch"
    return source.scim.habits(source.provider).updates


def change_user(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that a user is there, and active or not, and change that."""
    entry = step.entry
    assert isinstance(entry, actions.ScimChangeUser)
    yield from scene.find_user((*step.where, "user"), entry.user)
    yield from _answers(step, entry.answers)
    user = scene.users.get(entry.user)
    if user is None:
        return
    is_done = entry.answers[-1] == "done"
    if entry.does == "scim-delete-user":
        if is_done:
            scene.drop_user(user.name)
        return
    active = entry.does == "scim-activate-user"
    if user.active == active:
        state = "active" if active else "deactivated"
        yield Problem((*step.where, "user"), f"{user.name} is {state} by then")
    elif is_done:
        user.active = active


def create_group(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check the name of a group that comes, and let the group and its members be."""
    entry = step.entry
    assert isinstance(entry, actions.ScimCreateGroup)
    yield from _answers(step, entry.answers)
    name = nth_group_name(entry.group.name, step.nth)
    is_duplicate = "duplicate-name" in entry.answers
    if is_duplicate and name not in scene.groups:
        place = entry.answers.index("duplicate-name")
        yield Problem((*step.where, "answers", place), f"there is no group {name} by then")
    elif name in scene.groups and not is_duplicate:
        words = f"there is a group {name} by then: say answers: [duplicate-name]"
        yield Problem((*step.where, "group", "name"), words)
    elif entry.answers[-1] == "done":
        scene.new_group(LiveGroup(name))
    yield from one_id(step, "group", entry.group.id, "group")
    yield from listed_users(scene, step, entry.users)
    if name in scene.groups and entry.answers[-1] != "throttled":
        yield from members(scene, step, name, entry.users, adds=True)


def change_members(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that users are not in a group yet, or are, and change that."""
    entry = step.entry
    assert isinstance(entry, actions.ScimChangeMembers)
    yield from scene.find_group((*step.where, "group"), entry.group)
    yield from listed_users(scene, step, entry.users)
    yield from _answers(step, entry.answers)
    if entry.group in scene.groups and entry.answers[-1] == "done":
        adds = entry.does == "scim-add-members"
        yield from members(scene, step, entry.group, entry.users, adds=adds)


def delete_group(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that a group is there, and let it be gone."""
    entry = step.entry
    assert isinstance(entry, actions.ScimDeleteGroup)
    yield from scene.find_group((*step.where, "group"), entry.group)
    yield from _answers(step, entry.answers)
    if entry.answers[-1] == "done":
        scene.drop_group(entry.group)


def sync(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that what is looked up is there."""
    entry = step.entry
    assert isinstance(entry, actions.ScimSync)
    yield from listed_users(scene, step, entry.users)
    for place, name in enumerate(entry.groups):
        yield from scene.find_group((*step.where, "groups", place), name)


def discover(_scene: Scene, _step: Step) -> Iterator[Problem]:
    """Accept whatever asks about nobody in particular."""
    return iter(())
