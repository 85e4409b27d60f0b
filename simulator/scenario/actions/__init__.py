"""What people and administrators can do: every action of a storyline, with its parameters.

An action is a class whose fields are its parameters; its docstring and theirs are what
`docs/scenarios.md` and editors show. `ACTIONS` lists them all.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, get_args

from pydantic import GetPydanticSchema
from pydantic_core import PydanticCustomError, PydanticKnownError, core_schema
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
    "action_classes",
    "is_unknown",
    "nth_group_name",
    "nth_user_name",
    "typed_name",
    "via",
]


@cache
def action_classes() -> dict[str, type[Entry]]:
    """Return the class of every action by what `does` says."""
    return {
        word: action
        for action in ACTIONS
        for word in get_args(action.model_fields["does"].annotation)
    }


def _chosen(value: Any) -> Entry:  # noqa: ANN401  # whatever the document holds
    """Return a value as the action that its `does` names."""
    if isinstance(value, Entry):
        return value
    if not isinstance(value, dict):
        raise PydanticKnownError("model_attributes_type")
    word = value.get("does")
    if not isinstance(word, str) or word not in action_classes():
        raise PydanticCustomError("no_such_action", "no such action")
    return action_classes()[word].model_validate(value)


# Not a union by its discriminator: pydantic would build the models of all of them for the few
# that a scenario has, which is a tenth of the time until its first record.
_BY_NAME = GetPydanticSchema(
    lambda _source, _handler: core_schema.no_info_plain_validator_function(
        _chosen, json_schema_input_schema=core_schema.any_schema()
    )
)

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
        _BY_NAME,
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
