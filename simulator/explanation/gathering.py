"""From files to what is explained: one record with its company, or all of them as stories.

To explain one record files are read twice: until it is found, and then all of them for what
shares an id with it. Of all records a note each is kept, up to `MOST_KEPT`.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from itertools import chain, count
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Final

from simulator.conversion.detecting import Silence
from simulator.errors import InputError
from simulator.explanation.explaining import (
    SIGNED_IN,
    Company,
    Entrance,
    Explanation,
    explained,
    place_and_id,
)
from simulator.explanation.notes import Note, Seen, instant_of, seen
from simulator.explanation.stories import Story, stories_of
from simulator.explanation.ties import ties_of
from simulator.validation.checking import Check, Options
from simulator.validation.checking import Silence as Unheard
from simulator.validation.findings import shown
from simulator.validation.memory import text_of
from simulator.validation.reading import Item, Missed, files_of, read_file, read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from simulator.conversion import Observer
    from simulator.explanation.ties import Tie
    from simulator.validation.findings import Finding, Subject
    from simulator.validation.reading import Read

MOST_KEPT: Final = 100_000
"""Records of which a note is kept."""
MOST_NEAR: Final = 500
"""Records that are kept of those which share one id."""
FEW: Final = 5
"""Records up to which each is explained in full."""
_MOST_FINDINGS: Final = 10_000
"""Findings of a code that are kept."""
_IN_MEMORY: Final = 64 * 1024 * 1024
"""Bytes of standard input that are kept in memory, to be read again; more go to a file that is
gone when the command ends."""
_EVERY: Final = 10_000
_TELLING: Final = frozenset({"CredentialChallenge", "UserAuthentication"})


@dataclass(slots=True)
class Tally(Missed):
    """What was met on the way."""

    files: int = 0
    records: int = 0
    untold: int = 0
    """Records of which nothing could be kept."""


@dataclass(frozen=True, slots=True)
class Whole:
    """All records: a few of them explained, or many as stories."""

    explanations: tuple[Explanation, ...]
    stories: tuple[Story, ...]


@dataclass(slots=True)
class _Source:
    """Files that can be read more than once, standard input among them."""

    files: list[str]
    kept: IO[bytes] | None = None

    def read(self) -> Iterator[Read]:
        """Yield everything that is in them."""
        for file in self.files:
            if file != "-":
                yield from read_file(file)
            else:
                if self.kept is None:
                    self.kept = _spooled()
                self.kept.seek(0)
                yield from read_source(file, self.kept)


def _spooled() -> IO[bytes]:
    # Closed by who asked for it.
    kept = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
    try:
        copyfileobj(sys.stdin.buffer, kept)
    except OSError as error:
        kept.close()
        message = f"-: cannot be kept to be read again: {error.strerror or error}"
        raise InputError(message) from None
    return kept


@contextmanager
def _source(paths: Sequence[str]) -> Iterator[_Source]:
    source = _Source(files_of(paths))
    try:
        yield source
    finally:
        if source.kept is not None:
            source.kept.close()


def explain_event(
    paths: Sequence[str], event_id: str, tally: Tally, observer: Observer | None = None
) -> Explanation:
    """Return what is to be said of the first record with an eventID.

    Raises:
        InputError: There is no such record, or a path cannot be read at all.
        MissingExtraError: A file is Zstandard, and the extra is not installed.
    """
    hearing = observer or Silence()
    with _source(paths) as source:
        tally.files = len(source.files)
        wanted = _found(source, event_id, hearing)
        near = _Near(wanted)
        check = _checking(lambda subject: subject.event_id == event_id)
        for order, item in enumerate(_items(source.read(), tally, hearing)):
            check.check(item)
            near.meet(item, order)
    findings = _findings(check).get(place_and_id(wanted.note.place, event_id), [])
    return near.explained(wanted, findings)


def _found(source: _Source, event_id: str, observer: Observer) -> Seen:
    order = 0
    for item in _items(source.read(), Tally(), observer):
        if item.record.get("eventID") == event_id:
            return seen(item, order)
        order += 1
    message = f"no record with eventID {shown(event_id)} among {order:,}"
    raise InputError(message)


def explain_all(paths: Sequence[str], tally: Tally, observer: Observer | None = None) -> Whole:
    """Return what is to be said of all records: each in full where they are few, else stories.

    Raises:
        InputError: A path cannot be read at all.
        MissingExtraError: A file is Zstandard, and the extra is not installed.
    """
    hearing = observer or Silence()
    few: list[Item] = []
    notes: list[Note] = []
    check = _checking(None)
    files = files_of(paths)
    tally.files = len(files)
    found = chain.from_iterable(map(read_file, files))
    for order, item in enumerate(_items(found, tally, hearing)):
        if len(notes) == MOST_KEPT:
            tally.untold += 1
            continue
        check.check(item)
        notes.append(seen(item, order).note)
        if order < FEW:
            few.append(item)
    findings = _findings(check)
    if len(notes) > FEW:
        codes = {key: [one.code for one in found] for key, found in findings.items()}
        return Whole((), stories_of(notes, codes))
    return Whole(tuple(_each(few, findings)), ())


def _each(few: list[Item], findings: dict[tuple[str, str], list[Finding]]) -> Iterator[Explanation]:
    ones = [seen(item, order) for order, item in enumerate(few)]
    for one in sorted(ones, key=lambda one: one.note.when):
        near = _Near(one)
        for order, item in enumerate(few):
            near.meet(item, order)
        mine = findings.get(place_and_id(one.note.place, one.note.event_id), [])
        yield near.explained(one, mine)


def _items(found: Iterable[Read], tally: Tally, observer: Observer) -> Iterator[Item]:
    for one in found:
        if not isinstance(one, Item):
            tally.miss(one)
            continue
        tally.records += 1
        if tally.records % _EVERY == 0:
            observer.read(tally.records)
        yield one


def _checking(is_asked: Callable[[Subject], bool] | None) -> Check:
    return Check(Options(limit=_MOST_FINDINGS), Unheard(), is_asked)


def _findings(check: Check) -> dict[tuple[str, str], list[Finding]]:
    """Return what was found, by place and eventID."""
    check.correlations.finish()
    found: dict[tuple[str, str], list[Finding]] = {}
    for one in check.ledger.kept:
        found.setdefault(place_and_id(one.place, one.event_id), []).append(one)
    return found


@dataclass(slots=True)
class _Kept:
    """The nearest of the records that share an id: a heap, the farthest first."""

    heap: list[tuple[int, int, Note]] = field(default_factory=list)
    count: int = 0


class _Near:
    """Gathers what is around a record."""

    def __init__(self, wanted: Seen) -> None:
        self.entrance: Note | None = None
        self.name = ""
        self._wanted = wanted.note
        self._at = instant_of(wanted.note) or 0
        self._kept: dict[Tie, _Kept] = {tie: _Kept() for tie in wanted.note.ties}
        self._turn = count()

    def meet(self, item: Item, order: int) -> None:
        """Take notice of a record, which may be the wanted one itself."""
        record = item.record
        mine = [kept for tie in ties_of(record) if (kept := self._kept.get(tie)) is not None]
        # What is neither near nor tells a user's name or way in is not looked at any further.
        if not mine and text_of(record, "eventName") not in _TELLING:
            return
        note = seen(item, order).note
        if note.name and note.user_id and note.user_id == self._wanted.user_id:
            self.name = self.name or note.name
        for kept in mine:
            self._keep(kept, note)
        if (
            note.kind == SIGNED_IN
            and note.time <= self._wanted.time
            and self._is_mine(note)
            and (self.entrance is None or note.time >= self.entrance.time)
        ):
            self.entrance = note

    def explained(self, wanted: Seen, findings: Sequence[Finding]) -> Explanation:
        """Return what is to be said of the wanted record, once all others were met."""
        name = "" if self._wanted.name else self.name
        return explained(wanted, findings, self._company(), Entrance(self.entrance, name))

    def _is_mine(self, note: Note) -> bool:
        mine = self._wanted
        if mine.user_id and note.user_id:
            return mine.user_id == note.user_id
        return bool(mine.name) and mine.name == note.name

    def _keep(self, kept: _Kept, note: Note) -> None:
        kept.count += 1
        far = abs((instant_of(note) or 0) - self._at)
        # The wanted record is never forgotten.
        far = -1 if note.place == self._wanted.place else far
        entry = (-far, -next(self._turn), note)
        if len(kept.heap) < MOST_NEAR:
            heappush(kept.heap, entry)
        else:
            heappushpop(kept.heap, entry)

    def _company(self) -> list[Company]:
        """Return the records that share an id, each set of them once."""
        found: list[Company] = []
        told: set[frozenset[int]] = set()
        for tie, kept in self._kept.items():
            notes = tuple(sorted((note for *_, note in kept.heap), key=lambda note: note.when))
            members = frozenset(note.order for note in notes)
            if members not in told:
                told.add(members)
                found.append(Company(tie, notes, kept.count))
        return found
