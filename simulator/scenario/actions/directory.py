"""What administrators do with users, groups and the MFA devices of others."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from simulator.scenario.actions.entries import AdminEntry, DeviceType, Part
from simulator.scenario.scalars import DeviceId, Name, StoreEntityId


def nth_group_name(name: str, nth: int) -> str:
    """Return the name of the group created at a repetition, counted from 0."""
    return f"{name} {nth + 1}" if nth else name


def nth_user_name(name: str, nth: int) -> str:
    """Return the name of the user created at a repetition, counted from 0."""
    local, at, domain = name.partition("@")
    return f"{local}-{nth + 1}{at}{domain}" if nth else name


class GroupDetails(Part):
    """A group to be created."""

    name: Name
    """Display name; repetitions append their number: `Contractors`, `Contractors 2`."""
    description: Annotated[str, Field(max_length=1024)] | None = None
    """Description; records never show it."""
    id: StoreEntityId | None = None
    """The id that its creation returns; drawn unless given."""


class CreateGroup(AdminEntry):
    """Create a group."""

    does: Literal["create-group"] = "create-group"
    group: GroupDetails
    """The group."""


class UpdateGroup(AdminEntry):
    """Rename a group, or change its description."""

    does: Literal["update-group"] = "update-group"
    group: Name
    """Its present name."""
    name: Name | None = None
    """Its new name."""
    description: Annotated[str, Field(max_length=1024)] | None = None
    """Its new description."""


class DeleteGroup(AdminEntry):
    """Delete a group."""

    does: Literal["delete-group"] = "delete-group"
    group: Name
    """Its name."""


class ChangeMembers(AdminEntry):
    """Add users to a group, or remove them."""

    does: Literal["add-members", "remove-members"]
    group: Name
    """The group's name."""
    users: Annotated[tuple[Name, ...], Field(min_length=1, max_length=1000)]
    """The users' names, one call each."""


class UserDetails(Part):
    """A user to be created."""

    name: Name
    """User name; repetitions append their number: `new.user`, `new.user-2`."""
    given_name: Name | None = None
    """Given name; drawn unless given."""
    family_name: Name | None = None
    """Family name; drawn unless given."""
    id: StoreEntityId | None = None
    """The id that its creation returns; drawn unless given."""


class CreateUser(AdminEntry):
    """Create a user, who may sign in from then on."""

    does: Literal["create-user"] = "create-user"
    new_user: UserDetails
    """The user."""
    password: Literal["email", "otp"] = "email"  # noqa: S105  # how it is handed over
    """In the console: an e-mail with instructions, or a one-time password to pass on."""


UserAttributes: TypeAlias = Annotated[
    tuple[
        Literal[
            "displayName",
            "title",
            "nickName",
            "profileUrl",
            "userType",
            "preferredLanguage",
            "locale",
            "timezone",
            "name.givenName",
            "name.familyName",
            "emails",
            "phoneNumbers",
            "addresses",
        ],
        ...,
    ],
    Field(min_length=1, max_length=8),
]
"""Paths of a user's attributes."""


class UpdateUser(AdminEntry):
    """Change attributes of a user; records never show their values."""

    does: Literal["update-user"] = "update-user"
    user: Name
    """The user's name."""
    attributes: UserAttributes = ("title",)
    """Paths of the attributes changed."""


class DeleteUser(AdminEntry):
    """Delete a user."""

    does: Literal["delete-user"] = "delete-user"
    user: Name
    """The user's name."""


class ResetPassword(AdminEntry):
    """Reset a user's password."""

    does: Literal["reset-password"] = "reset-password"
    user: Name
    """The user's name."""
    mode: Literal["email", "otp"] = "email"
    """An e-mail with instructions, or a one-time password to pass on."""


class AdminListMfaDevices(AdminEntry):
    """Look at users' MFA devices, as the console's users page does."""

    does: Literal["admin-list-mfa-devices"] = "admin-list-mfa-devices"
    users: Annotated[tuple[Name, ...], Field(min_length=1, max_length=100)]
    """The users listed on the page, one call each within a second."""


class AdminRegisterMfaDevice(AdminEntry):
    """Register an MFA device on behalf of a user."""

    does: Literal["admin-register-mfa-device"] = "admin-register-mfa-device"
    user: Name
    """The user's name."""
    type: DeviceType
    """The kind of device."""
    name: Name
    """The device's name."""
    device_id: DeviceId | None = None
    """The device's id; drawn unless given."""


class AdminRenameMfaDevice(AdminEntry):
    """Rename a user's MFA device."""

    does: Literal["admin-rename-mfa-device"] = "admin-rename-mfa-device"
    user: Name
    """The user's name."""
    device: Name
    """The device's present name."""
    name: Name
    """Its new name."""


class AdminDeleteMfaDevice(AdminEntry):
    """Remove a user's MFA device."""

    does: Literal["admin-delete-mfa-device"] = "admin-delete-mfa-device"
    user: Name
    """The user's name."""
    device: Name
    """The device's name."""


class ReadUser(AdminEntry):
    """Look a user up by id, by name, or by groups."""

    does: Literal["describe-user", "get-user-id", "list-groups-for-user"]
    user: Name
    """The user's name."""


class ReadGroup(AdminEntry):
    """Look a group up by id, by name, or by members."""

    does: Literal["describe-group", "get-group-id", "list-group-members"]
    group: Name
    """The group's name."""


class ReadMembership(AdminEntry):
    """Ask whether a user is in a group, and by which membership."""

    does: Literal["check-membership", "describe-membership", "get-membership-id"]
    user: Name
    """The user's name."""
    group: Name
    """The group's name."""


class ReadDirectory(AdminEntry):
    """List or search users or groups, or describe the directory."""

    does: Literal[
        "list-users", "list-groups", "search-users", "search-groups", "describe-directory"
    ]
