"""What records show of administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.directory import identifiers
from simulator.plan.population.people import filled
from simulator.plan.population.roles import plain_role, reserved_role, role_session_texts

if TYPE_CHECKING:
    from simulator.primitives.keys import Key
    from simulator.scenario.document import Administrator, Instance, Organization


def is_delegated(admin: Administrator, organization: Organization) -> bool:
    """Tell whether an administrator acts from the delegated administrator's account."""
    delegated = organization.delegated_administrator
    return delegated is not None and admin.account == delegated


def is_foreign(admin: Administrator, instance: Instance) -> bool:
    """Tell whether an administrator acts from another account than the instance's own.

    Unverified: that two accounts receive calls about the instance from an ordinary member
    account too, as they do from the delegated administrator's.
    """
    return admin.account != instance.account


def admin_texts(admin: Administrator, account: str, region: str, root: Key) -> dict[str, str]:
    """Return the text columns of an administrator."""
    key = root.child("administrator", admin.name)
    texts = dict.fromkeys(
        ("principal", "arn", "name", "key", "role_id", "role_arn", "role_name", "created_by"), ""
    )
    texts |= {"account": account, "name": admin.name, "created_by": account}
    if admin.kind == "root":
        return texts | {"principal": account, "arn": f"arn:aws:iam::{account}:root"}
    if admin.kind == "iam-user":
        return texts | {
            "principal": identifiers.user_id(key.high, key.low, account),
            "arn": f"arn:aws:iam::{account}:user/{admin.name}",
            "key": identifiers.access_key_id(key.high, key.low, account, "AKIA"),
        }
    if admin.permission_set is not None:
        role = reserved_role(root, account, admin.permission_set, region)
    else:
        role = plain_role(root, account, filled(admin.role))
    return role_session_texts(account, role, admin.name)
