"""What ties records together: the ids that they share.

A tie has a sort and an id. Ties of a story hold a sign-in or a session together; others say no
more than that two records have to do with one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.explanation.callers import SCIM
from simulator.validation.looks import look_of
from simulator.validation.memory import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIGN_IN: Final = "sign-in"
PORTAL: Final = "portal session"
TOKEN: Final = "access token"  # noqa: S105  # a sort of tie
SESSION: Final = "session"
DEVICE_CODE: Final = "device code"
ROLE: Final = "role session"
KEY: Final = "access key"
PROVISIONING: Final = "provisioning token"
CLIENT: Final = "OIDC client"
SHARED: Final = "call that two accounts received"
REQUEST: Final = "HTTP request"

OF_STORIES: Final = (SIGN_IN, PORTAL, TOKEN, SESSION, DEVICE_CODE, ROLE, KEY, PROVISIONING)
"""Sorts that hold a story together, the one that names it first."""
SORTS: Final = (*OF_STORIES, SHARED, REQUEST, CLIENT)
"""All sorts, in the order in which they are told."""

_MOST_LETTERS: Final = 1_000
"""Of an id that is compared; nobody's is longer."""


@dataclass(frozen=True, slots=True, order=True)
class Tie:
    """An id that a record has, and may share."""

    sort: str
    id: str


def ties_of(record: dict[str, Any]) -> tuple[Tie, ...]:
    """Return what ties a record to others, in the order of `SORTS`."""
    found = dict.fromkeys(Tie(sort, text[:_MOST_LETTERS]) for sort, text in _found(record) if text)
    return tuple(sorted(found, key=lambda tie: SORTS.index(tie.sort)))


def _found(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for way in _WAYS:
        yield from way(record)


def _inside(record: dict[str, Any], *path: str) -> str:
    *above, name = path
    inner: Any = record
    for part in above:
        inner = inner.get(part) if isinstance(inner, dict) else None
    return text_of(inner, name)


def _sign_in(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield SIGN_IN, _inside(record, "additionalEventData", "AuthWorkflowID")


def _credential(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the credentialId, whose form says what it is of."""
    for path in (("userIdentity", "credentialId"), _CREDENTIAL_OF_ANSWER):
        found = _inside(record, *path)
        if found:
            yield sort_of_credential(text_of(record, "eventSource"), found), found


_CREDENTIAL_OF_ANSWER: Final = ("additionalEventData", "identitycenter:CredentialId")


def sort_of_credential(source: str, credential: str) -> str:
    """Return what a credentialId is of, in records of an eventSource."""
    if source == "signin.amazonaws.com":
        return SIGN_IN
    if look_of("session.handle")(credential):
        return PORTAL
    return TOKEN if look_of("token.credential")(credential) else SESSION


def _oidc(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield DEVICE_CODE, _inside(record, "requestParameters", "deviceCode")
    yield CLIENT, _inside(record, "requestParameters", "clientId")


def _role(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the session of a role: who has it, and when it began."""
    began = _inside(record, "userIdentity", "sessionContext", "attributes", "creationDate")
    holder = _inside(record, "userIdentity", "principalId")
    if began and holder:
        yield ROLE, f"{holder} since {began}"
    # The session begins in the second in which the role is taken.
    taken = _inside(record, "responseElements", "assumedRoleUser", "assumedRoleId")
    if taken and (time := text_of(record, "eventTime")):
        yield ROLE, f"{taken} since {time}"


def _key(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    is_client = record.get("eventSource") == SCIM
    yield PROVISIONING if is_client else KEY, _inside(record, "userIdentity", "accessKeyId")
    yield KEY, _inside(record, "responseElements", "credentials", "accessKeyId")


def _call(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield SHARED, text_of(record, "sharedEventID")
    yield REQUEST, text_of(record, "requestID")


_WAYS: Final[tuple[Callable[[dict[str, Any]], Iterator[tuple[str, str]]], ...]] = (
    _sign_in,
    _credential,
    _oidc,
    _role,
    _key,
    _call,
)
