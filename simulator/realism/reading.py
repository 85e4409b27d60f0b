"""A run's records, as far as they tell of everyday activity, and whose they are.

Of the truth is asked only who acted and whether it was everyday activity. All else is
read from the records, as somebody would who has nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import InputError
from simulator.primitives.instants import parse_instant
from simulator.validation.reading import Trouble, read_source
from simulator.verification.checking import RECORDS
from simulator.verification.places import opened
from simulator.verification.rows import key_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from simulator.sinks.manifest import Manifest
    from simulator.verification import Place
    from simulator.verification.rows import Key

_TOKEN: Final = "AAAA"  # noqa: S105  # how the id of an access token begins
_SAID: Final = (
    "CredentialChallenge",
    "CredentialVerification",
    "UserAuthentication",
    "ExternalIdPDirectoryLogin",
)
_USED: Final = (
    "Authenticate",
    "ListApplications",
    "ListAccounts",
    "ListAccountRoles",
    "ListProfilesForApplication",
    "Federate",
    "GetRoleCredentials",
    "Logout",
    "CreateToken",
    "ListMfaDevicesForUser",
    "CompleteVirtualMfaDeviceRegistration",
    "CompleteWebAuthnDeviceRegistration",
    "ConsoleLogin",
)
NAMES: Final = frozenset((*_SAID, *_USED))
"""eventNames that are looked at."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What one record says."""

    at: int
    """eventTime, in milliseconds."""
    name: str
    """eventName."""
    who: str
    """Name of the user who acted."""
    address: str
    agent: str
    session: str
    """credentialId of a portal session; empty where the record has none."""
    by_token: bool
    """Whether a tool acts, with a token."""
    workflow: str
    """AuthWorkflowID, or empty."""
    typed: str
    """User name as typed, or empty."""
    types: str
    """CredentialType, or empty."""
    is_right: bool
    """Whether it is not said to have failed."""
    grant: str
    """grantType of a token, or empty."""
    code: str
    """deviceCode, or empty."""
    expires: int
    """expiresIn of a token, in seconds; 0 where none was given."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a run says of everyday activity."""

    facts: tuple[Fact, ...]
    """In the order in which they happened."""
    in_stories: frozenset[str]
    """Names of users of whom the storyline tells: they live by other rules."""
    records: int
    """How many records the run has."""


def read_run(place: Place, manifest: Manifest) -> Told:
    """Return what the records of a run tell.

    Raises:
        InputError: A file is missing or is not what it should be, or there is no truth.
        MissingExtraError: A file is compressed by what is not installed.
    """
    if not any(entry.role == "truth" for entry in manifest.files):
        message = (
            f"{place.shown(place.key)}: without the truth nobody knows whose records are whose"
        )
        raise InputError(message)
    whose: dict[Key, int] = {}
    actors: list[str] = []
    in_stories: set[str] = set()
    for line in _objects(place, manifest, ("truth",)):
        actor = line.get("actor")
        user = line.get("user") or {}
        if line.get("action") != "background":
            in_stories |= {name for name in (actor, user.get("name")) if name}
        elif actor is not None and line.get("administrator") is None:
            whose[key_of(line["eventID"])] = len(actors)
            actors.append(intern(actor))
    found: dict[int, Fact] = {}
    count = 0
    for record in _objects(place, manifest, RECORDS):
        count += 1
        # An override may have put anything into either, or nothing.
        name, event_id = record.get("eventName"), record.get("eventID")
        if not (isinstance(name, str) and name in NAMES and isinstance(event_id, str)):
            continue
        order = whose.get(key_of(event_id))
        if order is not None:
            # A record that is delivered twice is one.
            found[order] = _fact(record, actors[order])
    facts = tuple(found[order] for order in sorted(found))
    return Told(facts, frozenset(in_stories), count)


def _objects(place: Place, manifest: Manifest, roles: Collection[str]) -> Iterator[dict[str, Any]]:
    for entry in manifest.files:
        if entry.role not in roles:
            continue
        if entry.name == "-":
            message = (
                f"{place.shown(place.key)}: the records went to standard output: write them to a "
                "folder with -o DIR/"
            )
            raise InputError(message)
        with opened(place.source, entry.name) as source:
            for item in read_source(place.shown(entry.name), source):
                if isinstance(item, Trouble):
                    message = f"{item.place}: {item.message}"
                    raise InputError(message)
                yield item.record


# Many happen within a second.
_instant = lru_cache(maxsize=1 << 10)(parse_instant)


def _fact(record: dict[str, Any], who: str) -> Fact:
    identity = record.get("userIdentity") or {}
    more = record.get("additionalEventData") or {}
    asked = record.get("requestParameters") or {}
    given = record.get("responseElements") or {}
    details = record.get("serviceEventDetails") or {}
    name, agent = record["eventName"], record.get("userAgent", "")
    credential = identity.get("credentialId", "")
    is_sign_in = name in _SAID
    by_token = credential.startswith(_TOKEN) or (
        agent.startswith("aws-cli/") and name != "CreateToken"
    )
    return Fact(
        at=_instant(record["eventTime"]),
        name=name,
        who=who,
        address=intern(record.get("sourceIPAddress", "")),
        agent=intern(agent),
        session="" if is_sign_in or by_token else intern(credential),
        by_token=by_token,
        workflow=intern(more.get("AuthWorkflowID", "")),
        typed=intern(more.get("UserName") or identity.get("userName", "")),
        types=intern(more.get("CredentialType", "")),
        is_right="Failure" not in {details.get(name), given.get(name)},
        grant=intern(asked.get("grantType", "")),
        code=asked.get("deviceCode", ""),
        expires=given.get("expiresIn") or 0,
    )
