"""What users do: signing in, the portal, the CLI and their own MFA devices."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from simulator.scenario.actions.entries import MAX_TRIES, DeviceType, Part, UserEntry
from simulator.scenario.scalars import DeviceId, Flag, Name, Whole


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


class UseRole(UserEntry):
    """Call an API in an account, with a role that was taken there before.

    The console opened by `open-console` and credentials of `get-role-credentials` are used
    until the permission set's `session_duration` is over; fetching them again gives new ones.
    """

    does: Literal["use-role"] = "use-role"
    account: Name
    """The account."""
    permission_set: Name
    """The permission set whose role was taken."""
    with_tool: Literal["console", "cli"] = "cli"
    """A page of the console, or what `cli-sign-in` signed in."""
    calls: Annotated[
        tuple[Literal["get-caller-identity", "list-roles", "list-policies"], ...],
        Field(min_length=1, max_length=50),
    ] = ("get-caller-identity",)
    """What is called, in order."""


class CliSignIn(UserEntry):
    """Sign in with the AWS CLI (`aws sso login`); the browser needs a portal session."""

    does: Literal["cli-sign-in"] = "cli-sign-in"
    client: Literal["cli", "toolkit-vscode", "toolkit-jetbrains", "sdk"] = "cli"
    """What signs in, and fetches credentials then: the AWS CLI, an AWS Toolkit in an editor, or
    a program of the user's own. CreateToken shows no scopes, whatever was asked for."""
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
