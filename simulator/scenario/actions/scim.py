"""What an identity provider does when it pushes users and groups (SCIM).

As such clients do, each looks up before it writes. A user or group that comes this way is
there from then on like any other, and a user who has not come yet cannot sign in.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from simulator.scenario.actions.directory import GroupDetails, UserAttributes, UserDetails
from simulator.scenario.actions.entries import MAX_TRIES, Entry
from simulator.scenario.scalars import Name

_Several = Field(min_length=1, max_length=MAX_TRIES)

Answers: TypeAlias = Annotated[tuple[Literal["throttled", "done"], ...], _Several]
UserAnswers: TypeAlias = Annotated[
    tuple[Literal["throttled", "too-many-emails", "done"], ...], _Several
]
PatchAnswers: TypeAlias = Annotated[
    tuple[Literal["throttled", "missing-path", "too-many-emails", "done"], ...], _Several
]
GroupAnswers: TypeAlias = Annotated[
    tuple[Literal["throttled", "duplicate-name", "done"], ...], _Several
]
MemberAnswers: TypeAlias = Annotated[
    tuple[Literal["throttled", "missing-path", "done"], ...], _Several
]


class ScimEntry(Entry):
    """An action by the identity provider's provisioning client."""

    actor = "scim"
    token: Name | None = None
    """Which of the provider's tokens it is done with, by the name that
    `create-provisioning-token` gave it; the one it had from the beginning unless given."""


class ScimCreateUser(ScimEntry):
    """Push a new user, who may sign in from then on.

    The client asks for the name (ListUsers) and, as nobody has it, creates the user.
    """

    does: Literal["scim-create-user"] = "scim-create-user"
    new_user: UserDetails
    """The user."""
    answers: UserAnswers = ("done",)
    """What the creation is answered, again and again until it is `done`: `throttled`
    (ThrottlingException) or `too-many-emails` (ValidationException). Without `done` at the
    end there is no such user."""


class ScimUpdateUser(ScimEntry):
    """Push changed attributes of a user; records never show their values."""

    does: Literal["scim-update-user"] = "scim-update-user"
    user: Name
    """The user's name."""
    attributes: UserAttributes = ("title",)
    """Paths of the attributes changed."""
    op: Literal["add", "remove", "replace"] = "replace"
    """What is done to them, where they are patched."""
    by: Literal["patch", "put"] | None = None
    """Whether the changes are sent (PatchUser) or the whole user (PutUser); the client's
    habit unless given."""
    answers: PatchAnswers = ("done",)
    """What the change is answered, until it is `done`: `throttled` (ThrottlingException),
    `missing-path` or `too-many-emails` (ValidationException)."""


class ScimChangeUser(ScimEntry):
    """Deactivate a user, activate one again, or delete one.

    A user who is not active cannot sign in. `scim-activate-user` undoes it.
    """

    does: Literal["scim-deactivate-user", "scim-activate-user", "scim-delete-user"]
    user: Name
    """The user's name."""
    answers: Answers = ("done",)
    """What the change is answered, until it is `done`: `throttled` (ThrottlingException)."""


class ScimCreateGroup(ScimEntry):
    """Push a new group and its members.

    The client asks for the name (ListGroups), creates the group and adds its members
    (PatchGroup, up to 100 a call).
    """

    does: Literal["scim-create-group"] = "scim-create-group"
    group: GroupDetails
    """The group."""
    users: Annotated[tuple[Name, ...], Field(max_length=1000)] = ()
    """The names of its members."""
    answers: GroupAnswers = ("done",)
    """What the creation is answered, until it is `done`: `throttled` (ThrottlingException), or
    `duplicate-name` (ConflictException) where there is such a group already. After that the
    client asks for the name again and adds the members to the group that has it."""


class ScimChangeMembers(ScimEntry):
    """Add users to a group, or remove them, up to 100 a call."""

    does: Literal["scim-add-members", "scim-remove-members"]
    group: Name
    """The group's name."""
    users: Annotated[tuple[Name, ...], Field(min_length=1, max_length=1000)]
    """The users' names."""
    answers: MemberAnswers = ("done",)
    """What each call is answered, until it is `done`: `throttled` (ThrottlingException) or
    `missing-path` (ValidationException)."""


class ScimDeleteGroup(ScimEntry):
    """Delete a group."""

    does: Literal["scim-delete-group"] = "scim-delete-group"
    group: Name
    """Its name."""
    answers: Answers = ("done",)
    """What the deletion is answered, until it is `done`: `throttled` (ThrottlingException)."""


class ScimSync(ScimEntry):
    """Go through users and groups to see whether they are as they should be.

    One cycle, which finds nothing to change; what does change are entries of their own, such
    as those under `then`. Entra's client runs every 40 minutes:
    `repeat: {times: 3, every: 40m}`.
    """

    does: Literal["scim-sync"] = "scim-sync"
    users: Annotated[tuple[Name, ...], Field(max_length=1000)] = ()
    """The users looked up, one call each."""
    groups: Annotated[tuple[Name, ...], Field(max_length=1000)] = ()
    """The groups looked up, one call each."""


class ScimDiscover(ScimEntry):
    """Ask what the endpoint can do, as clients do when a connection is set up or tested."""

    does: Literal["scim-discover"] = "scim-discover"
