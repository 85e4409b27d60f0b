"""Events of the public Identity Store API (`identitystore`) before October 2024.

Source: Identity Store API Reference; member order is the API model's (read 2026-11).
Reads log no response. Values of attributes and filters are masked (seen).
"""

from __future__ import annotations

from typing import Final

from simulator.records.eras.first.directory_api import (
    DESCRIBED,
    GROUP_ID,
    GROUP_OPERATIONS,
    STORE_ID,
    USER_ID,
    USER_OPERATIONS,
)
from simulator.records.eras.first.envelope import (
    ADMIN_IDENTITY,
    HIDDEN,
    IN_CONSOLE,
    SHARED,
    host,
    record,
)
from simulator.records.shapes import NULL, Array, Const, Member, Node, Part, Slot, obj

_MEMBER_ID = ("memberId", obj(USER_ID))
_MEMBERSHIP = ("membershipId", Slot("membership.id"))


def _alternate(attribute: str) -> tuple[str, Node]:
    unique = obj(("attributePath", Const(attribute)), ("attributeValue", HIDDEN))
    return ("alternateIdentifier", obj(("uniqueAttribute", unique)))


_OPERATIONS: dict[str, tuple[Node, Node]] = {
    "CreateGroup": (
        obj(
            STORE_ID,
            ("displayName", Part("group.display_name")),
            Member("description", HIDDEN, DESCRIBED),
        ),
        obj(GROUP_ID, STORE_ID),
    ),
    "UpdateGroup": (obj(STORE_ID, GROUP_ID, ("operations", GROUP_OPERATIONS)), NULL),
    "DeleteGroup": (obj(STORE_ID, GROUP_ID), NULL),
    "CreateGroupMembership": (obj(STORE_ID, GROUP_ID, _MEMBER_ID), obj(_MEMBERSHIP, STORE_ID)),
    "DeleteGroupMembership": (obj(STORE_ID, _MEMBERSHIP), NULL),
    "CreateUser": (
        obj(
            STORE_ID,
            ("userName", HIDDEN),
            ("name", obj(("familyName", HIDDEN), ("givenName", HIDDEN))),
            ("displayName", HIDDEN),
            (
                "emails",
                Array(
                    (
                        obj(
                            ("value", HIDDEN),
                            ("type", HIDDEN),
                            # Unverified: a flag is not masked.
                            ("primary", Const(value=True)),
                        ),
                    )
                ),
            ),
        ),
        obj(STORE_ID, USER_ID),
    ),
    "UpdateUser": (obj(STORE_ID, USER_ID, ("operations", USER_OPERATIONS)), NULL),
    "DeleteUser": (obj(STORE_ID, USER_ID), NULL),
    "DescribeGroup": (obj(STORE_ID, GROUP_ID), NULL),
    "DescribeGroupMembership": (obj(STORE_ID, _MEMBERSHIP), NULL),
    "DescribeUser": (obj(STORE_ID, USER_ID), NULL),
    "GetGroupId": (obj(STORE_ID, _alternate("displayName")), NULL),
    "GetGroupMembershipId": (obj(STORE_ID, GROUP_ID, _MEMBER_ID), NULL),
    "GetUserId": (obj(STORE_ID, _alternate("userName")), NULL),
    "IsMemberInGroups": (
        obj(STORE_ID, _MEMBER_ID, ("groupIds", Array((Slot("group.id"),)))),
        NULL,
    ),
    "ListGroupMemberships": (obj(STORE_ID, GROUP_ID), NULL),
    "ListGroupMembershipsForMember": (obj(STORE_ID, _MEMBER_ID), NULL),
    "ListGroups": (obj(STORE_ID), NULL),
    "ListUsers": (obj(STORE_ID), NULL),
}

SHAPES: Final[dict[str, Node]] = {
    f"identitystore/{name}": record(
        f"identitystore/{name}",
        version="version.store",
        identity=ADMIN_IDENTITY,
        request=request,
        response=response,
        tls_details=host("identitystore"),
        from_console=IN_CONSOLE,
        shared=SHARED,
    )
    for name, (request, response) in _OPERATIONS.items()
}
