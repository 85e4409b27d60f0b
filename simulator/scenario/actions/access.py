"""What administrators do with permission sets, assignments and policies in accounts.

Whether a call fails, and what Identity Center then does in accounts, follows from how
things stand: no parameter chooses it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.scenario.actions.entries import AdminEntry
from simulator.scenario.actions.permission_sets import (
    AccountPolicy,
    Boundary,
    PermissionSet,
    PolicyName,
    PolicyReference,
    SetDuration,
    Tags,
)
from simulator.scenario.scalars import JsonObject, Name


class CreatePermissionSet(AdminEntry):
    """Create a permission set and attach to it what it has, a call each.

    A name that is taken is refused: ConflictException.
    """

    does: Literal["create-permission-set"] = "create-permission-set"
    permission_set: PermissionSet
    """The permission set."""


class UpdatePermissionSet(AdminEntry):
    """Change a permission set's description, session duration or relay state.

    In the console its roles are provisioned again at once, by the API not.
    """

    does: Literal["update-permission-set"] = "update-permission-set"
    permission_set: Name
    """Its name, which stays."""
    description: Annotated[str, Field(max_length=700)] | None = None
    """Its new description."""
    session_duration: SetDuration | None = None
    """How long role sessions last from then on."""
    relay_state: str | None = None
    """Where the console opens from then on."""


class DeletePermissionSet(AdminEntry):
    """Delete a permission set; one that is still assigned is refused: ConflictException."""

    does: Literal["delete-permission-set"] = "delete-permission-set"
    permission_set: Name
    """Its name."""


class ChangePolicies(AdminEntry):
    """Attach a policy to a permission set, or detach it; give one of the two policies.

    In the console the set's roles are provisioned again at once, by the API not.
    """

    does: Literal["attach-policy", "detach-policy"]
    permission_set: Name
    """The permission set's name."""
    managed_policy: Name | None = None
    """Name of an AWS managed policy."""
    customer_managed_policy: PolicyReference | None = None
    """A policy of the target accounts; a plain word means its `name`."""


class PutInlinePolicy(AdminEntry):
    """Give a permission set an inline policy, in place of the one it has."""

    does: Literal["put-inline-policy"] = "put-inline-policy"
    permission_set: Name
    """The permission set's name."""
    policy: JsonObject
    """The policy, as JSON text."""


class PutPermissionsBoundary(AdminEntry):
    """Give a permission set a permissions boundary, in place of the one it has."""

    does: Literal["put-permissions-boundary"] = "put-permissions-boundary"
    permission_set: Name
    """The permission set's name."""
    boundary: Boundary
    """The boundary policy; a plain word means a customer managed policy's name."""


class DropFromPermissionSet(AdminEntry):
    """Take a permission set's inline policy or its permissions boundary away."""

    does: Literal["delete-inline-policy", "delete-permissions-boundary"]
    permission_set: Name
    """The permission set's name."""


class TagPermissionSet(AdminEntry):
    """Tag a permission set."""

    does: Literal["tag-permission-set"] = "tag-permission-set"
    permission_set: Name
    """Its name."""
    tags: Annotated[Tags, Field(min_length=1)]
    """Keys and values."""


class UntagPermissionSet(AdminEntry):
    """Remove tags from a permission set."""

    does: Literal["untag-permission-set"] = "untag-permission-set"
    permission_set: Name
    """Its name."""
    keys: Annotated[tuple[Name, ...], Field(min_length=1, max_length=50)]
    """The tags' keys."""


class ChangeAssignments(AdminEntry):
    """Assign a permission set in accounts to a user or a group, or take it away.

    The call is answered at once and the work follows: Identity Center makes the role in an
    account with the first assignment and removes it with the last. It looks for customer
    managed policies and a boundary first; where one is missing there is no role and no access.
    """

    does: Literal["assign", "unassign"]
    permission_set: Name
    """The permission set's name."""
    accounts: Annotated[tuple[Name, ...], Field(min_length=1)]
    """The accounts, one call each; a stem means all of its."""
    user: Name | None = None
    """The user's name; give a user or a group."""
    group: Name | None = None
    """The group's name."""


class ProvisionPermissionSet(AdminEntry):
    """Bring roles up to date with their permission set.

    In one account it also makes the role of an assignment that failed before.
    """

    does: Literal["provision-permission-set"] = "provision-permission-set"
    permission_set: Name
    """The permission set's name."""
    account: Name | None = None
    """The account; all accounts that have the role unless given."""


class CreatePolicy(AdminEntry):
    """Create a customer managed policy in the administrator's own account.

    A name that is taken is refused: EntityAlreadyExistsException.
    """

    does: Literal["create-policy"] = "create-policy"
    policy: AccountPolicy
    """The policy, with its document."""


class DeletePolicy(AdminEntry):
    """Delete a customer managed policy of the administrator's own account.

    One that a role has is refused: DeleteConflictException.
    """

    does: Literal["delete-policy"] = "delete-policy"
    policy: PolicyName
    """Its name."""
