"""What a check can say, and the ledger it says it to.

Every finding has a stable code. The letter is its severity in records of any origin: `E` an
error, `W` a warning (unusual, or unknown to the published examples), `N` a note. Records
that this program wrote have no excuse: checked as ours, every finding is an error.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


_LETTERS: Final = {"E": Severity.ERROR, "W": Severity.WARNING, "N": Severity.NOTE}

CODES: Final = {
    # Reading.
    "E001": "the file cannot be read",
    "E002": "the line or document is too long to be read",
    "E003": "the text is not UTF-8",
    "E004": "the text is not JSON",
    "E005": "this is not a CloudTrail record, nor a list of them",
    "E006": "the compressed data is damaged or ends early",
    "E007": "an object names a member twice; the last value was checked",
    "E008": "objects or lists lie too deep in one another to be read",
    "N009": "the file begins with a byte order mark",
    "N010": "lines end in CR LF",
    # The envelope.
    "E101": "a member that every record has is missing",
    "E102": "a member of the envelope has a value of another type",
    "E103": "eventTime is not an instant such as 2025-01-13T08:00:00Z",
    "E104": "eventVersion is not a version such as 1.08",
    "E105": "an id is not a UUID",
    "E106": "an account id is not twelve digits",
    "E107": "awsRegion is not the name of a Region",
    "E108": "sourceIPAddress is neither an address nor the name of a service",
    "E109": "the category flags are not those of a management event",
    "E110": "a member is longer than CloudTrail lets it be",
    "W111": "the value is a placeholder of the documentation",
    "W112": "an excerpt: no eventVersion, eventTime and eventID, so that nothing else was checked",
    "W113": "an eventVersion that nobody has seen",
    "W114": "a top-level member that CloudTrail does not document",
    # The kind.
    "N201": "a kind of event that is not known here; only its envelope was checked",
    # The shape.
    "E301": "a member is missing",
    "E302": "a member does not belong here",
    "E303": "a member has another value than records of this kind have",
    "E304": "a member shows what CloudTrail hides",
    "E305": "a member has a value of another type",
    "E306": "a value does not look like what it should be",
    "E307": "two members of one record contradict each other",
    "W311": "a member is missing, as in some published records",
    "W312": "a parameter, response or detail that is in no published record",
    "W313": "a value that older or rarer records have",
    "W314": "a value of an unusual form",
    "N321": "members stand in another order than in records since 2023",
    "N322": "another eventVersion than records of this kind and time have",
    "N323": "a member that records of this kind have now and then",
    "N324": "a failed call",
    "N325": "a form that other years had",
    "E331": "the era of the record's form is not that of its time",
    # Across records.
    "E401": "an eventID occurs again, at another time",
    "W402": "an eventID occurs again, at the same time",
    "W403": "records of one requestID differ in time, address, user agent or sharedEventID",
    "W404": "records of one sharedEventID differ in more than account and eventID",
    "W405": "one account has two records of one sharedEventID",
    "E411": "one sign-in workflow has two users",
    "W412": "one sign-in workflow has two addresses or user agents",
    "E413": "one sign-in workflow has two credentialIds",
    "W414": "a credential was verified without a challenge",
    "E415": "UserAuthentication lists a credential type that was not verified",
    "W416": "UserAuthentication leaves out a credential type that was verified",
    "W417": "two sign-in workflows have one credentialId",
    "E418": "a sign-in and a portal session have one credentialId",
    "E421": "one portal credentialId has two users",
    "W422": "an access token's credentialId is used after the token's expiry",
    "W423": "a nameQualifier is not the hash of issuer, account and SAML provider",
    "W431": "a user id has two names, or a name two user ids",
    "W441": "a thing is used before it was made",
    "W442": "a thing is used after it was deleted",
    "N451": "records of a file are not in order of time",
    "N452": "a call is shared between accounts, and only one of them has a record of it",
}
"""Every code, and what it means."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands."""

    file: str
    """Path as the user gave it; `-` for standard input."""

    line: int = 0
    """From 1; 0 when the whole file is meant."""

    index: int = -1
    """Place in a list of records, from 0; -1 for a record on a line of its own."""

    def __str__(self) -> str:
        """Return `file:line`, and `[index]` for a record of a list."""
        text = f"{self.file}:{self.line}" if self.line else self.file
        return f"{text}[{self.index}]" if self.index >= 0 else text


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with, or strange about, a record or file."""

    place: Place
    code: str
    """A key of `CODES`."""
    severity: Severity
    event_id: str
    """As the record has it; empty where it has none."""
    kind: str
    """Such as `sso/Logout`; empty where a file is meant."""
    message: str
    """What is wrong, and what was expected."""

    def __str__(self) -> str:
        """Return `place: code kind: message (eventID …)`."""
        about = f"{self.kind}: " if self.kind else ""
        which = f" (eventID {self.event_id})" if self.event_id else ""
        return f"{self.place}: {self.code} {about}{self.message}{which}"


@dataclass(slots=True)
class Subject:
    """The record that checks are about."""

    place: Place
    event_id: str = ""
    kind: str = ""


@dataclass(slots=True)
class Ledger:
    """Collects findings: every one is counted, the first of each code are kept."""

    ours: bool
    """Whether every finding is an error."""
    limit: int
    """Findings kept of each code."""
    is_asked: Callable[[Subject], bool] | None = None
    """Whose findings are kept at all; everybody's where absent."""
    counts: Counter[str] = field(default_factory=Counter)
    _kept: Counter[str] = field(default_factory=Counter)
    kept: list[Finding] = field(default_factory=list)

    def severity(self, code: str) -> Severity:
        """Return how much a code matters here."""
        return Severity.ERROR if self.ours else _LETTERS[code[0]]

    def add(self, code: str, subject: Subject, message: str) -> None:
        """Write a finding down."""
        self.counts[code] += 1
        if self.is_asked is not None and not self.is_asked(subject):
            return
        self._kept[code] += 1
        if self._kept[code] <= self.limit:
            self.kept.append(
                Finding(
                    subject.place,
                    code,
                    self.severity(code),
                    shown(subject.event_id),
                    subject.kind,
                    message,
                )
            )


def shown(value: object, longest: int = 80) -> str:
    """Return a value as a message quotes it: one line, shortened, without control characters."""
    try:
        text = value if isinstance(value, str) else repr(value)
    except RecursionError:
        text = "what lies too deep to be shown"
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else "·" for letter in text)
