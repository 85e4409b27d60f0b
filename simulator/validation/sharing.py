"""Calls that two accounts receive: one sharedEventID, a record for each, alike otherwise.

Who has the files of one account has one record of each call, and nothing is wrong with that;
only where records of the other account are there too is one of them missed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from simulator.primitives.jsontext import json_text
from simulator.validation.findings import shown
from simulator.validation.memory import Recent, text_of

if TYPE_CHECKING:
    from simulator.validation.findings import Ledger, Subject
    from simulator.validation.layouts import Value

_ALIKE: Final = (
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "requestID",
    "userIdentity",
    "requestParameters",
    "responseElements",
)
_MOST_ACCOUNTS: Final = 100_000


@dataclass(slots=True)
class _Call:
    """What was seen of the records of one sharedEventID."""

    digests: tuple[int, ...]
    """Of what they have in common; compared within one run only."""
    subject: Subject
    time: str
    caller: str
    """Account of whoever called; empty where none is shown."""
    event_ids: dict[str, str]
    """By the account that received the record."""


@dataclass(slots=True)
class Sharing:
    """Checks records that have a sharedEventID."""

    ledger: Ledger
    _calls: Recent[_Call] = field(default_factory=Recent)
    _accounts: set[str] = field(default_factory=set)

    def check(self, record: dict[str, Value], subject: Subject, time: str) -> None:
        """Check one record against those of its call."""
        account = text_of(record, "recipientAccountId")
        if account and len(self._accounts) < _MOST_ACCOUNTS:
            self._accounts.add(account)
        shared = text_of(record, "sharedEventID")
        if not shared:
            return
        digests = tuple(hash(json_text(record.get(name))) for name in _ALIKE)
        call = self._calls.get(shared)
        if call is None:
            caller = text_of(record.get("userIdentity"), "accountId")
            call = _Call(digests, subject, time, caller, {account: subject.event_id})
            self._calls.put(shared, call)
            return
        unlike = [
            name
            for name, one, other in zip(_ALIKE, call.digests, digests, strict=True)
            if one != other
        ]
        if unlike:
            message = f"sharedEventID {shown(shared)} was seen with another {' and '.join(unlike)}"
            self.ledger.add("W404", subject, message)
        known = call.event_ids.setdefault(account, subject.event_id)
        if known != subject.event_id:
            message = (
                f"account {shown(account)} has eventID {shown(known)} of this sharedEventID too"
            )
            self.ledger.add("W405", subject, message)

    def finish(self, first: str, last: str) -> None:
        """Say which calls have one record where two could be.

        Args:
            first: The input's first eventTime: what happens then or at its end may be cut off.
            last: Its last one.
        """
        for call in self._calls.rest():
            if len(call.event_ids) > 1 or call.time in {first, last}:
                continue
            (account,) = call.event_ids
            others = self._accounts - {account}
            if others and (call.caller == account or call.caller in others):
                message = f"no account but {shown(account)} has a record of this sharedEventID"
                self.ledger.add("N452", call.subject, message)
