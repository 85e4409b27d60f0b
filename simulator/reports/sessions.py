"""Sign-ins, portal sessions and tokens of each user, from their first record to their last."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from simulator.explanation.ties import SIGN_IN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.reports.facts import Fact

MOST_SESSIONS: Final = 200_000
"""Sessions that are told apart."""
_WORST: Final = {"": 0, "benign": 1, "suspicious": 2, "malicious": 3}


@dataclass(slots=True)
class Session:
    """What records with one credentialId, or one AuthWorkflowID, have in common."""

    who: str
    sort: str
    """See `explanation.ties`."""
    first: int
    """eventTime of its first record, in milliseconds."""
    last: int
    records: int = 0
    failures: int = 0
    label: str = ""
    """The worst that the truth says of any of its records."""
    ended: bool = False
    """Whether somebody signed out."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever has sessions."""

    who: str
    label: str
    sessions: tuple[Session, ...]
    """In order of their beginning."""


@dataclass(slots=True)
class Sessions:
    """Gathers sessions."""

    found: dict[str, Session] = field(default_factory=dict)
    """By id."""
    left_out: int = 0
    """Records of sessions that came when too many were known."""

    def add(self, fact: Fact) -> None:
        """Take notice of a record."""
        if fact.at is None:
            return
        key, sort = (fact.workflow, SIGN_IN) if fact.workflow else (fact.credential, fact.sort)
        if not key:
            return
        session = self.found.get(key)
        if session is None:
            if len(self.found) == MOST_SESSIONS:
                self.left_out += 1
                return
            session = self.found[key] = Session(fact.who, sort, fact.at, fact.at)
        session.first, session.last = min(session.first, fact.at), max(session.last, fact.at)
        session.records += 1
        session.failures += fact.is_failure
        session.ended |= fact.event == "Logout"
        if fact.told is not None:
            session.label = max(session.label, fact.told.label, key=_weight)

    def people(self) -> Iterator[Person]:
        """Yield everybody with sessions: whom the truth suspects first, then the busiest."""
        of: dict[str, list[Session]] = {}
        for session in self.found.values():
            of.setdefault(session.who, []).append(session)
        people = [
            Person(
                who,
                max((one.label for one in mine), key=_weight),
                tuple(sorted(mine, key=lambda one: (one.first, one.last))),
            )
            for who, mine in of.items()
        ]
        yield from sorted(
            people, key=lambda one: (-_weight(one.label), -len(one.sessions), one.who)
        )


def _weight(label: str) -> int:
    return _WORST.get(label, 0)
