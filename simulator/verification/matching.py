"""Records against the truth, by eventID.

Both are read at once, and only what is on one side and not yet on the other is remembered:
of lines in the same order nothing, of log files what is still to be delivered. Which record
that is in the end, and in which file, is found out by reading once more what is not as it
should be.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Final

from simulator.errors import InputError
from simulator.sinks.manifest import LINES
from simulator.verification.report import Finding, things_are
from simulator.verification.rows import Key, TruthCounts, id_of, key_of, truth_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from simulator.verification.checking import Reading
    from simulator.verification.rows import TruthRows

MOST: Final = 1_000_000
"""Records out of place that are remembered where records and truth are in one order."""


@dataclass(slots=True)
class Balance:
    """What the truth tells of and was not found, less what was found."""

    open: dict[Key, int] = field(default_factory=dict)
    """By eventID; none is zero."""
    nameless: int = 0
    """Records without an eventID."""
    moved: int | None = None
    """The first line, from 1, on which records and truth differ."""
    is_given_up: bool = False
    """Whether there was too much to remember."""

    def find(self, event_id: str | None) -> None:
        """Find a record."""
        if event_id is None:
            self.nameless += 1
        else:
            self.expect(event_id, -1)

    def expect(self, event_id: str, count: int) -> None:
        """Expect a record so many times."""
        key = key_of(event_id)
        left = self.open.get(key, 0) + count
        if left:
            self.open[key] = left
        else:
            del self.open[key]

    @property
    def is_even(self) -> bool:
        """Whether every record was found as often as the truth tells."""
        return not self.open and not self.nameless


def matched(records: Sequence[Reading], truth: Reading, counts: TruthCounts) -> Balance:
    """Read all records and the truth to their ends, and return what is left over.

    Args:
        records: The files that have records.
        truth: The file that tells of them.
        counts: What the truth adds up to, brought up to date.
    """
    balance = Balance()
    if len(records) == 1 and records[0].output == LINES:
        _match_in_order(balance, records[0], truth.truth(counts))
    else:
        _match(balance, records, truth.truth(counts))
    return balance


def _match_in_order(balance: Balance, records: Reading, told: Iterator[TruthRows]) -> None:
    """Compare record by record; what is the same on both sides is not looked at."""
    batches = (rows.ids for rows in told if rows.ids)
    theirs: list[str] = []
    at, number = 0, 1
    for rows in records.records():
        first = 0
        while first < len(rows.ids):
            if at == len(theirs):
                theirs, at = next(batches, []), 0
            # Beyond the end of the truth nothing has a counterpart.
            count = min(len(rows.ids) - first, len(theirs) - at) or len(rows.ids) - first
            mine, others = rows.ids[first : first + count], theirs[at : at + count]
            if mine != others:
                _differ(balance, mine, others, number)
            first, at, number = first + count, at + len(others), number + count
    for rest in chain([theirs[at:]], batches):
        _differ(balance, [], rest, number)


def _differ(
    balance: Balance, mine: Sequence[str | None], theirs: Sequence[str], number: int
) -> None:
    """Note records and lines of the truth that stand side by side.

    Args:
        balance: Brought up to date.
        mine: eventIDs of the records.
        theirs: eventIDs that the truth tells.
        number: Which record the first one is, from 1.
    """
    for place in range(max(len(mine), len(theirs))):
        own, other = mine[place : place + 1], theirs[place : place + 1]
        if balance.is_given_up or (own and other and own[0] == other[0]):
            continue
        # An override may have taken the eventID from the record.
        if balance.moved is None and own and own[0] is not None:
            balance.moved = number + place
        for event_id in own:
            balance.find(event_id)
        for event_id in other:
            balance.expect(event_id, 1)
        balance.is_given_up = len(balance.open) > MOST


def _match(balance: Balance, records: Sequence[Reading], told: Iterator[TruthRows]) -> None:
    """Read files as they were delivered, and of the truth what had happened by then."""
    lines = (
        line for rows in told for line in zip(rows.ids, rows.times, rows.deliveries, strict=True)
    )
    found = expected = 0
    line = next(lines, None)
    for reading in sorted(records, key=lambda one: one.entry.delivered_at or ""):
        at = reading.entry.delivered_at or ""
        for rows in reading.records():
            for event_id in rows.ids:
                balance.find(event_id)
            found += len(rows.ids)
            while line is not None and (line[1] <= at or expected < found):
                balance.expect(line[0], len(line[2]) or 1)
                expected += 1
                line = next(lines, None)
    while line is not None:
        balance.expect(line[0], len(line[2]) or 1)
        line = next(lines, None)


@dataclass(slots=True)
class _Known:
    """What the truth tells of an eventID."""

    planned: int = 0
    """How many deliveries there are to be, of all records that have it."""
    overridden: int = 0
    """How many of them an override changed."""
    deliveries: set[str] = field(default_factory=set)
    """When."""


class Matched:
    """What is left over, explained."""

    def __init__(self, balance: Balance, records: Sequence[Reading], truth: Reading) -> None:
        """Read the truth once more, for what it tells of those eventIDs.

        Args:
            balance: What is left over.
            records: The files that have records, read to their ends.
            truth: The file that tells of them, likewise.
        """
        self._balance = balance
        self._records = records
        self._truth = truth
        self._changed = [reading for reading in records if not reading.is_intact]
        self._known: dict[Key, _Known] = {}
        self._missing = {key: count for key, count in balance.open.items() if count > 0}
        self._surplus = {key: -count for key, count in balance.open.items() if count < 0}
        if balance.open and not balance.is_given_up:
            self._know()
            excused = self._excused()
            self._nameless = max(self._named_by_overrides() - excused, 0)
        else:
            self._nameless = balance.nameless

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong, and with which file."""
        balance = self._balance
        if balance.is_given_up:
            name = self._records[0].entry.name
            message = f"more than {MOST:,} records are not those that the truth tells of"
            yield Finding(name, "differs", message)
        elif not self._changed and not self._truth.is_intact:
            # The records are as they were written: it is the truth that is wrong.
            yield from self._findings_of_truth()
        elif self._missing or self._surplus or self._nameless:
            yield from self._findings_of_records()
        elif self._changed:
            yield from self._findings_of_likes()

    def _know(self) -> None:
        try:
            content = self._truth.again()
            for rows in truth_lines(content, TruthCounts()):
                for place, event_id in enumerate(rows.ids):
                    key = key_of(event_id)
                    if key in self._balance.open:
                        known = self._known.setdefault(key, _Known())
                        known.planned += len(rows.deliveries[place]) or 1
                        known.overridden += rows.overridden[place]
                        known.deliveries.update(rows.deliveries[place])
        except InputError:
            return  # that it cannot be read was told already

    def _named_by_overrides(self) -> int:
        """Take records without an eventID for those that an override or damage took it from.

        Returns:
            How many records without one are left.
        """
        # What is no record any more is told of by its line.
        broken = sum(len(reading.broken) for reading in self._records)
        left = self._balance.nameless + broken
        robbed = [
            key
            for key in self._missing
            if (known := self._known.get(key)) is not None and known.overridden
        ]
        for key in robbed:
            count = min(left, self._missing[key])
            left -= count
            self._missing[key] -= count
            if not self._missing[key]:
                del self._missing[key]
        return max(left - broken, 0)

    def _excused(self) -> int:
        """Leave out what damage explains that was done on purpose: records nobody can read.

        Returns:
            How many of those left out may be there all the same, without an eventID.
        """
        excused = 0
        damaged = [reading for reading in self._records if reading.is_damaged]
        # Where there are lines, they lie in the one file.
        lost = {reading.entry.delivered_at for reading in damaged}
        for key in list(self._missing):
            known = self._known.get(key)
            may_be_lost = known is not None and (
                lost & known.deliveries or (not known.deliveries and lost)
            )
            if known is not None and may_be_lost:
                excused += self._missing.pop(key) if known.overridden else 0
                self._missing.pop(key, None)
        return excused

    def _findings_of_truth(self) -> Iterator[Finding]:
        name = self._truth.entry.name
        known = [key for key in self._surplus if key in self._known]
        unknown = [key for key in self._surplus if key not in self._known]
        yield from _told(name, "missing", "there that it does not tell of", unknown)
        yield from _told(name, "missing", "there more often than it tells", known)
        yield from _told(name, "extra", "told of that are not there", self._missing)
        if self._balance.is_even and self._balance.moved is not None:
            yield _moved(name, self._balance.moved, "the records stand")
        elif self._balance.is_even and not self._truth.trouble:
            message = "all its eventIDs are as they should be; something else was changed"
            yield Finding(name, "alike", message)

    def _findings_of_records(self) -> Iterator[Finding]:
        missing = _by_file(self._missing, self._home_of)
        surplus = self._places_of_surplus()
        for name in dict.fromkeys((*missing, *surplus)):
            gone = missing.get(name, [])
            lost = [key for key in gone if self._missing[key] >= self._planned(key)]
            fewer = [key for key in gone if self._missing[key] < self._planned(key)]
            here = surplus.get(name, [])
            is_truth = name == self._truth.entry.name
            what = "told of that are in none of the files" if is_truth else "missing"
            yield from _told(name, "missing", what, lost)
            yield from _told(name, "missing", "delivered fewer times than the truth tells", fewer)
            unknown = [key for key in here if key not in self._known]
            known = [key for key in here if key in self._known]
            yield from _told(name, "extra", "there that the truth does not tell of", unknown)
            yield from _told(name, "repeated", "there more often than the truth tells", known)
        if self._nameless:
            name = self._blamed().entry.name
            message = things_are(self._nameless, "record", "there without an eventID")
            yield Finding(name, "extra", message)

    def _findings_of_likes(self) -> Iterator[Finding]:
        """Yield what is wrong with files that were changed, and no eventID is missing."""
        for reading in self._changed:
            name = reading.entry.name
            if reading.content is None or reading.trouble or reading.broken:
                continue
            if self._balance.moved is not None:
                yield _moved(name, self._balance.moved, "the truth tells")
                continue
            message = (
                "all its eventIDs are as they should be; something else was changed: --rerun "
                "tells in which records"
            )
            yield Finding(name, "alike", message)

    def _planned(self, key: Key) -> int:
        known = self._known.get(key)
        return 1 if known is None else known.planned

    def _home_of(self, key: Key) -> str:
        """Return the file that a missing record should be in, or else the truth."""
        if len(self._records) == 1:
            return self._records[0].entry.name
        deliveries = self._known[key].deliveries if key in self._known else set()
        homes = [
            reading.entry.name
            for reading in self._changed
            if not deliveries or reading.entry.delivered_at in deliveries
        ]
        return homes[0] if len(homes) == 1 else self._truth.entry.name

    def _places_of_surplus(self) -> dict[str, list[Key]]:
        """Return which files have records that should not be there."""
        if len(self._records) == 1:
            return _by_file(self._surplus, lambda _: self._records[0].entry.name)
        places: dict[str, list[Key]] = {}
        seen: Counter[Key] = Counter()
        for reading in self._changed:
            if reading.content is None:
                continue
            once_more = type(reading)(reading.place, reading.entry, reading.output, _unheard)
            for rows in once_more.records():
                for event_id in rows.ids:
                    if event_id is not None and (key := key_of(event_id)) in self._surplus:
                        seen[key] += 1
                        places.setdefault(reading.entry.name, []).append(key)
        rest = [key for key in self._surplus if not seen[key]]
        if rest:
            places[self._truth.entry.name] = rest
        return {name: list(dict.fromkeys(keys)) for name, keys in places.items()}

    def _blamed(self) -> Reading:
        return self._changed[0] if self._changed else self._records[0]


def _unheard(_size: int) -> None:
    """Leave it at that: what is read once more is no progress."""


def _by_file(keys: Iterable[Key], home: Callable[[Key], str]) -> dict[str, list[Key]]:
    files: dict[str, list[Key]] = {}
    for key in keys:
        files.setdefault(home(key), []).append(key)
    return files


def _told(name: str, kind: str, what: str, keys: Iterable[Key]) -> Iterator[Finding]:
    ids = tuple(id_of(key) for key in keys)
    if ids:
        yield Finding(name, kind, things_are(len(ids), "record", what), ids)


def _moved(name: str, line: int, others: str) -> Finding:
    message = f"all its eventIDs are there, from line {line} on in another order than {others}"
    return Finding(name, "order", message)
