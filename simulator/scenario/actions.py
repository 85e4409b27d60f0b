"""What people and administrators can do: every action of a storyline, with its parameters.

An action is a class whose fields are its parameters; its docstring and theirs are what
`docs/scenarios.md` and editors show. `ACTIONS` lists them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_serializer

from simulator.scenario.scalars import (
    Address,
    Between,
    DeviceId,
    Duration,
    Flag,
    Id,
    Instant,
    Name,
    StoreEntityId,
    UserAgent,
    Uuid,
    Whole,
    Written,
)

if TYPE_CHECKING:
    from pydantic import SerializerFunctionWrapHandler

DeviceType: TypeAlias = Literal["totp", "webauthn"]
Via: TypeAlias = Literal["console", "api"]
MAX_TRIES = 6
"""Answers one challenge may get in one sign-in: what the sign-in flow is unrolled to."""


class Part(BaseModel):
    """A strict, frozen piece of a scenario: unknown keys are errors."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        # Built when first used: every action knows all others, and a run needs them once.
        defer_build=True,
    )

    @model_serializer(mode="wrap")
    def _without_nothing(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what is None or empty anyway, and put what follows last."""
        written: dict[str, Any] = write(self)
        for name, field in type(self).model_fields.items():
            usual = {} if field.default_factory is dict else field.default
            if getattr(self, name) == usual:
                for key in {name, field.alias or name} & written.keys():
                    if written[key] in (None, [], (), {}):
                        del written[key]
        if "then" in written:
            written["then"] = written.pop("then")
        return written


class Repeat(Part):
    """Doing the same again."""

    times: Annotated[int, Whole(1, 100_000)]
    """How often in all."""
    every: Annotated[Duration, AfterValidator(Between(1000))]
    """From start to start."""


class Pins(Part):
    """Values a bug report fixes; what is not given is drawn from the entry's key."""

    address: Address | None = None
    """The sourceIPAddress of every record of this entry."""
    user_agent: UserAgent | None = None
    """The userAgent of every record of this entry."""
    workflow_id: Uuid | None = None
    """The AuthWorkflowID of a sign-in."""
    credential_id: Uuid | None = None
    """The credentialId in the records of a sign-in."""
    session_id: (
        Annotated[str, Written(r"[\x21-\x7e]{1,128}", "up to 128 printable characters, no spaces")]
        | None
    ) = None
    """The credentialId of the portal session that a sign-in opens."""
    gaps: tuple[Duration, ...] = ()
    """Times between the records of this entry, in order; the rest is drawn."""


class Entry(Part):
    """What all actions share: who does it, when, and what follows."""

    actor: ClassVar[Literal["user", "admin"]]
    does: str
    id: Id | None = None
    """Names the entry for keys, overrides and the truth; it is not a label."""
    at: Instant | None = None
    """When it begins; only for entries at the top of the storyline."""
    after: Duration | None = None
    """How long after the end of the entry before; only under `then`, 10 seconds unless given."""
    network: Name | None = None
    """Where it is done from, when it is not where the person usually is."""
    pin: Pins = Pins()
    """Values to fix."""
    label: Literal["benign", "suspicious", "malicious"] = "benign"
    """What the truth says of it. No record depends on it."""
    repeat: Repeat | None = None
    """Doing it again; what is under `then` is repeated with it."""
    then: tuple[Action, ...] = ()
    """What follows, each after the one before; an entry's own `then` branches off."""


class UserEntry(Entry):
    """An action by a user of the identity store."""

    actor = "user"
    user: Name | None = None
    """The user's name; under `then` it is the same as above unless given."""


class AdminEntry(Entry):
    """An action by an administrator."""

    actor = "admin"
    admin: Name | None = None
    """The administrator's name; under `then` it is the same as above unless given."""
    via: Via | None = None
    """`console` leaves records of sso-directory, `api` of identitystore. By default the only
    way there is, or what suits the administrator: roles use the console, IAM users and root
    the API."""


CONSOLE_ONLY = frozenset(
    {
        "reset-password",
        "admin-list-mfa-devices",
        "admin-register-mfa-device",
        "admin-rename-mfa-device",
        "admin-delete-mfa-device",
        "search-users",
        "search-groups",
        "describe-directory",
    }
)
"""What administrators can do in the console alone."""

API_ONLY = frozenset(
    {
        "get-user-id",
        "get-group-id",
        "describe-membership",
        "get-membership-id",
        "list-users",
        "list-groups",
    }
)
"""What administrators can do with the public API alone."""


def via(does: str, given: Via | None, *, is_role: bool) -> Via:
    """Return how an administrator does something."""
    if given is not None:
        return given
    if does in CONSOLE_ONLY:
        return "console"
    return "api" if does in API_ONLY or not is_role else "console"


def nth_group_name(name: str, nth: int) -> str:
    """Return the name of the group created at a repetition, counted from 0."""
    return f"{name} {nth + 1}" if nth else name


def nth_user_name(name: str, nth: int) -> str:
    """Return the name of the user created at a repetition, counted from 0."""
    local, at, domain = name.partition("@")
    return f"{local}-{nth + 1}{at}{domain}" if nth else name


def typed_name(username: str, *, active_directory: bool) -> str:
    r"""Return the user name that is meant by what was typed, in lower case.

    Active Directory knows `name`, `name@domain` and `domain\name`; elsewhere a name is
    taken as it stands.
    """
    folded = username.casefold()
    if not active_directory:
        return folded
    return folded.rpartition("\\")[2].partition("@")[0]


Answers: TypeAlias = Annotated[
    tuple[Literal["wrong", "right"], ...], Field(min_length=1, max_length=MAX_TRIES)
]


class SignInWith(Part):
    """How a sign-in goes."""

    password: Answers = ("right",)
    """The answers to the password challenge, in order; none follows a right one."""
    factor: Literal["totp", "webauthn", "email-otp", "none"] | None = None
    """The second factor; by default what the user has enrolled and the instance asks for.
    `email-otp` replaces the password for a user who has not set one yet."""
    code: Answers = ("right",)
    """The answers to the second factor's challenge."""
    resync: Flag = False
    """The authenticator has drifted: every code is wrong, and after the last the device is
    resynchronised, which signs in."""
    username: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    """What is typed. A name nobody has makes this an unknown user, whose answers are all
    wrong; with Active Directory the forms `name`, `name@domain` and `domain\\name` all mean
    the user."""
    enrol: DeviceType | None = None
    """The device registered during sign-in, when the instance demands one; by default the
    first type that the instance allows."""
    device_name: Name | None = None
    """The name given to that device; one that suits its type unless given."""
    assertion: Annotated[
        tuple[Literal["expired", "unexpected", "valid"], ...],
        Field(min_length=1, max_length=MAX_TRIES),
    ] = ("valid",)
    """With an external IdP: the SAML responses, in order; none follows a valid one."""
    abandon: Literal["password", "code"] | None = None
    """Leaves the challenge after the last wrong answer to this factor unanswered."""


class SignIn(UserEntry):
    """Sign in to the access portal."""

    does: Literal["sign-in"] = "sign-in"
    with_: Annotated[SignInWith, Field(alias="with")] = SignInWith()
    """How it goes."""


def is_unknown(username: str | None, user: str | None, *, active_directory: bool) -> bool:
    """Return whether what is typed is not the name of the user who types it."""
    if username is None:
        return False
    return user is None or typed_name(username, active_directory=active_directory) != typed_name(
        user, active_directory=active_directory
    )


class BrowsePortal(UserEntry):
    """Look around the access portal."""

    does: Literal["browse-portal"] = "browse-portal"
    accounts: tuple[Name, ...] = ()
    """Accounts expanded to see their roles."""
    applications: Annotated[int, Whole(0, 50)] = 0
    """How many applications' profiles are listed."""


class OpenConsole(UserEntry):
    """Open the AWS console of an account from the portal."""

    does: Literal["open-console"] = "open-console"
    account: Name
    """The account."""
    permission_set: Name
    """The permission set whose role is taken."""


class GetRoleCredentials(UserEntry):
    """Fetch credentials for a role, in the portal or with the CLI."""

    does: Literal["get-role-credentials"] = "get-role-credentials"
    account: Name
    """The account."""
    permission_set: Name
    """The permission set whose role is taken."""
    with_tool: Literal["portal", "cli"] = "cli"
    """The portal's "Access keys" link, or the CLI's cached token."""


class CliSignIn(UserEntry):
    """Sign in with the AWS CLI (`aws sso login`); the browser needs a portal session."""

    does: Literal["cli-sign-in"] = "cli-sign-in"
    grant: Literal["authorization-code", "device-code"] = "authorization-code"
    """PKCE, the default since CLI 2.22, or the device grant."""
    polls: Annotated[int, Whole(0, 20)] = 2
    """With the device grant: polls before the user has approved."""
    refreshable: Flag = True
    """Whether the profile is an `sso-session` whose tokens last an hour and are refreshed."""
    list_accounts: Flag = False
    """Whether accounts and roles are listed first, as `aws configure sso` does."""


class RefreshToken(UserEntry):
    """Let the CLI refresh its access token."""

    does: Literal["refresh-token"] = "refresh-token"


class SignOut(UserEntry):
    """Sign out of the access portal, or with `aws sso logout`."""

    does: Literal["sign-out"] = "sign-out"
    with_tool: Literal["portal", "cli"] = "portal"
    """Where."""


class RegisterMfaDevice(UserEntry):
    """Register an MFA device in the access portal."""

    does: Literal["register-mfa-device"] = "register-mfa-device"
    type: DeviceType
    """An authenticator app (`totp`) or a security key or platform authenticator."""
    name: Name
    """The device's name, by which later entries mean it."""
    device_id: DeviceId | None = None
    """The device's id; drawn unless given."""
    completes: Flag = True
    """Whether the registration is completed."""


class RenameMfaDevice(UserEntry):
    """Rename an MFA device in the access portal."""

    does: Literal["rename-mfa-device"] = "rename-mfa-device"
    device: Name
    """Its present name."""
    name: Name
    """Its new name."""


class DeleteMfaDevice(UserEntry):
    """Remove an MFA device in the access portal."""

    does: Literal["delete-mfa-device"] = "delete-mfa-device"
    device: Name
    """Its name."""


class ListMfaDevices(UserEntry):
    """Look at one's MFA devices in the access portal."""

    does: Literal["list-mfa-devices"] = "list-mfa-devices"


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


class UpdateUser(AdminEntry):
    """Change attributes of a user; records never show their values."""

    does: Literal["update-user"] = "update-user"
    user: Name
    """The user's name."""
    attributes: Annotated[
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
    ] = ("title",)
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
)

Action: TypeAlias = Annotated[
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
    | ReadDirectory,
    Field(discriminator="does"),
]
