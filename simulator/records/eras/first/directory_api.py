"""Identity Store events of the console and the portal (`sso-directory`) before October 2024.

This API is not public. Shapes marked Unverified are inferred from the nearest operation of
the Identity Store API; the others are seen in real records or published. MFA operations are
served by a backend of their own ("auth-control"), whose records show only the host of the
TLS details. Source: IAM Identity Center User Guide, "Logging IAM Identity Center API calls"
(read 2026-11).
"""

from __future__ import annotations

from typing import Final

from simulator.primitives.conditions import at_least, both, equals, less_than
from simulator.records.eras.first.envelope import (
    ADMIN_IDENTITY,
    BY_ADMIN,
    DUAL_STACK,
    HIDDEN,
    IN_CONSOLE,
    SHARED,
    USER_REGION,
    before,
    host,
    record,
    tls,
)
from simulator.records.fields import MAX_ATTRIBUTES
from simulator.records.shapes import (
    NULL,
    Array,
    Const,
    Member,
    Node,
    Part,
    Slot,
    choose,
    obj,
    text,
)

BY_ADMIN_OR_USER: Final = choose((BY_ADMIN, ADMIN_IDENTITY), otherwise=Part("identity.mfa"))
STORE_ID: Final = ("identityStoreId", Slot("store.id"))
GROUP_ID: Final = ("groupId", Slot("group.id"))
USER_ID: Final = ("userId", Slot("user.id"))
DESCRIBED: Final = equals("described", 1)
NAMED: Final = at_least("group_name", 0)


def operations(*pairs: tuple[Node, Node]) -> Node:
    """Return the operations of an update: attribute paths and values."""
    return Array(
        tuple(obj(("attributePath", path), ("attributeValue", value)) for path, value in pairs)
    )


_NAME_CHANGE = (Const("displayName"), Part("group.display_name"))
_DESCRIPTION_CHANGE = (Const("description"), HIDDEN)

# The description is masked in every era; the name since January 2025.
GROUP_OPERATIONS: Final = choose(
    (both(NAMED, DESCRIBED), operations(_NAME_CHANGE, _DESCRIPTION_CHANGE)),
    (DESCRIBED, operations(_DESCRIPTION_CHANGE)),
    otherwise=operations(_NAME_CHANGE),
)

USER_OPERATIONS: Final = choose(
    *(
        (
            less_than("attributes", count + 1),
            operations(*((Slot(f"attribute.{place}"), HIDDEN) for place in range(1, count + 1))),
        )
        for count in range(1, MAX_ATTRIBUTES)
    ),
    otherwise=operations(
        *((Slot(f"attribute.{place}"), HIDDEN) for place in range(1, MAX_ATTRIBUTES + 1))
    ),
)

_USER = ("user", obj(("directoryId", Slot("store.id")), USER_ID))
_DEVICE_NAME = ("deviceName", Slot("mfa.name"))
# Unverified: the request members of all but List and Delete, and the response.
_COMPLETED = (obj(_USER, _DEVICE_NAME, ("credential", HIDDEN)), obj(("deviceId", Slot("mfa.id"))))

_MFA: dict[str, tuple[Node, Node]] = {
    "ListMfaDevicesForUser": (obj(_USER), NULL),
    "DeleteMfaDeviceForUser": (obj(_USER, ("deviceId", Slot("mfa.id"))), NULL),
    "UpdateMfaDeviceForUser": (obj(_USER, ("deviceId", Slot("mfa.id")), _DEVICE_NAME), NULL),
    "StartWebAuthnDeviceRegistration": (obj(_USER), NULL),
    "StartVirtualMfaDeviceRegistration": (obj(_USER), NULL),
    "CompleteWebAuthnDeviceRegistration": _COMPLETED,
    "CompleteVirtualMfaDeviceRegistration": _COMPLETED,
}

_META = obj(
    ("createdAt", Slot("event.java_time")),
    ("updatedAt", Slot("event.java_time")),
    ("createdBy", Slot("admin.created_by")),
    ("updatedBy", Slot("admin.created_by")),
)
_TEXT = obj(("stringValue", HIDDEN))
_MAX_RESULTS = ("maxResults", Const(100))
_MEMBER = ("member", obj(("memberId", Slot("user.id"))))


def _filters(attribute: str) -> tuple[str, Node]:
    # Values of filters are not logged at all (seen).
    one = obj(("comparisonOperator", Const("STARTS_WITH")), ("attributePath", Const(attribute)))
    return ("filters", Array((one,)))


_DIRECTORY: dict[str, tuple[Node, Node]] = {
    "CreateGroup": (
        obj(
            STORE_ID,
            ("displayName", Part("group.display_name")),
            Member("description", HIDDEN, DESCRIBED),
        ),
        obj(
            (
                "group",
                obj(
                    GROUP_ID,
                    ("displayName", Part("group.display_name")),
                    ("groupAttributes", obj(Member("description", _TEXT, DESCRIBED))),
                    ("meta", _META),
                ),
            )
        ),
    ),
    # Unverified: parameters as the public operation has them; no response.
    "UpdateGroup": (obj(STORE_ID, GROUP_ID, ("operations", GROUP_OPERATIONS)), NULL),
    # Unverified, as the rest below where `kinds` says so.
    "DeleteGroup": (obj(STORE_ID, GROUP_ID), NULL),
    "AddMemberToGroup": (obj(STORE_ID, GROUP_ID, _MEMBER), NULL),
    "RemoveMemberFromGroup": (obj(STORE_ID, GROUP_ID, _MEMBER), NULL),
    "CreateUser": (
        obj(
            STORE_ID,
            ("userName", HIDDEN),
            (
                "userAttributes",
                obj(
                    (
                        "name",
                        obj(
                            (
                                "complexValue",
                                obj(("givenName", _TEXT), ("familyName", _TEXT)),
                            )
                        ),
                    ),
                    ("displayName", _TEXT),
                    (
                        "emails",
                        obj(
                            (
                                "complexListValue",
                                Array((obj(("value", _TEXT), ("type", _TEXT)),)),
                            )
                        ),
                    ),
                ),
            ),
            ("active", Const(value=True)),
            ("passwordMode", Slot("password.mode")),
        ),
        obj(
            (
                "user",
                obj(
                    USER_ID,
                    ("userName", HIDDEN),
                    ("active", Const(value=True)),
                    ("meta", _META),
                ),
            )
        ),
    ),
    "UpdateUser": (obj(STORE_ID, USER_ID, ("operations", USER_OPERATIONS)), NULL),
    "DeleteUser": (obj(STORE_ID, USER_ID), NULL),
    "DescribeDirectory": (obj(("directoryId", Slot("store.id"))), NULL),
    "DescribeUser": (obj(STORE_ID, USER_ID), NULL),
    "DescribeUsers": (obj(STORE_ID, ("userIds", Array((Slot("user.id"),)))), NULL),
    "DescribeUserByUniqueAttribute": (
        obj(
            STORE_ID,
            (
                "uniqueAttribute",
                obj(("attributePath", Const("userName")), ("attributeValue", HIDDEN)),
            ),
        ),
        NULL,
    ),
    "DescribeGroup": (obj(STORE_ID, GROUP_ID), NULL),
    "DescribeGroups": (obj(STORE_ID, ("groupIds", Array((Slot("group.id"),)))), NULL),
    "ListGroupsForUser": (obj(STORE_ID, USER_ID, _MAX_RESULTS), NULL),
    "ListGroupsForMember": (obj(STORE_ID, _MEMBER, _MAX_RESULTS), NULL),
    "ListMembersInGroup": (obj(STORE_ID, GROUP_ID, _MAX_RESULTS), NULL),
    "IsMemberInGroup": (obj(STORE_ID, GROUP_ID, _MEMBER), NULL),
    "SearchUsers": (obj(STORE_ID, _MAX_RESULTS, _filters("userName")), NULL),
    "SearchGroups": (obj(STORE_ID, _MAX_RESULTS, _filters("displayName")), NULL),
}

STORE_HOST = choose(
    # Unverified: the day on which the console changed hosts, between 2023 and 2025.
    (before("2025-01-01"), tls("up.sso.", Slot("instance.region"), ".amazonaws.com")),
    otherwise=host("identitystore"),
)


def _auth_host(name: str, region: Slot) -> Node:
    return obj(("clientProvidedHostHeader", text(name, region, ".prod.apps-auth.aws.a2z.com")))


def _auth_hosts(region: Slot) -> Node:
    return choose(
        (DUAL_STACK, _auth_host("dual-stack.auth-control.", region)),
        otherwise=_auth_host("auth-control.", region),
    )


AUTH_HOST = choose(
    (at_least("region", 0), _auth_hosts(Slot("event.region"))),
    otherwise=_auth_hosts(Slot("instance.region")),
)
_ADMIN_IN_CONSOLE = both(BY_ADMIN, IN_CONSOLE)

SHAPES: Final[dict[str, Node]] = {
    **{
        f"sso-directory/{name}": record(
            f"sso-directory/{name}",
            version="version.auth_control",
            region=USER_REGION,
            identity=BY_ADMIN_OR_USER,
            request=request,
            response=response,
            tls_details=AUTH_HOST,
            from_console=_ADMIN_IN_CONSOLE,
            shared=SHARED,
        )
        for name, (request, response) in _MFA.items()
    },
    **{
        f"sso-directory/{name}": record(
            f"sso-directory/{name}",
            version="version.store",
            identity=ADMIN_IDENTITY,
            request=request,
            response=response,
            tls_details=STORE_HOST,
            from_console=IN_CONSOLE,
            shared=SHARED,
        )
        for name, (request, response) in _DIRECTORY.items()
    },
    # By an administrator, or by the user who signed in with an e-mailed password.
    "sso-directory/UpdatePassword": record(
        "sso-directory/UpdatePassword",
        version="version.store",
        identity=BY_ADMIN_OR_USER,
        request=obj(STORE_ID, USER_ID, Member("passwordMode", Slot("password.mode"), BY_ADMIN)),
        tls_details=STORE_HOST,
        from_console=_ADMIN_IN_CONSOLE,
        shared=SHARED,
    ),
}
