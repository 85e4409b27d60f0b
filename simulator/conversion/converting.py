"""Takes records from the era they are in to another.

Each change between the two eras is made as its edits say, for every reading of the record: where
all readings agree it is done, and where they do not, or where a value is wanted that nobody
knows, the member is left as it is and that is said. Whatever no edit names stays as it was.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from simulator.conversion.detecting import Detection, Silence, read_as, told
from simulator.conversion.edits import Edit, applied, objects, state
from simulator.conversion.values import completed, shown, spelled
from simulator.conversion.ways import (
    STAGE_OF_ERA,
    STAGES,
    Candidate,
    columns_apart,
)
from simulator.errors import InputError
from simulator.primitives.jsontext import json_text
from simulator.records.eras import ERA_INDEX
from simulator.records.fields import COLUMNS, FIELDS
from simulator.records.shapes import Const, slots
from simulator.validation.findings import shown as one_line
from simulator.validation.reading import Item, files_of, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from simulator.conversion.detecting import Observer
    from simulator.conversion.resolver import Resolver
    from simulator.validation.findings import Place

_EVERY: Final = 10_000
_WHO: Final = frozenset({"user.id", "user.name"})
"""Fields that say who acted: what shows one of them goes only when the other was put there."""

_QUESTIONS: Final = {
    "known": "whether the user name is a user's",
    "verified": "whether what the user gave was accepted",
    "typed_form": "whether the user name was typed as it is",
}
"""What a record may not tell, in words; others have the words of `COLUMNS`."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to convert."""

    era: str
    """Full name of the era that records are to be in."""

    resolver: Resolver | None = None
    """Ids and names that records do not show."""

    source: str = ""
    """Full name of the era that records are in where they do not tell; empty if not known."""

    store: str = ""
    """Id of the identity store, such as d-9067f3a1b2, where records do not show it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One member of a record that was changed, or should have been and was left."""

    row: str
    """The row of the announcement, in its words."""

    path: str
    """The member, such as `userIdentity.principalId`."""

    what: str
    """`added`, `removed`, `changed`, or `left` as it is."""

    reason: str = ""
    """Why it was left; empty where it was not."""

    before: Any = None
    """Its value; none where it was not there."""

    after: Any = None
    """Its value then; none where it is not there any more."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What became of one record."""

    record: dict[str, Any]
    """The record, which is the one that was given, changed in place."""

    detection: Detection
    """What it was before."""

    changes: tuple[Change, ...]
    """What was changed and what was left, in the order of the announcement."""

    @property
    def is_changed(self) -> bool:
        """Whether the record is not what it was."""
        return any(one.what != "left" for one in self.changes)

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left."""
        return not any(one.what == "left" for one in self.changes)


@dataclass(slots=True)
class Summary:
    """What became of all records."""

    records: int = 0
    changed: int = 0
    left: int = 0
    """Records of which something was left."""
    unknown: int = 0
    """Records of kinds that are not known, which stay as they are."""
    eras: Counter[str] = field(default_factory=Counter)
    """Eras that records were in."""
    changes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Row, what became of the member, and the reason."""

    def add(self, one: Conversion) -> None:
        """Count a record."""
        self.records += 1
        self.changed += one.is_changed
        self.left += not one.is_whole
        self.unknown += not one.detection.eras
        self.eras[one.detection.era] += 1
        for change in one.changes:
            self.changes[change.row, change.what, change.reason] += 1


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one edit comes to, for one reading of a record."""

    what: str
    value: Any = None
    missing: tuple[str, ...] = ()


_NOTHING: Final = _Outcome("")
_REMOVED: Final = _Outcome("removed")


@dataclass(slots=True)
class _Reading:
    """A candidate, and the values it reads off the record."""

    candidate: Candidate
    record: dict[str, Any]
    options: Options
    _shown: dict[str, str] | None = None
    _fields: dict[str, str] | None = None

    @property
    def is_read(self) -> bool:
        """Whether anybody asked for a value."""
        return self._shown is not None

    @property
    def shown(self) -> dict[str, str]:
        """The fields that the record shows."""
        if self._shown is None:
            self._shown = shown(self.candidate.tree, self.record)
        return self._shown

    @property
    def fields(self) -> dict[str, str]:
        """Those, and what else is known."""
        if self._fields is None:
            store = self.options.store
            given = {"store.id": store} if store else {}
            self._fields = completed(self.shown, self.options.resolver, given)
        return self._fields


def converted(record: dict[str, Any], options: Options) -> Conversion:
    """Take one record to an era, in place."""
    name, found = read_as(record)
    detection = told(name, found)
    if found is None or not found.candidates or detection.eras == (options.era,):
        return Conversion(record, detection, ())
    key = (options.era, options.source, options.resolver is None)
    plans = found.memory.get(key)
    if plans is None:
        # Every value is read before anything is changed.
        plans, is_lasting = _plans(record, found.candidates, options)
        if is_lasting:
            found.memory[key] = plans
    return Conversion(record, detection, tuple(_made(record, plans)))


def _plans(
    record: dict[str, Any], candidates: tuple[Candidate, ...], options: Options
) -> tuple[list[_Plan], bool]:
    """Return every edit of a record, and whether it is the same for all of its appearance."""
    if options.source:
        era = ERA_INDEX[options.source]
        candidates = tuple([one for one in candidates if one.era == era]) or candidates
    readings = [_Reading(one, record, options) for one in candidates]
    likely = _likely(readings, options.resolver)
    plans = list(_planned(likely, ERA_INDEX[options.era]))
    return plans, not any(one.is_read for one in readings)


def _likely(readings: list[_Reading], resolver: Resolver | None) -> list[_Reading]:
    """Return the readings that take for users' names what the resolver takes for such."""
    if resolver is None or not resolver.user_ids or len(readings) == 1:
        return readings
    return [one for one in readings if _is_likely(one.shown, resolver)] or readings


def _is_likely(fields: Mapping[str, str], resolver: Resolver) -> bool:
    name = fields.get("user.name")
    return (name is None or resolver.is_user(name)) and not any(
        resolver.is_user(fields.get(form, "")) for form in _FORMS_OF_NAMES
    )


_FORMS_OF_NAMES: Final = ("user.typed", "user.upn", "user.down_level", "user.short")
"""What is typed in place of a user's name. A text that is somebody's name is that."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """One edit, and whether it can be made."""

    row: str
    edit: Edit
    value: Any
    words: Mapping[str, frozenset[str]]
    reason: str
    """Why it cannot; empty where it can."""


def _planned(readings: Sequence[_Reading], target: int) -> Iterator[_Plan]:
    """Yield every edit on the way to an era, from the nearest change to the farthest."""
    goal = STAGE_OF_ERA[target]
    starts = [STAGE_OF_ERA[one.candidate.era] for one in readings]
    stages = [
        *((stage, False) for stage in reversed(range(goal, max(starts)))),
        *((stage, True) for stage in range(min(starts), goal)),
    ]
    for stage, is_forward in stages:
        tables = [
            _edits_of(one, stage, is_forward=is_forward)
            if (start <= stage if is_forward else start > stage)
            else {}
            for one, start in zip(readings, starts, strict=True)
        ]
        for place in dict.fromkeys(place for table in tables for place in table):
            per_reading = [table.get(place) for table in tables]
            edit = next(one for one in per_reading if one is not None)
            outcomes = [
                _NOTHING if one is None else _outcome(one, reading)
                for one, reading in zip(per_reading, readings, strict=True)
            ]
            words = readings[0].candidate.way.words
            reason = _reason(outcomes, readings)
            yield _Plan(STAGES[stage][1], edit, outcomes[0].value, words, reason)


def _edits_of(one: _Reading, stage: int, *, is_forward: bool) -> dict[tuple[object, ...], Edit]:
    made = one.candidate.way.edits(stage, is_forward=is_forward)
    return {(edit.path, edit.name): edit for edit in made}


def _made(record: dict[str, Any], plans: Sequence[_Plan]) -> Iterator[Change]:
    """Make the edits that can be made, and yield what became of all."""
    held: set[tuple[object, ...]] = set()
    for one in plans:
        edit = one.edit
        for members, path in objects(record, edit.path):
            found = state(edit, members, one.words)
            if found is None or found == "after":
                continue
            reason = one.reason or (_OTHER if found == "other" else "")
            if edit.path in held:
                reason = _HELD
            before = members.get(edit.name)
            if reason:
                yield Change(one.row, path + edit.name, "left", reason, before)
                node = edit.before if edit.after is None else edit.after
                if node is not None and _WHO & set(slots(node)):
                    held.add(edit.path)
                continue
            applied(edit, members, one.value)
            yield Change(one.row, path + edit.name, edit.what, "", before, one.value)


_OTHER: Final = "its value is neither the one before nor the one after"
_HELD: Final = "what would say who acted is not known"


def _outcome(edit: Edit, reading: _Reading) -> _Outcome:
    if edit.after is None:
        return _REMOVED
    if isinstance(edit.after, Const):
        return _Outcome(edit.what, edit.after.value)
    value, missing = spelled(edit.after, reading.fields)
    return _Outcome(edit.what, value, missing)


def _reason(outcomes: Sequence[_Outcome], readings: Sequence[_Reading]) -> str:
    """Return why an edit cannot be made; empty where it can."""
    if all(outcome is _REMOVED for outcome in outcomes):
        return ""
    groups: dict[str, list[_Reading]] = {}
    for outcome, reading in zip(outcomes, readings, strict=True):
        groups.setdefault(repr(outcome), []).append(reading)
    eras = [{one.candidate.era for one in group} for group in groups.values()]
    if len(groups) > 1 and not set.intersection(*eras):
        return "the record does not tell which era it is in"
    if len(groups) > 1 and not all(outcome.missing for outcome in outcomes):
        ways = [[one.candidate.way for one in group] for group in groups.values()]
        apart = sorted(columns_apart(ways), key=lambda column: column not in _QUESTIONS)
        if apart:
            told = _QUESTIONS.get(apart[0]) or COLUMNS[apart[0]].rstrip(".")
            return f"the record does not tell {told}"
    missing = dict.fromkeys(name for outcome in outcomes for name in outcome.missing)
    if missing:
        told = "; ".join(FIELDS[name].meaning.rstrip(".").lower() for name in missing)
        return f"not known: {told}"
    return "the record can be read in several ways" if len(groups) > 1 else ""


def convert_files(
    paths: Sequence[str],
    options: Options,
    write: Callable[[bytes], None],
    note: Callable[[bytes], None] | None = None,
    observer: Observer | None = None,
) -> Summary:
    """Take every record of files to an era, and return what became of them.

    Args:
        paths: As `validation.reading.files_of` takes them.
        options: How to convert.
        write: Is given every record, as a line of JSON; one that is not changed and had a line
            to itself is given as it stood there.
        note: Is given what was changed or left, a line of JSON each.
        observer: Hears how far it is.

    Raises:
        InputError: A path cannot be read, or something in it is no record.
        MissingExtraError: A file is Zstandard, and the extra is not installed.
    """
    summary, hearing = Summary(), observer or Silence()
    for file in files_of(paths):
        for one in read_file(file):
            if not isinstance(one, Item):
                message = f"{one.place}: {one.message}; nothing was written"
                raise InputError(message)
            made = converted(one.record, options)
            summary.add(made)
            raw = None if made.is_changed else one.raw
            line = _line(one) if raw is None or b"\n" in raw else raw
            write(line.strip() + b"\n")
            if note is not None:
                for change in made.changes:
                    note(json_text(_noted(one.place, made, change)) + b"\n")
            if summary.records % _EVERY == 0:
                hearing.read(summary.records)
    return summary


def _line(one: Item) -> bytes:
    try:
        return json_text(one.record)
    except TypeError as error:
        # Numbers and texts that only a lenient reader takes.
        message = f"{one.place}: cannot be written as JSON again: {error}; nothing was written"
        raise InputError(message) from None


def _noted(place: Place, made: Conversion, change: Change) -> dict[str, Any]:
    event_id = made.record.get("eventID")
    return {
        "place": str(place),
        "eventID": event_id if isinstance(event_id, str) else None,
        "kind": one_line(made.detection.kind),
        "from": made.detection.era,
        "row": change.row,
        "path": change.path,
        "change": change.what,
        "reason": change.reason or None,
        "before": change.before,
        "after": change.after,
    }
