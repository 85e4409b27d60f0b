"""What Identity Center makes in accounts: roles of permission sets, and what trusts it.

Names and ids follow from the account and the permission set alone, so that everybody who
meets a role finds the same one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.directory import identifiers

if TYPE_CHECKING:
    from simulator.primitives.keys import Key


@dataclass(frozen=True, slots=True)
class Role:
    """A role in an account."""

    id: str
    name: str
    path: str
    arn: str


@dataclass(frozen=True, slots=True)
class SamlProvider:
    """The SAML provider by which an account trusts Identity Center."""

    name: str
    arn: str


def reserved_role(root: Key, account: str, permission_set: str, region: str) -> Role:
    """Return the role of a permission set in an account, given by its id."""
    key = root.child("role", account, permission_set)
    name = identifiers.reserved_role_name(key.high, key.low, permission_set, account)
    path = identifiers.reserved_role_path(region)
    return Role(
        identifiers.role_id(key.high, key.low, account),
        name,
        path,
        identifiers.role_arn(account, path, name),
    )


def plain_role(root: Key, account: str, name: str) -> Role:
    """Return a role that somebody made in an account, given by its id."""
    key = root.child("role", account, name)
    return Role(
        identifiers.role_id(key.high, key.low, account),
        name,
        "/",
        identifiers.role_arn(account, "/", name),
    )


def service_linked_role(root: Key, account: str, service: str, name: str) -> Role:
    """Return the role that a service has for itself in an account, given by its id."""
    key = root.child("service-linked-role", account, name)
    path = f"/aws-service-role/{service}/"
    return Role(
        identifiers.role_id(key.high, key.low, account),
        name,
        path,
        identifiers.role_arn(account, path, name),
    )


def role_session_texts(account: str, role: Role, name: str) -> dict[str, str]:
    """Return the columns of table `admin` for a session of a role under a name."""
    return {
        "principal": f"{role.id}:{name}",
        "arn": identifiers.assumed_role_arn(account, role.name, name),
        "account": account,
        "name": name,
        "key": "",
        "role_id": role.id,
        "role_arn": role.arn,
        "role_name": role.name,
        "created_by": account,
    }


def saml_provider(root: Key, account: str) -> SamlProvider:
    """Return what an account trusts Identity Center by; there is one of it."""
    key = root.child("saml-provider", account)
    name = identifiers.saml_provider_name(key.high, key.low)
    return SamlProvider(name, identifiers.saml_provider_arn(account, name))


def application_instance(root: Key, account: str) -> str:
    """Return what an account is to Identity Center: an instance of a SAML application."""
    key = root.child("application-instance", account)
    return identifiers.application_instance_id(key.high, key.low)
