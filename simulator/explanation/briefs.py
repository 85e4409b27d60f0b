"""What one record says on one line, in columns: when, what, who, from where, what came of it.

The words are those of an explanation. The last column shows what the eras changed of
`userIdentity`, as the record has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.conversion.detecting import EITHER, UNKNOWN, detected
from simulator.explanation.clients import client_of
from simulator.explanation.telling import has_failed, telling_of
from simulator.explanation.words import told
from simulator.validation.judging import identity_type
from simulator.validation.memory import text_of

if TYPE_CHECKING:
    from simulator.explanation.callers import Who

_MEMBERS: Final = ("principalId", "userName", "onBehalfOf", "credentialId")
"""Members of userIdentity that an era took away or brought, of users of Identity Center."""
_USERS: Final = frozenset({"Unknown", "IdentityCenterUser"})
_UNTOLD: Final = frozenset({EITHER, UNKNOWN})
"""What is said of an era where the record does not tell."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What one record says, in short."""

    time: str
    """As the record has it; empty where it has none that is text."""
    kind: str
    """Such as `sso/Logout`."""
    event: str
    """Such as `Logout`; empty where the record has none."""
    who: str
    identity: Who
    """The same, as it is explained."""
    where: str
    """Address and program."""
    outcome: str
    """What came of it, with the credential of a sign-in; empty where that goes without saying."""
    is_failure: bool
    """Whether it failed: a call with an error, or a credential that was refused."""
    era: str
    """Type of identity, which members that eras changed are there, and the era if that tells."""


def brief_of(record: dict[str, Any]) -> Brief:
    """Return what a record says in short, whatever is in it."""
    telling = telling_of(record)
    agent = text_of(record, "userAgent")
    address = text_of(record, "sourceIPAddress")
    event = text_of(record, "eventName")
    where = (told(address) if address else "", client_of(agent) if agent else "")
    outcome = ": ".join(part for part in (telling.credential, telling.outcome) if part)
    return Brief(
        time=telling.time,
        kind=telling.kind,
        event=told(event) if event else "",
        who=telling.who.short or telling.who.says,
        identity=telling.who,
        where=" ".join(part for part in where if part),
        outcome="; ".join(part for part in (outcome, telling.error) if part),
        is_failure=has_failed(record),
        era=_era(record),
    )


def _era(record: dict[str, Any]) -> str:
    identity = record.get("userIdentity")
    shown = identity_type(record)
    words = [told(shown) if shown else "no type"]
    if isinstance(identity, dict) and shown in _USERS:
        words += [name for name in _MEMBERS if identity.get(name) is not None]
    era = detected(record).era
    return " ".join(words if era in _UNTOLD else [*words, f"({era})"])
