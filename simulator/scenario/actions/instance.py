"""What administrators do with the IAM Identity Center instance itself.

Sign-ins, and what is checked of them, follow the scenario's `instance` from first to last: an
instance has one identity source there, whatever its administrators do about it here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from simulator.primitives.instants import HOUR, MINUTE, SECOND
from simulator.scenario.actions.entries import AdminEntry
from simulator.scenario.scalars import Between, Duration, Name, RegionName, Uuid, Written


class EnableIdentityCenter(AdminEntry):
    """Enable IAM Identity Center, before anything else is done with it.

    An organization instance is enabled in the console from the management account; Identity
    Center then gets access to the organization and a role of its own. An account instance is
    created by its account, and its records go there.
    """

    does: Literal["enable-identity-center"] = "enable-identity-center"
    name: Name | None = None
    """The name of an account instance."""


class DeleteInstance(AdminEntry):
    """Delete the instance; nothing is done with it afterwards."""

    does: Literal["delete-instance"] = "delete-instance"


class DelegateAdministration(AdminEntry):
    """Let a member account administer Identity Center, or no longer.

    While it may, two accounts receive what its administrators do, as with
    `organization.delegated_administrator`. Done from the management account; the first
    registration of a storyline grants Identity Center access to the organization.
    """

    does: Literal["register-delegated-administrator", "deregister-delegated-administrator"]
    account: Name
    """The member account."""


class ChangeIdentitySource(AdminEntry):
    """Change where users come from, in the console's settings.

    From one external identity provider it may be to another. Sign-ins go on as
    `instance.identity_source` says.
    """

    does: Literal["change-identity-source"] = "change-identity-source"
    to: Literal["identity-center", "active-directory", "external-idp"]
    """The new identity source."""
    idp_id: Uuid | None = None
    """The id of an external identity provider's configuration; drawn unless given."""
    certificate_id: Uuid | None = None
    """The id of its certificate; drawn unless given."""
    directory_id: (
        Annotated[str, Written(r"d-[0-9a-f]{10}", "a directory id such as d-9067f3a1b2")] | None
    ) = None
    """The id of an Active Directory; drawn unless given."""


class EnableProvisioning(AdminEntry):
    """Let an identity provider push users (SCIM): a tenant, and a first token for it."""

    does: Literal["enable-provisioning"] = "enable-provisioning"
    token: Name = "token"  # noqa: S105  # a name for it
    """By which the storyline means the token; records show its id."""
    tenant_id: (
        Annotated[
            str,
            Written(
                r"[A-Za-z0-9]{3}[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                "a tenant id: three letters or digits and a UUID",
            ),
        ]
        | None
    ) = None
    """The tenant's id, which stands in the SCIM endpoint; drawn unless given."""
    token_id: Uuid | None = None
    """The token's id; drawn unless given."""


class ChangeProvisioningToken(AdminEntry):
    """Create one more token for the identity provider, or delete one."""

    does: Literal["create-provisioning-token", "delete-provisioning-token"]
    token: Name
    """By which the storyline means the token."""
    token_id: Uuid | None = None
    """The token's id; drawn unless given."""


class EndProvisioning(AdminEntry):
    """List the identity provider's tokens, or end provisioning: tokens and tenant are deleted."""

    does: Literal["list-provisioning-tokens", "disable-provisioning"]


class ChangeRegions(AdminEntry):
    """Add a Region to the instance or remove one, and wait until that is done.

    Users whose entries say so (`region`) act there in between.
    """

    does: Literal["add-region", "remove-region"]
    region: RegionName
    """The Region."""
    takes: Annotated[Duration, AfterValidator(Between(10 * SECOND, HOUR))] = 2 * MINUTE
    """How long it takes; its state is asked for all the while."""


class SetAccessControlAttributes(AdminEntry):
    """Say which attributes of users are passed on for access control; none turns it off."""

    does: Literal["set-access-control-attributes"] = "set-access-control-attributes"
    attributes: dict[Name, Annotated[tuple[Name, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    """Attribute to its sources, such as `${path:enterprise.department}`."""


class ChangeMfaSettings(AdminEntry):
    """Change the instance's MFA settings; sign-ins go on as `instance.mfa` says."""

    does: Literal["change-mfa-settings"] = "change-mfa-settings"
