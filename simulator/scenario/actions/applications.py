"""What is done with applications that use Identity Center, and what they do for users."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from simulator.primitives.instants import HOUR, MINUTE
from simulator.scenario.actions.entries import AdminEntry, Part, UserEntry
from simulator.scenario.scalars import Between, Duration, Flag, Name, Whole, Written

Q_DEVELOPER = "Amazon Q Developer"
"""What the application of Amazon Q Developer is called unless it is named."""

Grant: TypeAlias = Literal["authorization-code", "refresh-token", "jwt-bearer", "token-exchange"]
Scope: TypeAlias = Annotated[
    str, Written(r"[A-Za-z0-9:_.-]{1,80}", "a scope such as sso:account:access")
]
Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=1024)]


class ApplicationDetails(Part):
    """An application to be created."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    """Its name, by which later entries mean it."""
    provider: Annotated[
        str, Written(r"[A-Za-z0-9/-]{1,64}", "a provider such as custom or codewhisperer")
    ] = "custom"
    """Last part of the provider's ARN: `custom` for one's own, `codewhisperer` or `qdev`."""
    description: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    """Description."""
    assignment_required: Flag = True
    """Whether users need an assignment."""
    grants: tuple[Grant, ...] = ("authorization-code", "refresh-token")
    """OAuth grants it may use, one call each."""
    redirect_uri: Text = "https://app.example.com/callback"
    """Where authorization codes are sent."""
    trusted_token_issuer: Name | None = None
    """Name of the issuer whose tokens `jwt-bearer` accepts."""
    scopes: tuple[Scope, ...] = ()
    """Scopes it may ask for, one call each."""
    authenticated: Flag = True
    """Whether an IAM authentication method is put: who may call CreateTokenWithIAM."""
    background_sessions: Flag = False
    """Whether user background sessions are enabled; only since 2025-08-11."""


class CreateApplication(AdminEntry):
    """Create an application and configure it, as the console does in one go."""

    does: Literal["create-application"] = "create-application"
    application: ApplicationDetails
    """The application."""


class AssignApplication(AdminEntry):
    """Assign an application to users and groups, or take it from them."""

    does: Literal["assign-application", "unassign-application"]
    application: Name
    """The application's name."""
    users: tuple[Name, ...] = ()
    """Names of users, one call each."""
    groups: tuple[Name, ...] = ()
    """Names of groups, one call each."""


class DeleteApplication(AdminEntry):
    """Delete an application."""

    does: Literal["delete-application"] = "delete-application"
    application: Name
    """The application's name."""


class CreateTrustedTokenIssuer(AdminEntry):
    """Let tokens of another issuer be exchanged for tokens of Identity Center."""

    does: Literal["create-trusted-token-issuer"] = "create-trusted-token-issuer"
    name: Name
    """Its name."""
    issuer_url: Text = "https://idp.example.com"
    """The issuer's URL."""
    claim: Text = "email"
    """The token's claim that tells the user."""
    attribute: Text = "emails.value"
    """The user's attribute that it is compared with."""


class EnableQDeveloper(AdminEntry):
    """Subscribe an account to Amazon Q Developer: application, settings and first users.

    It is done in the console of Amazon Q by an administrator of any account, best an ordinary
    member account.
    """

    does: Literal["enable-q-developer"] = "enable-q-developer"
    application: Name = Q_DEVELOPER
    """Name of the application that is created."""
    provider: Literal["codewhisperer", "qdev"] = "codewhisperer"
    """Last part of the provider's ARN."""
    subscribes_by: Literal["claim", "assignment"] = "claim"
    """Which service users are subscribed with: claims of `user-subscriptions`, or the older
    assignments of `q`."""
    users: tuple[Name, ...] = ()
    """Users subscribed at once."""
    groups: tuple[Name, ...] = ()
    """Groups subscribed at once."""


class Subscribe(AdminEntry):
    """Subscribe users and groups to Amazon Q Developer, or end that."""

    does: Literal["subscribe", "unsubscribe"]
    application: Name = Q_DEVELOPER
    """The application's name."""
    users: tuple[Name, ...] = ()
    """Names of users."""
    groups: tuple[Name, ...] = ()
    """Names of groups."""


class ListSubscriptions(AdminEntry):
    """Look at the subscriptions to Amazon Q Developer."""

    does: Literal["list-subscriptions"] = "list-subscriptions"
    application: Name = Q_DEVELOPER
    """The application's name."""


class DisableQDeveloper(AdminEntry):
    """Clean up: end all subscriptions to Amazon Q Developer and delete its application."""

    does: Literal["disable-q-developer"] = "disable-q-developer"
    application: Name = Q_DEVELOPER
    """The application's name."""


class CreateTokenWithIam(AdminEntry):
    """Let a server application get a token for a user, with its IAM role (CreateTokenWithIAM)."""

    does: Literal["create-token-with-iam"] = "create-token-with-iam"
    application: Name
    """The application's name."""
    user: Name
    """The user the token is for."""
    grant: Grant = "jwt-bearer"
    """What it is exchanged for: a token of a trusted issuer (`jwt-bearer`), a code, another
    application's token (`token-exchange`), or the refresh token got before."""
    scopes: tuple[Scope, ...] = ()
    """Scopes asked for."""
    lasts: Annotated[Duration, AfterValidator(Between(MINUTE, 12 * HOUR))] = HOUR
    """How long the token lasts."""
    job: Annotated[str, Written(r"arn:[!-~]{1,1000}", "the ARN of a job")] | None = None
    """The job that goes on in a user background session; only since 2025-08-11."""


class UseApplicationToken(AdminEntry):
    """Let a server application fetch a user's role credentials with the user's token."""

    does: Literal["use-application-token"] = "use-application-token"
    application: Name
    """The application's name."""
    user: Name
    """The user the token is for."""
    account: Name
    """The account."""
    permission_set: Name
    """The permission set whose role is taken."""
    list_accounts: Flag = True
    """Whether accounts and roles are listed first."""


class AssumeRoleWithIdentity(AdminEntry):
    """Let a server application take a role on behalf of a user, and make calls with it."""

    does: Literal["assume-role-with-identity"] = "assume-role-with-identity"
    application: Name
    """The application's name."""
    user: Name
    """The user a token was got for."""
    role: Annotated[str, Written(r"[\w+=,.@-]{1,64}", "a role name")]
    """The role taken, in the administrator's account."""
    calls: tuple[Literal["q/SendMessage"], ...] = ()
    """What is called then, in order."""


class IdeSignIn(UserEntry):
    """Sign in to an application in an editor; the browser needs a portal session.

    Neither a permission set nor a role is involved.
    """

    does: Literal["ide-sign-in"] = "ide-sign-in"
    application: Name = Q_DEVELOPER
    """The application, which must be assigned to the user or a group of theirs."""
    grant: Literal["authorization-code", "device-code"] = "authorization-code"
    """PKCE, or the device grant."""
    polls: Annotated[int, Whole(0, 20)] = 2
    """With the device grant: polls before the user has approved."""
    scopes: tuple[Scope, ...] = (
        "codewhisperer:completions",
        "codewhisperer:analysis",
        "codewhisperer:conversations",
    )
    """Scopes asked for."""
    editor: Literal["vscode", "jetbrains"] = "vscode"
    """The editor."""


class RefreshIdeToken(UserEntry):
    """Let the editor refresh its token, as it does every hour."""

    does: Literal["refresh-ide-token"] = "refresh-ide-token"
