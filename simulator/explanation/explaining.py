"""One record explained: what it says, which era it is in, what is odd, and what is around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.explanation.notes import instant_of, span
from simulator.explanation.ties import ROLE, SIGN_IN
from simulator.records.eras import ERA_NAMES
from simulator.validation.findings import CODES, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.conversion import Detection
    from simulator.explanation.notes import Note, Seen
    from simulator.explanation.ties import Tie
    from simulator.validation.findings import Finding, Place

CHALLENGE: Final = "signin/CredentialChallenge"
VERIFICATION: Final = "signin/CredentialVerification"
SIGNED_IN: Final = "signin/UserAuthentication"
_FAILED: Final = "N324"
_TAKEN: Final = "sts/AssumeRoleWithSAML"


@dataclass(frozen=True, slots=True)
class Company:
    """Records that share an id with one."""

    tie: Tie
    notes: tuple[Note, ...]
    """In order of time, the record itself among them; those nearest to it, if there are many."""
    count: int
    """How many there are in all."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """What the sign-ins among all records tell of whoever acts in one of them."""

    note: Note | None
    """The end of the last sign-in of the same user before it, if there is one."""
    name: str
    """The user's name, where the record itself has none; empty if it is not known."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """One thing about a record that is not as usual."""

    code: str
    """Of `validation.findings.CODES`; empty where no check but the era or the call says it."""
    says: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is to be said of one record."""

    seen: Seen
    sign_in: tuple[str, ...]
    """How whoever acts signed in; never empty."""
    era: str
    """Which era it is in, as a sentence."""
    rows: tuple[str, ...]
    """How it stands to rows of the announcement."""
    oddities: tuple[Oddity, ...]
    company: tuple[Company, ...]
    name: str = ""
    """The user's name, where the record has none and the user's sign-in has."""


def explained(
    seen: Seen, findings: Sequence[Finding], company: Sequence[Company], entrance: Entrance
) -> Explanation:
    """Return what is to be said of a record.

    Args:
        seen: The record.
        findings: What validation says of it.
        company: Records that share an id with it.
        entrance: What sign-ins tell of its user.
    """
    detection = seen.detection
    return Explanation(
        seen=seen,
        sign_in=tuple(_sign_in(seen, company, entrance.note)),
        era=era_says(detection),
        rows=tuple(
            f"as {one.stand} it: “{one.row}”"
            if one.stand != "mixed"
            else f"as before it in one place, as after it in another: “{one.row}”"
            for one in detection.rows
        ),
        oddities=tuple(_oddities(seen, findings)),
        company=tuple(one for one in company if one.count > 1),
        name=entrance.name,
    )


def era_says(detection: Detection) -> str:
    """Return in a sentence which era a record is in."""
    if not detection.eras:
        return "Not known: no kind of event here is called so."
    if len(detection.eras) == len(ERA_NAMES):
        return "Any: records of every era look like this one."
    if len(detection.eras) > 1:
        return f"{detection.era}: records of both look like this one."
    return f"{detection.era}."


def _oddities(seen: Seen, findings: Sequence[Finding]) -> Iterator[Oddity]:
    if seen.telling.error:
        yield Oddity("", f"The call fails: {seen.telling.error}.")
    for row in seen.detection.broken:
        yield Oddity("", f"It breaks a row of its era: “{row}”.")
    for one in findings:
        # That the call failed is said already.
        if one.code == _FAILED and seen.telling.error:
            continue
        yield Oddity(one.code, f"{CODES[one.code]}: {one.message}")


def _sign_in(seen: Seen, company: Sequence[Company], entrance: Note | None) -> Iterator[str]:
    """Yield how whoever acts signed in, as far as the records tell."""
    notes = next((one.notes for one in company if one.tie.sort == SIGN_IN), ())
    factors = list(factors_of(notes or (seen.note,)))
    if factors:
        yield from factors
        return
    if seen.telling.who.entrance:
        yield seen.telling.who.entrance
        return
    taken = next((one for one in _of(company, ROLE) if one.kind == _TAKEN), None)
    if taken is not None and taken.event_id != seen.note.event_id:
        yield f"The role was taken by SAML, through Identity Center, at {_at(taken)}."
    elif any(tie.sort == ROLE for tie in seen.note.ties) and not seen.note.user_id:
        yield "With credentials of a role; how it was taken is not in these records."
    elif entrance is not None:
        yield (
            f"Most likely by the sign-in at {_at(entrance)}, with {entrance.credential}: the last "
            "of this user's before. No id ties a session to its sign-in."
        )
    elif seen.note.user_id or seen.note.name:
        yield "The sign-in before is not in these records."
    else:
        yield "The record does not say."


def _of(company: Sequence[Company], sort: str) -> Iterator[Note]:
    for one in company:
        if one.tie.sort == sort:
            yield from one.notes


def factors_of(notes: Sequence[Note]) -> Iterator[str]:
    """Yield what became of each factor of a sign-in, in order of time."""
    asked: dict[str, Note] = {}
    for note in notes:
        if note.kind == CHALLENGE:
            if (before := asked.get(note.credential)) is not None:
                yield f"{_credential(before)}: asked for at {_at(before)}, then asked for again."
            asked[note.credential] = note
        elif note.kind == VERIFICATION:
            challenge = asked.pop(note.credential, None)
            since = (
                f", {span(instant_of(challenge), instant_of(note))} after it was asked for"
                if challenge is not None
                else ""
            )
            yield f"{_credential(note)}: {note.outcome or 'answered'} at {_at(note)}{since}."
        elif note.kind == SIGNED_IN:
            yield f"Signed in at {_at(note)}, with {note.credential or 'what it does not say'}."
    for note in asked.values():
        yield f"{_credential(note)}: asked for at {_at(note)}; no answer is in these records."


def _credential(note: Note) -> str:
    text = note.credential or "a factor that is not named"
    return text[:1].upper() + text[1:]


def _at(note: Note) -> str:
    return note.time or "an unknown time"


def place_and_id(place: Place, event_id: str) -> tuple[str, str]:
    """Return what findings and records are brought together by."""
    return str(place), shown(event_id)
