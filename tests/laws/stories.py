"""Reads records as an analyst would and lists what cannot have happened so."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

Record = dict[str, Any]


def path(record: Record, *names: str) -> Any:  # whatever the record holds
    """Return a member deep in a record, or None."""
    value: Any = record
    for name in names:
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value


def repeated_ids(records: list[Record]) -> list[str]:
    """No two records have one eventID."""
    seen: set[str] = set()
    wrong = []
    for record in records:
        if record["eventID"] in seen:
            wrong.append(f"eventID {record['eventID']} is there twice")
        seen.add(record["eventID"])
    return wrong


def split_requests(records: list[Record]) -> list[str]:
    """Records of one HTTP request share time, address and agent."""
    shared: dict[str, tuple[str, ...]] = {}
    wrong = []
    for record in records:
        request = record.get("requestID")
        if request is None:
            continue
        mine = (record["eventTime"], record["sourceIPAddress"], record["userAgent"])
        if shared.setdefault(request, mine) != mine:
            wrong.append(f"request {request} has two times, addresses or agents")
    return wrong


def unlike_copies(records: list[Record]) -> list[str]:
    """Two accounts receive one record each of a shared call, alike but for eventID."""
    copies: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if "sharedEventID" in record:
            copies[record["sharedEventID"]].append(record)
    wrong = []
    own = ("eventID", "recipientAccountId")
    for shared, both in copies.items():
        accounts = {record["recipientAccountId"] for record in both}
        if not len(both) == len(accounts) == 2:
            wrong.append(f"{shared} has {len(both)} records in {len(accounts)} accounts")
        alike = [
            [(name, value) for name, value in record.items() if name not in own] for record in both
        ]
        if any(one != alike[0] for one in alike):
            wrong.append(f"{shared} has unlike records")
    return wrong


def happened(records: list[Record]) -> list[Record]:
    """Return one record of each event: of those that two accounts received, the first."""
    seen: set[str] = set()
    once = []
    for record in records:
        shared = record.get("sharedEventID")
        if shared is None or shared not in seen:
            once.append(record)
        seen.add(shared or "")
    return once


def broken_sign_ins(records: list[Record]) -> list[str]:
    """A verification answers a challenge; UserAuthentication follows all it lists."""
    open_challenges: dict[str, list[str]] = defaultdict(list)
    verified: dict[str, list[str]] = defaultdict(list)
    wrong = []
    for record in records:
        workflow = path(record, "additionalEventData", "AuthWorkflowID")
        if workflow is None:
            continue
        kind = path(record, "additionalEventData", "CredentialType")
        name = record["eventName"]
        if name == "CredentialChallenge":
            open_challenges[workflow].append(kind)
        elif name == "CredentialVerification":
            if kind not in open_challenges[workflow]:
                wrong.append(f"{workflow}: {kind} verified without a challenge")
            else:
                open_challenges[workflow].remove(kind)
            if path(record, "serviceEventDetails", name) == "Success":
                verified[workflow].append(kind)
        elif kind != "EXTERNAL_IDP" and sorted(kind.split(",")) != sorted(verified[workflow]):
            wrong.append(f"{workflow}: authenticated by {kind}, verified {verified[workflow]}")
    return wrong


def mixed_credentials(records: list[Record]) -> list[str]:
    """A portal session's credentialId is never a sign-in's, and belongs to one user."""
    owner: dict[str, Any] = {}
    sign_ins = set()
    wrong = []
    for record in records:
        credential = path(record, "userIdentity", "credentialId")
        if credential is None:
            continue
        if record["eventSource"] == "signin.amazonaws.com":
            sign_ins.add(credential)
        user = path(record, "userIdentity", "onBehalfOf", "userId")
        if owner.setdefault(credential, user) != user:
            wrong.append(f"credentialId {credential} of two users")
    wrong += [
        f"credentialId {path(record, 'userIdentity', 'credentialId')} of a sign-in in the portal"
        for record in records
        if record["eventSource"] != "signin.amazonaws.com"
        and path(record, "userIdentity", "credentialId") in sign_ins
    ]
    return wrong


def unsettled_people(records: list[Record]) -> list[str]:
    """userId, userName and identity store agree everywhere for one person."""
    names: dict[str, str] = {}
    stores = set()
    wrong = []
    for record in records:
        user = path(record, "userIdentity", "onBehalfOf", "userId")
        name = path(record, "userIdentity", "userName")
        if user is not None:
            stores.add(path(record, "userIdentity", "onBehalfOf", "identityStoreArn"))
        if user is not None and name is not None and names.setdefault(user, name) != name:
            wrong.append(f"user {user} has two names")
    if len(stores) > 1:
        wrong.append(f"several identity stores: {sorted(stores)}")
    if len(set(names.values())) != len(names):
        wrong.append("two users have one name")
    return wrong


def wandering_devices(records: list[Record]) -> list[str]:
    """An MFA device keeps its id and is not used after its deletion."""
    gone = set()
    wrong = []
    for record in happened(records):
        name = record["eventName"]
        device = path(record, "requestParameters", "deviceId") or path(
            record, "responseElements", "deviceId"
        )
        if device is None:
            continue
        if device in gone:
            wrong.append(f"device {device} after its deletion")
        if name.startswith("Delete"):
            gone.add(device)
    return wrong


def ghosts(records: list[Record]) -> list[str]:
    """Nothing by or about a user or group before creation or after deletion."""
    wrong = []
    created: set[str] = set()
    deleted: set[str] = set()
    records = happened(records)
    will_be = {
        made
        for record in records
        if record["eventName"] in ("CreateUser", "CreateGroup")
        for made in _made(record)
    }
    for record in records:
        made = _made(record) if record["eventName"] in ("CreateUser", "CreateGroup") else set()
        created |= made
        used = {
            value
            for value in (
                path(record, "userIdentity", "onBehalfOf", "userId"),
                path(record, "requestParameters", "userId"),
                path(record, "requestParameters", "user", "userId"),
                path(record, "requestParameters", "groupId"),
                path(record, "requestParameters", "memberId", "userId"),
                path(record, "requestParameters", "member", "memberId"),
                # So users, groups and schemas are named by providers that push them.
                path(record, "requestParameters", "id"),
            )
            if value is not None
        } - made
        wrong += [f"{one} before its creation" for one in sorted(used & (will_be - created))]
        wrong += [f"{one} after its deletion" for one in sorted(used & deleted)]
        if record["eventName"] in ("DeleteUser", "DeleteGroup") and "errorCode" not in record:
            names = ("userId", "groupId", "id")
            named = [path(record, "requestParameters", name) for name in names]
            deleted |= {one for one in named if one is not None}
    return wrong


def unlike_pushes(records: list[Record]) -> list[str]:
    """What an identity provider does is by its token; a failure is nobody's and answers null."""
    wrong = []
    tokens = set()
    # One is there before anything is, whatever the administrators make besides.
    made = 1
    for record in records:
        made += record["eventName"] == "CreateBearerToken" and "errorCode" not in record
        if record["eventSource"] != "identitystore-scim.amazonaws.com":
            continue
        failed = "errorCode" in record
        tokens.add(record["userIdentity"]["accessKeyId"])
        if record["userIdentity"]["type"] != ("Unknown" if failed else "WebIdentityUser"):
            wrong.append(f"{record['eventID']} has the other identity")
        if (failed or record["readOnly"]) and record["responseElements"] is not None:
            wrong.append(f"{record['eventID']} has an answer")
    return wrong + ([f"{len(tokens)} tokens"] if len(tokens) > made else [])


def _made(record: Record) -> set[str]:
    response = record["responseElements"]
    found = (
        path(response, "userId"),
        path(response, "groupId"),
        path(response, "user", "userId"),
        path(response, "group", "groupId"),
        path(response, "id"),
    )
    return {value for value in found if value is not None}


def unordered(records: list[Record]) -> list[str]:
    """Records are in order of time."""
    times = [record["eventTime"] for record in records]
    return [] if times == sorted(times) else ["records are not in order of time"]


def unexplained_portal_use(records: list[Record]) -> list[str]:
    """A portal session begins after its user signed in, or an application got their token."""
    signed_in: set[str] = set()
    wrong = []
    for record in records:
        signed_in.add(path(record, "additionalEventData", "identitystore:UserId"))
        user = path(record, "userIdentity", "onBehalfOf", "userId")
        if user is None:
            continue
        if record["eventName"] == "UserAuthentication":
            signed_in.add(user)
        elif record["eventSource"] == "sso.amazonaws.com" and user not in signed_in:
            wrong.append(f"user {user} in the portal without a sign-in")
    return wrong


def stray_applications(records: list[Record]) -> list[str]:
    """An application is used after its creation and before its deletion alone."""
    there: set[str] = set()
    wrong = []
    for record in happened(records):
        made = path(record, "responseElements", "applicationArn")
        used = path(record, "requestParameters", "applicationArn")
        if record["eventName"] == "CreateTokenWithIAM":
            used = record["requestParameters"]["clientId"]
        if made is not None:
            there.add(made)
        if used is not None and used not in there:
            wrong.append(f"application {used} is not there")
        if record["eventName"] == "DeleteApplication":
            there.discard(used)
    return wrong


RULES = (
    repeated_ids,
    split_requests,
    unlike_copies,
    broken_sign_ins,
    mixed_credentials,
    unsettled_people,
    wandering_devices,
    ghosts,
    unlike_pushes,
    unordered,
    unexplained_portal_use,
    stray_applications,
)


def impossibilities(records: list[Record]) -> list[str]:
    """Return everything that cannot have happened as the records say."""
    return [wrong for rule in RULES for wrong in rule(records)]
