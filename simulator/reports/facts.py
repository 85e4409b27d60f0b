"""One record, as far as a report asks: read without trust, joined with what the truth says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from simulator.conversion import detected
from simulator.explanation.callers import who_of
from simulator.explanation.telling import has_failed
from simulator.explanation.ties import sort_of_credential
from simulator.primitives.instants import parse_instant
from simulator.records.eras import ERA_NAMES
from simulator.validation.checking import kind_of
from simulator.validation.memory import text_of

if TYPE_CHECKING:
    from simulator.reports.told import Told

OTHER: Final = "Other events"
"""The group of kinds that are not known."""
NOBODY: Final = "nobody known"


@dataclass(frozen=True, slots=True)
class Fact:
    """What one record says."""

    event_id: str
    """Empty where it has none."""
    at: int | None
    """eventTime in milliseconds; absent where it has none."""
    kind: str
    """Such as `sso/Logout`."""
    event: str
    """eventName."""
    group: str
    """The kind's group in the announcement."""
    era: str
    """Whose shape it has: a name, or several with `or` where nothing tells."""
    who: str
    """Name of whoever acts, an id where no name is shown."""
    address: str
    account: str
    """recipientAccountId."""
    is_failure: bool
    """Whether the record says that something failed."""
    credential_types: str
    """CredentialType, of the records of a sign-in."""
    workflow: str
    """AuthWorkflowID."""
    credential: str
    """credentialId of whoever acts."""
    sort: str
    """What that is of: see `explanation.ties`."""
    role: str
    """Permission set that is entered with; empty where none is."""
    entered: str
    """Account that is entered."""
    told: Told | None
    """What the truth says."""


# Many happen within a second, and a session has many records.
_instant = lru_cache(maxsize=1 << 12)(parse_instant)
_sort = lru_cache(maxsize=1 << 12)(sort_of_credential)


def fact_of(record: dict[str, Any], told: Told | None) -> Fact:
    """Return what a record says, whatever is in it.

    Args:
        record: As it was read.
        told: What the truth says of it, where there is one.
    """
    kind, name = kind_of(record)
    identity, more = record.get("userIdentity"), record.get("additionalEventData")
    details = record.get("serviceEventDetails")
    event, source = text_of(record, "eventName"), text_of(record, "eventSource")
    credential = text_of(identity, "credentialId")
    who = (told.who if told is not None else "") or who_of(record).short or NOBODY
    return Fact(
        event_id=text_of(record, "eventID"),
        at=_at(text_of(record, "eventTime")),
        kind=name,
        event=event,
        group=OTHER if kind is None else kind.group,
        era=(told.era if told is not None else "") or detected(record).era,
        who=who,
        address=text_of(record, "sourceIPAddress"),
        account=text_of(record, "recipientAccountId"),
        is_failure=has_failed(record),
        credential_types=text_of(more, "CredentialType"),
        workflow=text_of(more, "AuthWorkflowID"),
        credential=credential,
        sort=_sort(source, credential) if credential else "",
        role=text_of(details, "role_name"),
        entered=text_of(details, "account_id"),
        told=told,
    )


def _at(time: str) -> int | None:
    try:
        return _instant(time)
    except ValueError:
        return None


def eras_in_order(names: set[str]) -> list[str]:
    """Return eras, the oldest first, then what else records were said to be in."""
    known = [name for name in ERA_NAMES if name in names]
    return known + sorted(names - set(known))
