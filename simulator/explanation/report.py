"""Explanations and stories, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.explanation.notes import instant_of, span
from simulator.explanation.stories import OTHERS
from simulator.explanation.words import told
from simulator.primitives.alignment import columns
from simulator.primitives.instants import SECOND
from simulator.validation.report import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.explanation.explaining import Company, Explanation
    from simulator.explanation.notes import Note
    from simulator.explanation.stories import Line, Story
    from simulator.explanation.telling import Lines
    from simulator.primitives.jsontext import Json

FORMAT: Final = "trailwright-explanation/1"
NOTHING: Final = "nothing"
_MOST_PEOPLE: Final = 3
_NOTES: Final = ("N",)
"""Letters of codes that a story leaves out: what real records have now and then."""


def explanation_lines(one: Explanation, most: int | None) -> Iterator[str]:
    """Yield an explanation for people to read; the first line is its heading.

    Args:
        one: The explanation.
        most: Records of its company that are told; all of them if absent.
    """
    note, telling = one.seen.note, one.seen.telling
    yield f"{note.place}  {note.kind}{f'  {note.event_id}' if note.event_id else ''}"
    who = _who(one)
    yield f"  {note.time or 'No time'}: {who} {note.deed}, {telling.where}."
    yield ""
    yield from _part(f"Who: {who}", telling.who.details)
    yield from _part(f"What: {note.deed}", telling.what)
    yield from _part(f"Where: {telling.where}", telling.where_lines)
    yield from _listed("Signed in", one.sign_in)
    yield from _listed(f"Era: {one.era}", one.rows)
    if telling.hidden:
        yield f"  Hidden by AWS: {', '.join(telling.hidden)}"
    if one.oddities:
        says = [f"{odd.code} {odd.says}" if odd.code else odd.says for odd in one.oddities]
        yield from _listed("Unusual", says)
    else:
        yield f"  Unusual: {NOTHING}"
    if not one.company:
        yield f"  Around it: {NOTHING} that shares an id with it"
    for company in one.company:
        yield ""
        yield from _company(company, note, most)


def _who(one: Explanation) -> str:
    says = one.seen.note.who
    return f"{told(one.name)} ({says})" if one.name else says


def _part(heading: str, lines: Lines) -> Iterator[str]:
    yield f"  {heading}"
    for text in columns(lines):
        yield f"    {text}"


def _listed(heading: str, lines: Sequence[str]) -> Iterator[str]:
    yield f"  {heading}"
    for text in lines:
        yield f"    {text}"


def _company(company: Company, wanted: Note, most: int | None) -> Iterator[str]:
    notes = company.notes
    place = next((at for at, one in enumerate(notes) if one is wanted or _same(one, wanted)), 0)
    begin, end = 0, len(notes)
    if most is not None and end > most:
        begin = min(max(place - most // 2, 0), end - most)
        end = begin + most
    length = span(instant_of(notes[0]), instant_of(notes[-1]))
    yield f"  {_named(company.tie.sort, company.tie.id)}: {plural(company.count, 'record')}" + (
        f" in {length}" if length and company.count == len(notes) else ""
    )
    if begin:
        yield f"      … {plural(begin, 'record')} before"
    rows = [
        (
            "> " if at == place else "  ",
            *_moment(notes, at),
            notes[at].kind,
            _beside(notes[at], wanted),
        )
        for at in range(begin, end)
    ]
    yield from (f"    {text}" for text in columns(rows, right=frozenset({2})))
    if end < len(notes):
        yield f"      … {plural(len(notes) - end, 'record')} after (--all)"
    if company.count > len(notes):
        yield f"      … and {company.count - len(notes):,} more, further away in time"


def _beside(note: Note, wanted: Note) -> str:
    return note.deed if note.where == wanted.where else f"{note.deed}, {note.where}"


def _same(one: Note, other: Note) -> bool:
    return one.order == other.order and one.place == other.place


def _named(sort: str, identifier: str) -> str:
    return f"{sort[:1].upper()}{sort[1:]} {told(identifier)}"


def _moment(notes: Sequence[Note], at: int) -> tuple[str, str]:
    """Return when a record happened, and how long after the one before it."""
    gap = span(instant_of(notes[at - 1]), instant_of(notes[at])) if at else ""
    return notes[at].time or "no time", f"+{gap}" if gap else ""


def story_lines(story: Story, most: int | None) -> Iterator[str]:
    """Yield a story for people to read; the first line is its heading.

    Args:
        story: The story.
        most: Records that are told; all of them if absent.
    """
    notes = [line.note for line in story.lines]
    beyond = len(story.who) - _MOST_PEOPLE
    more = f" and {beyond:,} more" if beyond > 0 else ""
    named = f"{OTHERS[:1].upper()}{OTHERS[1:]}"
    if story.tie.sort != OTHERS:
        named = _named(story.tie.sort, story.tie.id)
    who = ", ".join(story.who[:_MOST_PEOPLE])
    yield f"{who}{more}: {named}, {plural(len(notes), 'record')} from {notes[0].time or 'no time'}"
    shown = len(notes) if most is None else min(most, len(notes))
    yield f"  {notes[0].where}"
    rows = [(*_moment(notes, at), _marked(story.lines, at)) for at in range(shown)]
    yield from (f"  {text}" for text in columns(rows, right=frozenset({1})))
    if shown < len(notes):
        yield f"  … and {plural(len(notes) - shown, 'more record')} (--all)"


def _marked(lines: Sequence[Line], at: int) -> str:
    line = lines[at]
    codes = [code for code in line.codes if not code.startswith(_NOTES)]
    marks = [*dict.fromkeys(codes), *(["breaks a row of its era"] if line.note.broken else [])]
    who = f"{line.who} " if line.who else ""
    moved = at and line.note.where != lines[at - 1].note.where
    where = f", {line.note.where}" if moved else ""
    return f"{who}{line.note.deed}{where}" + (f"  ! {', '.join(marks)}" if marks else "")


def explanation_json(one: Explanation) -> dict[str, Json]:
    """Return an explanation for programs to read."""
    telling = one.seen.telling
    detection = one.seen.detection
    return {
        "format": FORMAT,
        **_note_json(one.seen.note),
        "who": {
            "says": telling.who.says,
            "name": telling.who.name or one.name or None,
            "userId": telling.who.user_id or None,
            "shows": _pairs(telling.who.details),
        },
        "what": {"says": telling.deed, "shows": _pairs(telling.what)},
        "where": {"says": telling.where, "shows": _pairs(telling.where_lines)},
        "signedIn": list(one.sign_in),
        "era": {
            "says": one.era,
            "eras": list(detection.eras),
            "rows": [
                {"row": row.row, "stand": row.stand, "broken": row.is_broken}
                for row in detection.rows
            ],
        },
        "hidden": list(telling.hidden),
        "unusual": [{"code": odd.code or None, "says": odd.says} for odd in one.oddities],
        "company": [
            {
                "sort": company.tie.sort,
                "id": told(company.tie.id),
                "count": company.count,
                "records": _noted(company.notes),
            }
            for company in one.company
        ],
    }


def _pairs(lines: Lines) -> list[Json]:
    return [{"name": name, "value": value} for name, value in lines]


def story_json(story: Story) -> dict[str, Json]:
    """Return a story for programs to read."""
    return {
        "format": FORMAT,
        "story": {"sort": story.tie.sort, "id": told(story.tie.id)},
        "who": list(story.who),
        "where": list(dict.fromkeys(line.note.where for line in story.lines)),
        "signedIn": list(story.factors),
        "records": [
            {**entry, "era": line.note.era, "codes": list(line.codes)}
            for entry, line in zip(
                _noted([line.note for line in story.lines]), story.lines, strict=True
            )
        ],
    }


def _noted(notes: Sequence[Note]) -> list[dict[str, Json]]:
    before: int | None = None
    found = []
    for note in notes:
        at = instant_of(note)
        gap = None if before is None or at is None else (at - before) // SECOND
        found.append({**_note_json(note), "secondsAfter": gap})
        before = at
    return found


def _note_json(note: Note) -> dict[str, Json]:
    return {
        "place": str(note.place),
        "eventID": note.event_id or None,
        "eventTime": note.time or None,
        "kind": note.kind,
        "says": f"{note.who} {note.deed}",
    }
