"""What one record says: who, did what, from where, with which credential.

Everything is read off the record and its kind; nothing is known here of a kind by name but what a
sign-in's three records say of their outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.explanation.callers import who_of
from simulator.explanation.clients import client_of
from simulator.explanation.words import (
    NAMED_IN_SHORT,
    SPEAK_FOR_THEMSELVES,
    credentials,
    label_of,
    shortened,
    told,
    value_of,
)
from simulator.records.api.structures import HIDDEN
from simulator.validation.checking import kind_of
from simulator.validation.memory import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.explanation.callers import Who
    from simulator.records.kinds import Kind

Lines = tuple[tuple[str, str], ...]
"""Labels, and a text each."""

_SIDES: Final = (
    "requestParameters",
    "responseElements",
    "serviceEventDetails",
    "additionalEventData",
)
_MOST_LINES: Final = 40
"""Members of a record's payloads that are told."""
_MOST_NAMED: Final = 3
"""Values of one member that a sentence names."""
_MOST_DEEP: Final = 12
"""Objects within one another that are looked into."""

_OUTCOMES: Final = {
    ("CredentialVerification", "Success"): "accepted",
    ("CredentialVerification", "Failure"): "refused",
    ("CredentialChallenge", "Failure"): "which failed",
    ("UserAuthentication", "Failure"): "which failed",
    ("ExternalIdPDirectoryLogin", "Success"): "accepted",
    ("ExternalIdPDirectoryLogin", "Failure"): "refused",
    ("ConsoleLogin", "Failure"): "refused",
}
"""Outcome of an event that has one, by its name; others go without saying."""

_FAILED: Final = frozenset({"refused", "which failed", "Failure"})
"""Outcomes, as they are told, of what failed."""

_POLLED: Final = "not approved yet"


@dataclass(frozen=True, slots=True)
class Telling:
    """What a record says."""

    kind: str
    """Such as `sso/Logout`; for kinds that are not known, source and name as it has them."""
    event_id: str
    time: str
    """As the record has it; empty where it has none that is text."""
    who: Who
    deed: str
    """What whoever acts does, as a sentence without its subject."""
    what: Lines
    """Members of the payloads in words."""
    where: str
    """From where, as a sentence without its subject."""
    where_lines: Lines
    hidden: tuple[str, ...]
    """Paths of members that AWS hides."""
    error: str
    """Why the call failed; empty where it did not."""
    credential: str = ""
    """CredentialType in words, of the records of a sign-in."""
    outcome: str = ""
    """What became of the credential, or of the sign-in; empty where that goes without saying."""


def telling_of(record: dict[str, Any]) -> Telling:
    """Return what a record says, whatever is in it."""
    kind, name = kind_of(record)
    leaves = list(_leaves(record))
    error = _error(record)
    outcome = _outcome(record)
    where, where_lines = _where(record)
    types = text_of(record.get("additionalEventData"), "CredentialType")
    return Telling(
        kind=name,
        event_id=_text(record, "eventID"),
        time=_text(record, "eventTime"),
        who=who_of(record),
        deed=_deed(kind, name, leaves, (outcome, error)),
        what=_what(leaves),
        where=where,
        where_lines=where_lines,
        hidden=tuple(told(path) for path, _, value in leaves if value == HIDDEN),
        error=error,
        credential=credentials(types) if types else "",
        outcome=outcome,
    )


def _text(record: dict[str, Any], name: str) -> str:
    text = text_of(record, name)
    return told(text) if text else ""


def _leaves(record: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield path, name and value of every member of the payloads that has no members itself."""
    stack: list[tuple[str, str, Any, int]] = [
        (side, side, record.get(side), 0) for side in reversed(_SIDES)
    ]
    while stack:
        path, name, value, depth = stack.pop()
        if isinstance(value, dict | list) and value and depth < _MOST_DEEP:
            inside = value.items() if isinstance(value, dict) else enumerate(value)
            # What is in a list goes by the name of the list.
            stack += reversed(
                [
                    (f"{path}.{key}", key if isinstance(key, str) else name, inner, depth + 1)
                    for key, inner in inside
                ]
            )
        elif value is not None and value not in ({}, []) and depth:
            yield path, name, value


def _deed(
    kind: Kind | None, name: str, leaves: list[tuple[str, str, Any]], ends: tuple[str, str]
) -> str:
    outcome, error = ends
    meaning = f"does {name}" if kind is None else kind.meaning
    named = ", ".join(_in_short(leaves))
    tail = ", ".join(part for part in (named, outcome) if part)
    says = f"{meaning}: {tail}" if tail else meaning
    if not error:
        return says
    return f"{says} ({error})" if outcome else f"{says}; the call fails: {error}"


def _in_short(leaves: list[tuple[str, str, Any]]) -> Iterator[str]:
    """Yield what a sentence names, each thing once."""
    values: dict[str, dict[str, None]] = {}
    for _, name, value in leaves:
        if value == HIDDEN or not isinstance(value, str):
            continue
        values.setdefault(name, {})[value] = None
        if name == "CredentialType":
            yield credentials(value)
    principal = next(iter(values.get("principalType", {})), "")
    for name in NAMED_IN_SHORT:
        if name not in values:
            continue
        label = label_of(name)
        if name == "principalId" and principal:
            label = told(principal).lower()
        texts = [value_of(name, shortened(value)) for value in values[name]]
        more = [f"{len(texts) - _MOST_NAMED:,} more"] if len(texts) > _MOST_NAMED else []
        said = " and ".join(texts[:_MOST_NAMED] + more)
        yield said if name in SPEAK_FOR_THEMSELVES else f"{label} {said}"


def _what(leaves: list[tuple[str, str, Any]]) -> Lines:
    lines = [
        (label_of(name), value_of(name, value)) for _, name, value in leaves if value != HIDDEN
    ]
    kept = list(dict.fromkeys(lines))
    more = len(kept) - _MOST_LINES
    return (*kept[:_MOST_LINES], *((("…", f"and {more:,} more"),) if more > 0 else ()))


def _outcome(record: dict[str, Any]) -> str:
    event = text_of(record, "eventName")
    for side in ("serviceEventDetails", "responseElements"):
        shown = text_of(record.get(side), event)
        if shown:
            return _OUTCOMES.get((event, shown), "" if shown == "Success" else told(shown))
    request = record.get("requestParameters")
    if event == "CreateToken" and record.get("responseElements") is None:
        return _POLLED if text_of(request, "deviceCode") else "not given"
    return ""


def has_failed(record: dict[str, Any]) -> bool:
    """Return whether a record says that something failed: a call, a credential, a sign-in."""
    return bool(_error(record)) or _outcome(record) in _FAILED


def _error(record: dict[str, Any]) -> str:
    code, message = _text(record, "errorCode"), _text(record, "errorMessage")
    return ": ".join(part for part in (code, message) if part)


def _where(record: dict[str, Any]) -> tuple[str, Lines]:
    address, agent = _text(record, "sourceIPAddress"), text_of(record, "userAgent")
    region, account = _text(record, "awsRegion"), _text(record, "recipientAccountId")
    host = text_of(record.get("tlsDetails"), "clientProvidedHostHeader")
    says = f"from {address or 'an address the record does not show'}"
    says += f" with {client_of(agent)}" if agent else ""
    says += f", in {region}" if region else ""
    lines = (
        ("user agent", told(agent) if agent else ""),
        ("host asked", told(host) if host else ""),
        ("delivered to account", account),
    )
    return says, tuple((label, text) for label, text in lines if text)
