"""What people and administrators can do: every action of a storyline, with its parameters.

An action is a class whose fields are its parameters; its docstring and theirs are what
`docs/scenarios.md` and editors show. `ACTIONS` lists them all.
"""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field
from typing_extensions import TypeAliasType

from simulator.scenario.actions import (
    access,
    applications,
    calls,
    directory,
    entries,
    instance,
    people,
    scim,
)
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
from simulator.scenario.actions.applications import (
    ApplicationDetails,
    AssignApplication,
    AssumeRoleWithIdentity,
    CreateApplication,
    CreateTokenWithIam,
    CreateTrustedTokenIssuer,
    DeleteApplication,
    DisableQDeveloper,
    EnableQDeveloper,
    IdeSignIn,
    ListSubscriptions,
    RefreshIdeToken,
    Subscribe,
    UseApplicationToken,
)
from simulator.scenario.actions.calls import (
    Call,
    CallError,
    OpenIdentityCenterConsole,
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
from simulator.scenario.actions.instance import (
    ChangeIdentitySource,
    ChangeMfaSettings,
    ChangeProvisioningToken,
    ChangeRegions,
    DelegateAdministration,
    DeleteInstance,
    EnableIdentityCenter,
    EnableProvisioning,
    EndProvisioning,
    SetAccessControlAttributes,
)
from simulator.scenario.actions.people import (
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
from simulator.scenario.actions.permission_sets import (
    AccountPolicy,
    Boundary,
    PermissionSet,
    PolicyReference,
)
from simulator.scenario.actions.scim import (
    Answers,
    ScimChangeMembers,
    ScimChangeUser,
    ScimCreateGroup,
    ScimCreateUser,
    ScimDeleteGroup,
    ScimDiscover,
    ScimEntry,
    ScimSync,
    ScimUpdateUser,
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
    "ApplicationDetails",
    "AssignApplication",
    "AssumeRoleWithIdentity",
    "Boundary",
    "BrowsePortal",
    "Call",
    "CallError",
    "ChangeAssignments",
    "ChangeIdentitySource",
    "ChangeMembers",
    "ChangeMfaSettings",
    "ChangePolicies",
    "ChangeProvisioningToken",
    "ChangeRegions",
    "CliSignIn",
    "CreateApplication",
    "CreateGroup",
    "CreatePermissionSet",
    "CreatePolicy",
    "CreateTokenWithIam",
    "CreateTrustedTokenIssuer",
    "CreateUser",
    "DelegateAdministration",
    "DeleteApplication",
    "DeleteGroup",
    "DeleteInstance",
    "DeleteMfaDevice",
    "DeletePermissionSet",
    "DeletePolicy",
    "DeleteUser",
    "DeviceType",
    "DisableQDeveloper",
    "DropFromPermissionSet",
    "EnableIdentityCenter",
    "EnableProvisioning",
    "EnableQDeveloper",
    "EndProvisioning",
    "Entry",
    "GetRoleCredentials",
    "GroupDetails",
    "IdeSignIn",
    "ListMfaDevices",
    "ListSubscriptions",
    "OpenConsole",
    "OpenIdentityCenterConsole",
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
    "RefreshIdeToken",
    "RefreshToken",
    "RegisterMfaDevice",
    "RenameMfaDevice",
    "Repeat",
    "ResetPassword",
    "ScimChangeMembers",
    "ScimChangeUser",
    "ScimCreateGroup",
    "ScimCreateUser",
    "ScimDeleteGroup",
    "ScimDiscover",
    "ScimEntry",
    "ScimSync",
    "ScimUpdateUser",
    "SetAccessControlAttributes",
    "SignIn",
    "SignInWith",
    "SignOut",
    "Subscribe",
    "TagPermissionSet",
    "UntagPermissionSet",
    "UpdateGroup",
    "UpdatePermissionSet",
    "UpdateUser",
    "UseApplicationToken",
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

# Named, so that the model of an action refers to it where it stands within itself: written
# out, it would be built within each of its actions in turn, deeper than Python goes.
Action = TypeAliasType(
    "Action",
    Annotated[
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
        | ReadDirectory
        | Call
        | OpenIdentityCenterConsole
        | EnableIdentityCenter
        | DeleteInstance
        | DelegateAdministration
        | ChangeIdentitySource
        | EnableProvisioning
        | ChangeProvisioningToken
        | EndProvisioning
        | ChangeRegions
        | SetAccessControlAttributes
        | ChangeMfaSettings
        | CreateApplication
        | AssignApplication
        | DeleteApplication
        | CreateTrustedTokenIssuer
        | EnableQDeveloper
        | Subscribe
        | ListSubscriptions
        | DisableQDeveloper
        | CreateTokenWithIam
        | UseApplicationToken
        | AssumeRoleWithIdentity
        | IdeSignIn
        | RefreshIdeToken
        | ScimCreateUser
        | ScimUpdateUser
        | ScimChangeUser
        | ScimCreateGroup
        | ScimChangeMembers
        | ScimDeleteGroup
        | ScimSync
        | ScimDiscover
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

ACTIONS: tuple[type[Entry], ...] = get_args(get_args(Action.__value__)[0])
"""Every action, in the order of the documentation."""

# What `then` holds is known once every action is; models are built when first used, and look
# names up in the modules of their classes.
for _module in (
    access,
    applications,
    calls,
    directory,
    entries,
    instance,
    people,
    scim,
):
    vars(_module)["Action"] = Action
