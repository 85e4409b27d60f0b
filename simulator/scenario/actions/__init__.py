"""What people and administrators can do: every action of a storyline, with its parameters.

An action is a class whose fields are its parameters; its docstring and theirs are what
`docs/scenarios.md` and editors show. `ACTIONS` lists them all.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from simulator.scenario.actions import directory, entries, people
from simulator.scenario.actions.directory import (
    AdminDeleteMfaDevice,
    AdminListMfaDevices,
    AdminRegisterMfaDevice,
    AdminRenameMfaDevice,
    ChangeMembers,
    CreateGroup,
    CreateUser,
    DeleteGroup,
    DeleteUser,
    GroupDetails,
    ReadDirectory,
    ReadGroup,
    ReadMembership,
    ReadUser,
    ResetPassword,
    UpdateGroup,
    UpdateUser,
    UserDetails,
    nth_group_name,
    nth_user_name,
)
from simulator.scenario.actions.entries import (
    API_ONLY,
    CONSOLE_ONLY,
    MAX_TRIES,
    AdminEntry,
    DeviceType,
    Entry,
    Part,
    Pins,
    Repeat,
    UserEntry,
    Via,
    via,
)
from simulator.scenario.actions.people import (
    Answers,
    BrowsePortal,
    CliSignIn,
    DeleteMfaDevice,
    GetRoleCredentials,
    ListMfaDevices,
    OpenConsole,
    RefreshToken,
    RegisterMfaDevice,
    RenameMfaDevice,
    SignIn,
    SignInWith,
    SignOut,
    UseRole,
    is_unknown,
    typed_name,
)

__all__ = [
    "ACTIONS",
    "API_ONLY",
    "CONSOLE_ONLY",
    "MAX_TRIES",
    "Action",
    "AdminDeleteMfaDevice",
    "AdminEntry",
    "AdminListMfaDevices",
    "AdminRegisterMfaDevice",
    "AdminRenameMfaDevice",
    "Answers",
    "BrowsePortal",
    "ChangeMembers",
    "CliSignIn",
    "CreateGroup",
    "CreateUser",
    "DeleteGroup",
    "DeleteMfaDevice",
    "DeleteUser",
    "DeviceType",
    "Entry",
    "GetRoleCredentials",
    "GroupDetails",
    "ListMfaDevices",
    "OpenConsole",
    "Part",
    "Pins",
    "ReadDirectory",
    "ReadGroup",
    "ReadMembership",
    "ReadUser",
    "RefreshToken",
    "RegisterMfaDevice",
    "RenameMfaDevice",
    "Repeat",
    "ResetPassword",
    "SignIn",
    "SignInWith",
    "SignOut",
    "UpdateGroup",
    "UpdateUser",
    "UseRole",
    "UserDetails",
    "UserEntry",
    "Via",
    "is_unknown",
    "nth_group_name",
    "nth_user_name",
    "typed_name",
    "via",
]

ACTIONS: tuple[type[Entry], ...] = (
    SignIn,
    BrowsePortal,
    OpenConsole,
    GetRoleCredentials,
    UseRole,
    CliSignIn,
    RefreshToken,
    SignOut,
    RegisterMfaDevice,
    RenameMfaDevice,
    DeleteMfaDevice,
    ListMfaDevices,
    CreateGroup,
    UpdateGroup,
    DeleteGroup,
    ChangeMembers,
    CreateUser,
    UpdateUser,
    DeleteUser,
    ResetPassword,
    AdminListMfaDevices,
    AdminRegisterMfaDevice,
    AdminRenameMfaDevice,
    AdminDeleteMfaDevice,
    ReadUser,
    ReadGroup,
    ReadMembership,
    ReadDirectory,
)

Action: TypeAlias = Annotated[
    SignIn
    | BrowsePortal
    | OpenConsole
    | GetRoleCredentials
    | UseRole
    | CliSignIn
    | RefreshToken
    | SignOut
    | RegisterMfaDevice
    | RenameMfaDevice
    | DeleteMfaDevice
    | ListMfaDevices
    | CreateGroup
    | UpdateGroup
    | DeleteGroup
    | ChangeMembers
    | CreateUser
    | UpdateUser
    | DeleteUser
    | ResetPassword
    | AdminListMfaDevices
    | AdminRegisterMfaDevice
    | AdminRenameMfaDevice
    | AdminDeleteMfaDevice
    | ReadUser
    | ReadGroup
    | ReadMembership
    | ReadDirectory,
    Field(discriminator="does"),
]

# What `then` holds is known once every action is; models are built when first used, and look
# names up in the modules of their classes.
for _module in (entries, people, directory):
    vars(_module)["Action"] = Action
