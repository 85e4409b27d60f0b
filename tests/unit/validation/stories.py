"""A plan of every flow in many variants, in which each user's story holds together."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import orjson

from simulator.directory import identifiers
from simulator.engines import vectorised
from simulator.flows import FLOW_INDEX, FLOWS
from simulator.plan.episodes import Plan, block_of
from simulator.primitives.instants import DAY, HOUR, MINUTE, parse_instant
from simulator.primitives.keys import Key
from simulator.records.api.examples import payloads
from simulator.records.api.operations import OPERATIONS
from simulator.records.eras import boundaries
from simulator.validation import Options, Report, validate_paths
from tests.builders import ACCOUNT, REGION, TEXTS, a_row, a_tables

if TYPE_CHECKING:
    from pathlib import Path

START: Final = parse_instant("2025-01-12T08:00:00Z")
"""A day before the announced cutover."""
DELEGATED: Final = "111122223333"
"""Account of the delegated administrator."""
_DOMAIN: Final = "corp.example.com"

_SIGN_INS: Final = (
    {},
    {"factor": 1, "code_tries": 1, "code_ok": 1},
    {"factor": 2, "code_tries": 2, "code_ok": 1},
    {"factor": 3, "code_tries": 1, "code_ok": 1},
    {"password_tries": 3},
    {"password_tries": 2, "password_ok": 0, "password_open": 1, "signed_in": 0},
    {"factor": 1, "code_tries": 2, "code_ok": 0, "resync": 1},
    {"factor": 1, "code_tries": 3, "code_ok": 0, "code_open": 1, "signed_in": 0},
    {"enrolment": 1, "enrol_type": 1},
    {"enrolment": 2, "enrol_type": 2},
    {"known": 0, "password_tries": 2, "password_ok": 0, "signed_in": 0, "typed_form": 3},
    {"typed_form": 2, "typed": 0},
    {"typed_form": 1, "typed": 0},
)


_PEOPLE: Final = 14
_PAYLOADS: Final = {
    kind: tuple(orjson.dumps(side).decode() for side in payloads(operation))
    for kind, operation in OPERATIONS.items()
}
_DOCUMENTS: Final = tuple(dict.fromkeys(text for pair in _PAYLOADS.values() for text in pair))


def _table_call(flow: str) -> dict[str, int]:
    """Return the payloads of a call that is recorded by table, and whether it failed."""
    request, response = (
        -1 if text == "null" else _DOCUMENTS.index(text)
        for text in _PAYLOADS[flow.removesuffix("@shared")]
    )
    return {
        "request_document": request,
        "response_document": response,
        "error": -1,
        "invoked_by": -1,
    }


_TABLE_CALLS: Final = tuple(
    (name, _table_call(name)) for name in FLOW_INDEX if name.removesuffix("@shared") in OPERATIONS
)


def _texts(users: int) -> dict[str, tuple[str, ...]]:
    root = Key.root(7)
    keys = [root.child("user", str(number)) for number in range(users)]
    names = [f"user{number}" for number in range(users)]

    def ids(what: str, count: int) -> tuple[str, ...]:
        each = (root.child(what, str(number)) for number in range(count))
        return tuple(identifiers.store_entity_id(key.high, key.low, REGION) for key in each)

    devices = [root.child("device", str(number)) for number in range(3 * users)]
    admin = root.child("admin")
    role_id = identifiers.role_id(admin.high, admin.low, ACCOUNT)
    user_id = identifiers.user_id(admin.high, admin.low, ACCOUNT)
    access_key = identifiers.access_key_id(admin.high, admin.low, ACCOUNT, "AKIA")
    delegated = identifiers.role_id(admin.high, admin.low, DELEGATED)
    admins = {
        "principal": (f"{role_id}:dora", user_id, ACCOUNT, f"{delegated}:dora"),
        "account": (ACCOUNT, ACCOUNT, ACCOUNT, DELEGATED),
        "key": ("", access_key, "", ""),
        "role_id": (role_id, "", "", delegated),
        "created_by": (ACCOUNT, ACCOUNT, ACCOUNT, DELEGATED),
        **{
            # The first one's, in another account.
            name: (*TEXTS[f"admin.{name}"], TEXTS[f"admin.{name}"][0].replace(ACCOUNT, DELEGATED))
            for name in ("arn", "name", "role_arn", "role_name")
        },
    }
    return {
        "user.id": ids("user", users),
        "user.name": tuple(names),
        "user.upn": tuple(f"{name}@{_DOMAIN}" for name in names),
        "user.down_level": tuple(f"{_DOMAIN}\\{name}" for name in names),
        "user.short": tuple(names),
        "user.sid": tuple(
            f"{_DOMAIN}//{identifiers.domain_sid(key.high, key.low)}-{1100 + place}"
            for place, key in enumerate(keys)
        ),
        "group.id": ids("group", users),
        "membership.id": ids("membership", users),
        "document.value": _DOCUMENTS,
        "device.id": tuple(identifiers.mfa_device_id(key.high, key.low) for key in devices),
        **{f"admin.{name}": texts for name, texts in admins.items()},
    }


def _story(user: int) -> list[tuple[str, int, dict[str, int]]]:
    """Return what happens to a user: flow, hours since the beginning, columns."""
    admin = {"admin": user % 3, "admin_kind": user % 3, "console": int(user % 3 != 1 and user % 2)}
    device, group = 3 * user, {"group": user, "membership": user, "described": user % 2}
    dialect = "sso-directory" if user % 2 else "identitystore"
    by_token = {"by_token": 1}
    calls = [
        name
        for name in FLOW_INDEX
        if "/" in name
        and name.removesuffix("@shared") not in OPERATIONS
        and not name.rpartition("/")[2].startswith(("Create", "Delete"))
    ]
    delegated = {"admin": 3, "admin_kind": 0, "console": user % 2}
    return [
        (f"{dialect}/CreateUser", 0, admin),
        (f"{dialect}/CreateGroup", 0, {**admin, **group}),
        ("register-device", 1, {"device": device, "device_type": 1 + user % 2}),
        ("rename-device", 2, {"device": device}),
        ("list-devices", 2, {}),
        ("register-device", 2, {"device": device + 1, "completes": 0}),
        ("admin-register-device", 3, {**admin, "device": device + 1}),
        ("admin-rename-device", 4, {**admin, "device": device + 1}),
        ("admin-list-devices", 4, admin),
        ("admin-list-devices@shared", 4, delegated),
        ("sign-in", 5, {"device": device + 2, **_SIGN_INS[user % len(_SIGN_INS)]}),
        ("sign-in-by-email", 6, {"code_tries": 2, "code_ok": 1, "signed_in": 1}),
        ("sign-in-by-idp", 7, {"refusals": user % 3, "assertion_error": user % 2}),
        ("portal", 8, {}),
        ("portal-accounts", 8, {}),
        ("portal-roles", 8, by_token),
        ("portal-profiles", 8, {}),
        ("console", 9, {"permission_set": user % 2}),
        ("credentials", 9, by_token),
        ("device-grant", 9, {"polls": user % 5}),
        ("code-grant", 10, {}),
        ("refresh", 11, {}),
        ("sign-out", 12, {}),
        *(
            (
                call,
                13,
                {
                    **(delegated if call.endswith("@shared") else admin),
                    **group,
                    "attributes": 1 + user % 8,
                    "group_name": 1,
                },
            )
            for call in calls
        ),
        *(
            (
                name,
                13,
                {**(delegated if name.endswith("@shared") else admin), **documents},
            )
            # Everybody has a few of them, and a few people have all.
            for place, (name, documents) in enumerate(_TABLE_CALLS)
            if place % _PEOPLE == user % _PEOPLE
        ),
        ("delete-device", 15, {"device": device}),
        ("admin-delete-device", 15, {**admin, "device": device + 1}),
        ("identitystore/CreateGroupMembership", 13, {**admin, **group}),
        ("identitystore/DeleteGroupMembership", 16, {**admin, **group}),
        (f"{dialect}/DeleteGroup", 17, {**admin, **group}),
        (f"{dialect}/DeleteUser", 18, admin),
    ]


def a_story(
    users: int = 30,
    *,
    era: str = "by-date",
    start: int = START,
    constants: dict[str, int] | None = None,
    escapes: bool = False,
) -> Plan:
    """Return a plan in which users come, do everything there is to do, and go."""
    root = Key.root(11)
    rows: dict[str, list[dict[str, int]]] = {}
    for user in range(users):
        session, token = root.child("session", str(user)), root.child("token", str(user))
        for place, (flow, hours, columns) in enumerate(_story(user)):
            key = root.child(flow, str(user), str(place))
            shared = {
                "key_high": key.high,
                "key_low": key.low,
                "start": start + user * HOUR + hours * HOUR + place * MINUTE // 2,
                "user": user,
                "session_high": session.high,
                "session_low": session.low,
                "token_high": token.high,
                "token_low": token.low,
                "session_end": start + user * HOUR + 20 * HOUR,
                "address": user % 2,
                "agent": user % 2,
            }
            wanted = {*FLOWS[FLOW_INDEX[flow]].columns, *shared, "by_token", "typed", "typed_form"}
            told = {**shared, **columns}
            row = a_row(FLOWS[FLOW_INDEX[flow]])
            row |= {"by_token": 0, "typed": 0, "typed_form": 0}
            row |= {name: value for name, value in told.items() if name in wanted}
            row["token_expiry"] = start + user * HOUR + 40 * HOUR
            rows.setdefault(flow, []).append(row)
    return Plan(
        blocks=tuple(block_of(FLOWS[FLOW_INDEX[flow]], found) for flow, found in rows.items()),
        tables=a_tables(_texts(users)),
        gaps=((),),
        boundaries=boundaries("announced", REGION, era),
        constants=constants or {},
        escapes=escapes,
        overrides={},
        start=start,
        end=start + 90 * DAY,
    )


def story_lines(users: int = 14, era: str = "by-date") -> tuple[bytes, ...]:
    """Return the records of a story as lines, in order of time."""
    return _rendered(users, era)


@cache
def _rendered(users: int, era: str) -> tuple[bytes, ...]:
    # Without defaults: a cache takes one call that is written in two ways for two.
    plan = a_story(users, era=era)
    return tuple(vectorised.render(plan, 0, plan.horizon).lines)


def story_records(users: int = 14, era: str = "by-date") -> list[dict]:
    """Return the records of a story as objects of one's own."""
    return [orjson.loads(line) for line in story_lines(users, era)]


def a_record(kind: str, era: str = "post-january-2025", **wanted) -> dict:
    """Return the first record of a kind whose additional or detail members have these values."""
    source, _, name = kind.partition("/")
    for record in story_records(era=era):
        shown = {
            **record["userIdentity"],
            **(record.get("additionalEventData") or {}),
            **(record.get("serviceEventDetails") or {}),
            **(record.get("requestParameters") or {}),
        }
        if (
            record["eventSource"] == f"{source}.amazonaws.com"
            and record["eventName"] == name.partition("@")[0]
            and all(shown.get(member) == value for member, value in wanted.items())
        ):
            return record
    message = f"no {kind} with {wanted} in the story"
    raise LookupError(message)


def put(record: dict, path: str, value) -> dict:
    """Set one member of a record, found by path."""
    *above, name = path.split(".")
    inner = record
    for part in above:
        inner = inner[int(part) if part.isdigit() else part]
    inner[int(name) if name.isdigit() else name] = value
    return record


def without(record: dict, path: str) -> dict:
    """Take one member of a record away, found by path."""
    *above, name = path.split(".")
    inner = record
    for part in above:
        inner = inner[int(part) if part.isdigit() else part]
    del inner[name]
    return record


def as_lines(records: list[dict]) -> bytes:
    """Return records as NDJSON."""
    return b"".join(orjson.dumps(record) + b"\n" for record in records)


def report_of(folder: Path, text: bytes, **options) -> Report:
    """Return what validating a file of this text finds."""
    path = folder / "records.ndjson"
    path.write_bytes(text)
    return validate_paths([str(path)], options=Options(**options))


def codes_of(folder: Path, *records: dict, **options) -> dict[str, int]:
    """Return the codes that validating a file of these records finds."""
    return dict(report_of(folder, as_lines(list(records)), **options).codes)
