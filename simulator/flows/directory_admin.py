"""What administering users and groups leaves behind: one call, one event.

Calls come in two dialects: the console's (`sso-directory`) and the public API's
(`identitystore`). Each call is a flow of one step, named like its kind.
"""

from __future__ import annotations

from typing import Final

from simulator.flows import gaps
from simulator.flows.steps import Flow, Step

ADMIN_COLUMNS: Final = frozenset(
    {"admin", "admin_kind", "actor", "console", "role_high", "role_low", "role_at"}
)
_GROUP = frozenset({"group"})
_USER = frozenset({"user"})
_DETAILS = frozenset({"group", "group_name", "described"})
_BOTH = _GROUP | _USER
_NOTHING: frozenset[str] = frozenset()
_ATTRIBUTES = frozenset({"user", "attributes", *(f"attribute_{place}" for place in range(1, 9))})

_CALLS: Final[dict[str, frozenset[str]]] = {
    "sso-directory/CreateGroup": _DETAILS,
    "sso-directory/UpdateGroup": _DETAILS,
    "sso-directory/DeleteGroup": _GROUP,
    "sso-directory/AddMemberToGroup": _BOTH,
    "sso-directory/RemoveMemberFromGroup": _BOTH,
    "sso-directory/CreateUser": _USER | {"password_mode"},
    "sso-directory/UpdateUser": _ATTRIBUTES,
    "sso-directory/DeleteUser": _USER,
    "sso-directory/UpdatePassword": _USER | {"password_mode"},
    "sso-directory/DescribeDirectory": _NOTHING,
    "sso-directory/DescribeUser": _USER,
    "sso-directory/DescribeUsers": _USER,
    "sso-directory/DescribeUserByUniqueAttribute": _USER,
    "sso-directory/DescribeGroup": _GROUP,
    "sso-directory/DescribeGroups": _GROUP,
    "sso-directory/ListGroupsForUser": _USER,
    "sso-directory/ListGroupsForMember": _USER,
    "sso-directory/ListMembersInGroup": _GROUP,
    "sso-directory/IsMemberInGroup": _BOTH,
    "sso-directory/SearchUsers": _NOTHING,
    "sso-directory/SearchGroups": _NOTHING,
    "identitystore/CreateGroup": _DETAILS,
    "identitystore/UpdateGroup": _DETAILS,
    "identitystore/DeleteGroup": _GROUP,
    "identitystore/CreateGroupMembership": _BOTH | {"membership"},
    "identitystore/DeleteGroupMembership": frozenset({"membership"}),
    "identitystore/CreateUser": _USER,
    "identitystore/UpdateUser": _ATTRIBUTES,
    "identitystore/DeleteUser": _USER,
    "identitystore/DescribeGroup": _GROUP,
    "identitystore/DescribeGroupMembership": frozenset({"membership"}),
    "identitystore/DescribeUser": _USER,
    "identitystore/GetGroupId": _NOTHING,
    "identitystore/GetGroupMembershipId": _BOTH,
    "identitystore/GetUserId": _NOTHING,
    "identitystore/IsMemberInGroups": _BOTH,
    "identitystore/ListGroupMemberships": _GROUP,
    "identitystore/ListGroupMembershipsForMember": _USER,
    "identitystore/ListGroups": _NOTHING,
    "identitystore/ListUsers": _NOTHING,
}
"""Kind to the columns that an episode must say, beyond the administrator's."""

CALLS: Final = {
    kind: Flow(kind, (Step("call", kind, gaps.NOW),), ADMIN_COLUMNS | columns)
    for kind, columns in _CALLS.items()
}

FLOWS: Final = tuple(CALLS.values())
