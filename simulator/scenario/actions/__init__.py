"""What people and administrators can do: every action of a storyline, with its parameters.

An action is a class whose fields are its parameters; its docstring and theirs are what
`docs/scenarios.md` and editors show. `ACTIONS` lists them all.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypeAliasType

from simulator.scenario.actions import access, directory, entries, people
from simulator.scenario.actions.access import (
    ChangeAssignments,
    ChangePolicies,
    CreatePermissionSet,
    CreatePolicy,
    DeletePermissionSet,
    DeletePolicy,
    DropFromPermissionSet,
    ProvisionPermissionSet,
    PutInlinePolicy,
    PutPermissionsBoundary,
    TagPermissionSet,
    UntagPermissionSet,
    UpdatePermissionSet,
)
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
    is_unknown,
    typed_name,
)
from simulator.scenario.actions.permission_sets import (
    AccountPolicy,
    Boundary,
    PermissionSet,
    PolicyReference,
)

__all__ = [
    "ACTIONS",
    "API_ONLY",
    "CONSOLE_ONLY",
    "MAX_TRIES",
    "AccountPolicy",
    "Action",
    "AdminDeleteMfaDevice",
    "AdminEntry",
    "AdminListMfaDevices",
    "AdminRegisterMfaDevice",
    "AdminRenameMfaDevice",
    "Answers",
    "Boundary",
    "BrowsePortal",
    "ChangeAssignments",
    "ChangeMembers",
    "ChangePolicies",
    "CliSignIn",
    "CreateGroup",
    "CreatePermissionSet",
    "CreatePolicy",
    "CreateUser",
    "DeleteGroup",
    "DeleteMfaDevice",
    "DeletePermissionSet",
    "DeletePolicy",
    "DeleteUser",
    "DeviceType",
    "DropFromPermissionSet",
    "Entry",
    "GetRoleCredentials",
    "GroupDetails",
    "ListMfaDevices",
    "OpenConsole",
    "Part",
    "PermissionSet",
    "Pins",
    "PolicyReference",
    "ProvisionPermissionSet",
    "PutInlinePolicy",
    "PutPermissionsBoundary",
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
    "TagPermissionSet",
    "UntagPermissionSet",
    "UpdateGroup",
    "UpdatePermissionSet",
    "UpdateUser",
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
    CreatePermissionSet,
    UpdatePermissionSet,
    DeletePermissionSet,
    ChangePolicies,
    PutInlinePolicy,
    PutPermissionsBoundary,
    DropFromPermissionSet,
    TagPermissionSet,
    UntagPermissionSet,
    ChangeAssignments,
    ProvisionPermissionSet,
    CreatePolicy,
    DeletePolicy,
)

# Named, so that the model of an action refers to it where it stands within itself: written
# out, it would be built within each of its actions in turn, deeper than Python goes.
Action = TypeAliasType(
    "Action",
    Annotated[
        SignIn
        | BrowsePortal
        | OpenConsole
        | GetRoleCredentials
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
        | ReadDirectory
        | CreatePermissionSet
        | UpdatePermissionSet
        | DeletePermissionSet
        | ChangePolicies
        | PutInlinePolicy
        | PutPermissionsBoundary
        | DropFromPermissionSet
        | TagPermissionSet
        | UntagPermissionSet
        | ChangeAssignments
        | ProvisionPermissionSet
        | CreatePolicy
        | DeletePolicy,
        Field(discriminator="does"),
    ],
)

# What `then` holds is known once every action is; models are built when first used, and look
# names up in the modules of their classes.
for _module in (entries, people, directory, access):
    vars(_module)["Action"] = Action
