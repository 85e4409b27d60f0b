"""What finds attacks by way of administration: rules as an analyst would write.

Each takes records in order, as a trail has them, and returns the eventIDs of those that are
suspect. None knows the truth.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson

from tests.plays.analyst import ids, user_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.plays.analyst import Record

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
SERVICE_ROLE: Final = "assumed-role/AWSServiceRoleForSSO/"
WHOLE: Final = "*"
ADMINISTRATORS: Final = "arn:aws:iam::aws:policy/AdministratorAccess"
JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def when(record: Record) -> datetime:
    """Return the time of a record."""
    return datetime.fromisoformat(record["eventTime"])


def asked(record: Record) -> dict[str, Any]:
    """Return what a call was given."""
    return record.get("requestParameters") or {}


def answered(record: Record) -> dict[str, Any]:
    """Return what a call returned."""
    return record.get("responseElements") or {}


def named(records: list[Record], *names: str) -> Iterator[Record]:
    """Yield records of these event names that did not fail."""
    return (one for one in records if one["eventName"] in names and "errorCode" not in one)


def after(records: Iterable[Record], first: Record, span: timedelta) -> list[Record]:
    """Return those records that come no later than a span after another."""
    return [one for one in records if timedelta() <= when(one) - when(first) <= span]


def session_name(record: Record) -> str | None:
    """Return what a role session is called: of a permission set's role, its user's name."""
    return str(record["userIdentity"].get("arn", "")).rpartition("/")[2] or None


def names_of_users(records: list[Record]) -> dict[str | None, set[str]]:
    """Return ids of users to the names that sign-ins, or their older userIdentity, show."""
    found: dict[str | None, set[str]] = defaultdict(set)
    for record in records:
        typed = (record.get("additionalEventData") or {}).get("UserName")
        if record["eventSource"] == "signin.amazonaws.com" and typed is not None:
            found[user_id(record)].add(typed)
    return found


def first_seen(records: list[Record]) -> dict[str, datetime]:
    """Return addresses to when they first called."""
    seen: dict[str, datetime] = {}
    for record in records:
        seen.setdefault(record["sourceIPAddress"], when(record))
    return seen


def members_added(records: list[Record]) -> Iterator[tuple[Record, str | None]]:
    """Yield additions to groups, by the console or the API, and who is added."""
    for record in named(records, "AddMemberToGroup", "CreateGroupMembership"):
        member = asked(record).get("member") or asked(record).get("memberId") or {}
        yield record, member.get("memberId") or member.get("userId")


def group_to_admin(records: list[Record]) -> list[str]:
    """Find who added herself to a group and then took roles that she never took before."""
    names = names_of_users(records)
    found: list[Record] = []
    for addition, member in members_added(records):
        if session_name(addition) not in names[member]:
            continue
        taken = [
            one
            for one in named(records, "Federate", "GetRoleCredentials")
            if user_id(one) == member
        ]
        before = {role(one) for one in taken if when(one) < when(addition)}
        new = [one for one in after(taken, addition, DAY) if role(one) not in before]
        found += [addition, *new] if new else []
    return ids(found)


def role(record: Record) -> tuple[str, str]:
    """Return the account and the permission set that are entered from the portal."""
    details = record["serviceEventDetails"]
    return details["account_id"], details["role_name"]


def as_list(value: object) -> list[Any]:
    """Return what a policy may write as one or as several."""
    return value if isinstance(value, list) else [value]


def allows_everything(policy: str) -> bool:
    """Tell whether a policy allows all actions, or all of IAM, on all resources."""
    return any(
        statement["Effect"] == "Allow"
        and not {WHOLE, "iam:*"}.isdisjoint(as_list(statement.get("Action")))
        and WHOLE in as_list(statement.get("Resource"))
        and "Condition" not in statement
        for statement in as_list(orjson.loads(policy)["Statement"])
    )


def permission_set_tampering(records: list[Record]) -> list[str]:
    """Find inline policies that allow everything, and the roles that got them."""
    put = named(records, "PutInlinePolicyToPermissionSet")
    found = [one for one in put if allows_everything(asked(one)["inlinePolicy"])]
    policies = {asked(one)["inlinePolicy"] for one in found}
    roles = [
        one
        for one in named(records, "PutRolePolicy")
        if by_service(one) and asked(one)["policyDocument"] in policies
    ]
    return ids([*found, *roles])


def by_service(record: Record) -> bool:
    """Tell whether Identity Center did it with its own role."""
    return SERVICE_ROLE in str(record["userIdentity"].get("arn", ""))


def permissions_boundary_removed(records: list[Record]) -> list[str]:
    """Find boundaries that were taken away and that no other one replaced before long."""
    puts = list(named(records, "PutPermissionsBoundaryToPermissionSet"))
    found: list[Record] = []
    for deletion in named(records, "DeletePermissionsBoundaryFromPermissionSet"):
        about = asked(deletion)["permissionSetArn"]
        later = after(puts, deletion, timedelta(minutes=15))
        if any(asked(put)["permissionSetArn"] == about for put in later):
            continue
        roles = after(named(records, "DeleteRolePermissionsBoundary"), deletion, HOUR)
        found += [deletion, *(one for one in roles if by_service(one))]
    return ids(found)


def rogue_permission_set(records: list[Record]) -> list[str]:
    """Find new permission sets that may do everything and go to a single user at once."""
    found: list[Record] = []
    for creation in named(records, "CreatePermissionSet"):
        made = answered(creation)["permissionSet"]["permissionSetArn"]
        same = [
            one
            for one in after(
                named(records, "AttachManagedPolicyToPermissionSet", "CreateAccountAssignment"),
                creation,
                HOUR,
            )
            if asked(one)["permissionSetArn"] == made
            and session_name(one) == session_name(creation)
        ]
        attached = [one for one in same if asked(one).get("managedPolicyArn") == ADMINISTRATORS]
        given = [one for one in same if asked(one).get("principalType") == "USER"]
        found += [creation, *attached, *given] if attached and given else []
    return ids(found)


def persistence_new_user(records: list[Record]) -> list[str]:
    """Find users who are made, given access and used from where their maker never worked."""
    usual: dict[str | None, str] = {}
    for record in records:
        usual.setdefault(record["userIdentity"].get("arn"), record["sourceIPAddress"])
    found: list[Record] = []
    for creation in named(records, "CreateUser"):
        answer = answered(creation)
        made = answer.get("userId") or (answer.get("user") or {}).get("userId")
        address = creation["sourceIPAddress"]
        if made is None or address == usual[creation["userIdentity"].get("arn")]:
            continue
        given = [
            one
            for one in after(named(records, "CreateAccountAssignment"), creation, DAY)
            if asked(one)["principalId"] == made
        ]
        used = [
            one
            for one in after(named(records, "UserAuthentication"), creation, DAY)
            if user_id(one) == made and one["sourceIPAddress"] == address
        ]
        found += [creation, *given, *used] if given and used else []
    return ids(found)


def identity_provider_swap(records: list[Record]) -> list[str]:
    """Find a new provider after which several users come from one address that is new."""
    seen = first_seen(records)
    found: list[Record] = []
    for swap in named(records, "EnableExternalIdPConfigurationForDirectory"):
        by_address: dict[str, list[Record]] = defaultdict(list)
        for one in after(named(records, "UserAuthentication"), swap, DAY):
            if seen[one["sourceIPAddress"]] > when(swap) - HOUR:
                by_address[one["sourceIPAddress"]].append(one)
        strange = [one for one in by_address.values() if len({user_id(each) for each in one}) > 1]
        found += [swap, *(one for many in strange for one in many)] if strange else []
    return ids(found)


def scim_token_theft(records: list[Record]) -> list[str]:
    """Find changes with a provisioning token by a client that is new in address and agent."""
    known: dict[str, tuple[set[str], set[str]]] = {}
    found: list[Record] = []
    for record in records:
        identity = record["userIdentity"]
        if identity["type"] != "WebIdentityUser":
            continue
        pair = record["sourceIPAddress"], record["userAgent"]
        addresses, agents = known.setdefault(identity["accessKeyId"], ({pair[0]}, {pair[1]}))
        if pair[1] in agents:
            addresses.add(pair[0])
        elif pair[0] in addresses:
            agents.add(pair[1])
        elif not record["readOnly"]:
            found.append(record)
    return ids(found)


def delegated_administrator_abuse(records: list[Record]) -> list[str]:
    """Find assignments from another account than the instance's to who makes them."""
    names = names_of_users(records)
    return ids(
        one
        for one in named(records, "CreateAccountAssignment")
        if one["userIdentity"]["accountId"] not in owners(one)
        and asked(one)["principalType"] == "USER"
        and session_name(one) in names[asked(one)["principalId"]]
    )


def owners(record: Record) -> set[str]:
    """Return the accounts of what a record is about; without any, that of who calls."""
    about = {one.get("accountId") for one in record.get("resources") or ()}
    return {one for one in about if one} or {record["userIdentity"]["accountId"]}


def token_issuer_abuse(records: list[Record]) -> list[str]:
    """Find new issuers of tokens from whose maker's address several users' tokens are got."""
    found: list[Record] = []
    for creation in named(records, "CreateTrustedTokenIssuer"):
        tokens = [
            one
            for one in after(named(records, "CreateTokenWithIAM"), creation, DAY)
            if asked(one)["grantType"] == JWT_BEARER
            and one["sourceIPAddress"] == creation["sourceIPAddress"]
        ]
        users = {one["additionalEventData"]["identitystore:UserId"] for one in tokens}
        found += [creation, *tokens] if len(users) > 1 else []
    return ids(found)


DETECTIONS: Final[dict[str, Callable[[list[Record]], list[str]]]] = {
    "delegated-administrator-abuse": delegated_administrator_abuse,
    "group-to-admin": group_to_admin,
    "identity-provider-swap": identity_provider_swap,
    "permission-set-tampering": permission_set_tampering,
    "permissions-boundary-removed": permissions_boundary_removed,
    "persistence-new-user": persistence_new_user,
    "rogue-permission-set": rogue_permission_set,
    "scim-token-theft": scim_token_theft,
    "token-issuer-abuse": token_issuer_abuse,
}
"""Play to what finds it."""
