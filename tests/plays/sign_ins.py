"""What finds attacks on sign-ins, sessions and credentials: rules as an analyst would write.

Each takes records in order, as a trail has them, and returns the eventIDs of those that are
suspect. None knows the truth.
"""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from simulator.directory.networks import geo_table
from simulator.primitives.instants import DAY, HOUR, MINUTE, parse_instant
from tests.plays.analyst import HIDDEN, ids, user_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.plays.analyst import Record

ENROLLED: Final = ("CompleteVirtualMfaDeviceRegistration", "CompleteWebAuthnDeviceRegistration")
DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"


def at(record: Record) -> int:
    """Return when a record happened, in milliseconds."""
    return parse_instant(record["eventTime"])


def named(records: list[Record], *names: str) -> list[Record]:
    """Return records of these event names."""
    return [record for record in records if record["eventName"] in names]


def within(records: list[Record], start: int, end: int) -> list[Record]:
    """Return records of a span of time, both ends included."""
    return [record for record in records if start <= at(record) <= end]


def by(records: list[Record], key: Callable[[Record], Any]) -> dict[Any, list[Record]]:
    """Return records in groups, without those that belong to none."""
    groups: dict[Any, list[Record]] = defaultdict(list)
    for record in records:
        if (name := key(record)) is not None:
            groups[name].append(record)
    return groups


def address(record: Record) -> str:
    """Return where a record's call came from."""
    return str(record["sourceIPAddress"])


def credential_id(record: Record) -> str | None:
    """Return the session or token that a portal call was made with."""
    found = record["userIdentity"].get("credentialId")
    return found if record["eventSource"] == "sso.amazonaws.com" else None


def account_of(record: Record) -> str:
    """Return the account whose credentials were fetched."""
    return str(record["serviceEventDetails"]["account_id"])


@cache
def country(text: str) -> str | None:
    """Return the country of an address, from the table that is shipped for that."""
    if ":" in text:
        return None
    number = int(ipaddress.IPv4Address(text))
    ranges = (row for row in geo_table() if ":" not in row.cidr)
    return next((r.country for r in ranges if r.first <= number < r.first + r.size), None)


@dataclass
class Attempt:
    """What one sign-in workflow came to."""

    address: str
    began: int
    name: str | None = None
    """As typed; None where no record shows it."""
    user: str | None = None
    """The user's id, once an answer was right."""
    failed: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    """Wrong answers by the credential type asked for."""
    entered: Record | None = None
    """The record of success."""


def attempts(records: list[Record]) -> list[Attempt]:
    """Return sign-ins with a challenge, in the order in which they begin."""
    found: dict[str, Attempt] = {}
    for record in named(
        records, "CredentialChallenge", "CredentialVerification", "UserAuthentication"
    ):
        more, details = record["additionalEventData"], record["serviceEventDetails"]
        one = found.setdefault(more["AuthWorkflowID"], Attempt(address(record), at(record)))
        name = more.get("UserName", record["userIdentity"].get("userName"))
        one.name = one.name or (None if name == HIDDEN else name)
        one.user = one.user or user_id(record)
        if details.get("CredentialVerification") == "Failure":
            one.failed[more["CredentialType"]].append(record)
        if record["eventName"] == "UserAuthentication":
            one.entered = record
    return list(found.values())


def spans(tries: list[Attempt], span: int) -> Iterator[list[Attempt]]:
    """Yield, for each address and each of its attempts, those within a span from there on."""
    groups: dict[str, list[Attempt]] = defaultdict(list)
    for one in tries:
        groups[one.address].append(one)
    for group in groups.values():
        starts = [one.began for one in group]
        for position, one in enumerate(group):
            yield group[position : bisect_right(starts, one.began + span)]


def lost(tries: list[Attempt]) -> dict[str, list[Attempt]]:
    """Return attempts with wrong passwords by name, of those who do not get in at all.

    Where a name is hidden, every attempt counts as another.
    """
    entered = {one.name for one in tries if one.entered}
    found: dict[str, list[Attempt]] = defaultdict(list)
    for position, one in enumerate(tries):
        if one.failed["PASSWORD"] and not (one.name and one.name in entered):
            found[one.name or f"hidden {position}"].append(one)
    return found


def entered_names(tries: list[Attempt]) -> set[str | None]:
    """Return the names of those who got in."""
    return {one.name for one in tries if one.entered}


def failures(tries: Iterable[Attempt], kind: str) -> list[Record]:
    """Return the wrong answers of attempts."""
    return [record for one in tries for record in one.failed[kind]]


def unique(found: Iterable[str]) -> list[str]:
    """Return each once, in order."""
    return list(dict.fromkeys(found))


def device_code_phishing(records: list[Record]) -> list[str]:
    """Find device codes redeemed where the user never signed in, for roles of many accounts."""
    homes = by(named(records, "UserAuthentication"), user_id)
    fetched = by(named(records, "GetRoleCredentials"), user_id)
    found: list[str] = []
    for token in named(records, "CreateToken"):
        user, place = user_id(token), address(token)
        is_known = place in {address(record) for record in homes[user]} if user in homes else True
        if token["requestParameters"]["grantType"] != DEVICE_GRANT or user is None or is_known:
            continue
        soon = within(fetched.get(user, []), at(token), at(token) + 15 * MINUTE)
        taken = [record for record in soon if address(record) == place]
        if len({account_of(record) for record in taken}) >= 3:
            found += ids([token, *taken])
    return unique(found)


def password_spray(records: list[Record]) -> list[str]:
    """Find addresses where many names fail in an hour and hardly anybody gets in."""
    found: list[str] = []
    for tries in spans(attempts(records), HOUR):
        failing = lost(tries)
        if len(failing) >= 6 and len(failing) >= 3 * len(entered_names(tries)):
            found += ids(failures((one for some in failing.values() for one in some), "PASSWORD"))
    return unique(found)


def credential_stuffing(records: list[Record]) -> list[str]:
    """Find who gets in where several others failed for good, and takes credentials there."""
    taken = by(named(records, "GetRoleCredentials", "Federate"), user_id)
    found: list[str] = []
    for tries in spans(attempts(records), HOUR):
        failing, names = lost(tries), entered_names(tries)
        if len(failing) < 3 or len(failing) < 3 * len(names):
            continue
        for one in tries:
            if one.entered is None:
                continue
            after = within(taken.get(one.user, []), one.began, one.began + HOUR)
            there = [record for record in after if address(record) == one.address]
            found += ids([one.entered, *there] if there else [])
    return unique(found)


def impossible_travel(records: list[Record]) -> list[str]:
    """Find a sign-in in another country within two hours, at an address that is nobody else's."""
    signed_in = named(records, "UserAuthentication")
    people = {
        place: {user_id(one) for one in some} for place, some in by(signed_in, address).items()
    }
    found: list[Record] = []
    for own in by(signed_in, user_id).values():
        for position, (before, after) in enumerate(pairwise(own)):
            here, there = country(address(before)), country(address(after))
            known = {address(one) for one in own[: position + 1]}
            is_fast = at(after) - at(before) < 2 * HOUR and None not in {here, there}
            is_own = len(people[address(after)]) == 1 and address(after) not in known
            if is_fast and here != there and is_own:
                found.append(after)
    return ids(found)


def stolen_portal_session(records: list[Record]) -> list[str]:
    """Find a portal session used at a second address while the first one goes on with it."""
    browsing = [one for one in records if one["userAgent"].startswith("Mozilla/")]
    found: list[str] = []
    for session in by(browsing, credential_id).values():
        first = address(session[0])
        elsewhere = [record for record in session if address(record) != first]
        for record in elsewhere:
            later = within(session, at(record), at(record) + 2 * HOUR)
            if any(address(one) == first for one in later):
                found.append(record["eventID"])
    return unique(found)


def mfa_device_added(records: list[Record]) -> list[str]:
    """Find a device registered at a new address while the user is also at an old one."""
    everything = by(records, user_id)
    found: list[str] = []
    for done in named(records, *ENROLLED):
        own, place = everything.get(user_id(done), []), address(done)
        there = [one for one in own if address(one) == place]
        elsewhere = [one for one in own if address(one) != place]
        demanded = within(named(there, "UserAuthentication"), at(done) - 10 * MINUTE, at(done))
        if any("DeviceEnrollmentRequired" in one["additionalEventData"] for one in demanded):
            continue
        is_new = bool(there) and at(done) - at(there[0]) < DAY
        before = [one for one in elsewhere if at(one) < at(there[0])] if there else []
        after = within(elsewhere, at(done), at(done) + 12 * HOUR)
        if is_new and before and after:
            found += ids([done])
    return found


def mfa_reset_takeover(records: list[Record]) -> list[str]:
    """Find who enrols, after a reset by an administrator, where the user never was before."""
    signed_in = by(named(records, "UserAuthentication"), user_id)
    removed = {
        (record["requestParameters"]["user"]["userId"], at(record))
        for record in named(records, "DeleteMfaDeviceForUser")
        if user_id(record) is None
    }
    found: list[str] = []
    for reset in named(records, "UpdatePassword"):
        user, when = reset["requestParameters"]["userId"], at(reset)
        if not any(who == user and abs(when - since) < HOUR for who, since in removed):
            continue
        known = {address(one) for one in signed_in.get(user, []) if at(one) < when}
        for one in within(signed_in.get(user, []), when, when + DAY):
            enrols = "DeviceEnrollmentRequired" in one["additionalEventData"]
            if enrols and address(one) not in known:
                found += ids([one])
    return found


def mfa_policy_weakened(records: list[Record]) -> list[str]:
    """Find MFA settings changed by a role at an address that it first came from that day."""
    acts = by(records, lambda one: one["userIdentity"].get("principalId"))
    found: list[Record] = []
    for change in named(records, "PutMfaDeviceManagementForDirectory"):
        own = acts[change["userIdentity"]["principalId"]]
        since = next(at(one) for one in own if address(one) == address(change))
        if at(change) - since < DAY and any(at(one) < since for one in own):
            found.append(change)
    return ids(found)


def repeated_code_failures(records: list[Record]) -> list[str]:
    """Find six wrong codes of a user in an hour that no resynchronised device explains."""
    found: list[str] = []
    for tries in spans(attempts(records), HOUR):
        for user in {one.user for one in tries if one.user}:
            own = [one for one in tries if one.user == user]
            wrong = failures(own, "TOTP")
            entered = [one.entered["additionalEventData"] for one in own if one.entered]
            drifted = any("RESYNC_TOTP" in more["CredentialType"] for more in entered)
            if len(wrong) >= 6 and not drifted:
                found += ids(wrong)
    return unique(found)


def mass_credential_retrieval(records: list[Record]) -> list[str]:
    """Find roles of five accounts taken in ten minutes where the user never signed in."""
    openings = by(named(records, "UserAuthentication", "CreateToken"), user_id)
    found: list[str] = []
    for user, fetched in by(named(records, "GetRoleCredentials"), user_id).items():
        known = {address(one) for one in openings.get(user, [])}
        strange = [one for one in fetched if known and address(one) not in known]
        for first in strange:
            soon = within(strange, at(first), at(first) + 10 * MINUTE)
            if len({account_of(one) for one in soon}) >= 5:
                found += ids(soon)
    return unique(found)


def departing_employee(records: list[Record]) -> list[str]:
    """Find a session that copies keys of many accounts and removes a device for nothing new."""
    enrolled = by(named(records, *ENROLLED), user_id)
    keyed = by(
        named(records, "GetRoleCredentials", "DeleteMfaDeviceForUser"),
        lambda one: one["userIdentity"].get("credentialId"),
    )
    found: list[str] = []
    for session in keyed.values():
        fetched = named(session, "GetRoleCredentials")
        removed = named(session, "DeleteMfaDeviceForUser")
        if not removed or len({account_of(one) for one in fetched}) < 4:
            continue
        new = within(enrolled.get(user_id(removed[0]), []), at(removed[0]) - DAY, at(removed[0]))
        if not new:
            found += ids([*fetched, *removed])
    return found


def idp_misconfiguration_storm(records: list[Record]) -> list[str]:
    """Find an address where SAML responses are refused in a row and at most one user gets in."""
    refused = by(named(records, "ExternalIdPDirectoryLogin"), address)
    entered = by(named(records, "UserAuthentication"), address)
    found: list[str] = []
    for place, failed in refused.items():
        for first in failed:
            soon = within(failed, at(first), at(first) + 30 * MINUTE)
            later = within(entered.get(place, []), at(first), at(first) + 2 * HOUR)
            if len(soon) >= 6 and len({user_id(one) for one in later}) <= 1:
                found += ids([*soon, *later])
    return unique(found)


def directory_name_brute_force(records: list[Record]) -> list[str]:
    """Find an address where several people's names fail in two forms each, and for good."""
    found: list[str] = []
    for tries in spans(attempts(records), HOUR):
        failing = lost(tries)
        forms: dict[str, set[str]] = defaultdict(set)
        for name in failing:
            forms[name.rpartition("\\")[2].partition("@")[0]].add(name)
        people = [name for name, typed in forms.items() if len(typed) > 1]
        if len(people) >= 2 and sum(map(len, failing.values())) >= 8:
            found += ids(failures((one for some in failing.values() for one in some), "PASSWORD"))
    return unique(found)


DETECTIONS: Final[dict[str, Callable[[list[Record]], list[str]]]] = {
    "credential-stuffing": credential_stuffing,
    "departing-employee": departing_employee,
    "device-code-phishing": device_code_phishing,
    "directory-name-brute-force": directory_name_brute_force,
    "idp-misconfiguration-storm": idp_misconfiguration_storm,
    "impossible-travel": impossible_travel,
    "mass-credential-retrieval": mass_credential_retrieval,
    "mfa-device-added": mfa_device_added,
    "mfa-policy-weakened": mfa_policy_weakened,
    "mfa-reset-takeover": mfa_reset_takeover,
    "password-spray": password_spray,
    "repeated-code-failures": repeated_code_failures,
    "stolen-portal-session": stolen_portal_session,
}
"""Play to what finds it."""
