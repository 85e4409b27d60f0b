"""Who does something on which day, and when on that day.

A unit of planning is one local calendar day: what happens on it follows from the keys of
the people and the day's number alone, so that each day can be planned on its own.

How much happens is a matter of thresholds. Every session has the least intensity at which
there is such a session; raising the intensity adds sessions and changes none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.directory.personas import WHOLE
from simulator.plan.background import habits
from simulator.primitives.instants import DAY, HOUR, MINUTE, SECOND, offset_at
from simulator.primitives.keys import KeyColumn, purpose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

UNIT: Final = 1_000_000_000
"""Intensity 1. Thresholds and intensities are in billionths."""

MOST_A_DAY: Final = 1_000
"""Sessions one person may have on a day, however high the intensity."""

_FARTHEST: Final = 14 * HOUR
"""No zone is farther from UTC."""

AT_ONCE: Final = 1 << 14
"""Days of members that are drawn together. Nothing depends on it."""

_COUNTED: Final = 1 << 21
"""Days of members that are counted, at most."""

_STANDS: Final = purpose("background/stands for others")
_PRESENT: Final = purpose("background/present")
_LOAD: Final = purpose("background/load")
_SESSION: Final = purpose("session")
_ARRIVAL: Final = purpose("background/arrival")
_OUTSIDE: Final = purpose("background/outside")
_INSTANT: Final = purpose("background/instant")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When people of one occupation are at work, and how much they do."""

    rate: int
    """Chains on a day at work, in millionths, at intensity 1."""
    hours_from: int
    """Minutes after local midnight."""
    hours_to: int
    """Minutes after local midnight, later."""
    time_zone: str
    present: int
    """Share of weekdays at work."""
    weekend: int
    """Share of Saturdays and Sundays at work."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Those whose days are planned alike; positions in the columns are members."""

    key: KeyColumn
    day: int
    """Purpose of the keys of their days."""
    schedules: tuple[Schedule, ...]
    schedule: NDArray[np.int64]
    """Position in `schedules`; -1 for somebody of whom nothing is planned."""

    def column(self, name: str) -> NDArray[np.int64]:
        """Return a figure of all schedules."""
        return np.array([getattr(one, name) for one in self.schedules], np.int64)

    def active(self) -> NDArray[np.int64]:
        """Return the members who do anything."""
        if not self.schedules:
            return np.zeros(0, np.int64)
        rate = self.column("rate")[self.schedule]
        return np.flatnonzero((self.schedule >= 0) & (rate > 0))

    def offsets(self, days: range) -> NDArray[np.int64]:
        """Return how far each schedule's zone is ahead of UTC, on each of some days."""
        zones = {one.time_zone for one in self.schedules}
        ahead = {zone: [_offset(zone, day) for day in days] for zone in sorted(zones)}
        return np.array([ahead[one.time_zone] for one in self.schedules], np.int64)


@dataclass(frozen=True, slots=True)
class Chains:
    """Chains of episodes to be planned, as columns."""

    member: NDArray[np.int64]
    """Position in the crew."""
    day: NDArray[np.int64]
    """Days since 1970, of the local date."""
    ordinal: NDArray[np.int64]
    """Which of the member's chains of that day."""
    threshold: NDArray[np.int64]
    """The least intensity at which there is this chain, in billionths: its priority."""
    key: KeyColumn
    start: NDArray[np.int64]
    """Milliseconds since 1970."""

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.member)

    def take(self, positions: NDArray[np.int64] | NDArray[np.bool_] | slice) -> Chains:
        """Return some of them."""
        return Chains(
            self.member[positions],
            self.day[positions],
            self.ordinal[positions],
            self.threshold[positions],
            KeyColumn(self.key.high[positions], self.key.low[positions]),
            self.start[positions],
        )


def joined(parts: list[Chains]) -> Chains:
    """Return chains of several parts as one."""
    none = np.zeros(0, np.int64)
    words = np.zeros(0, np.uint64)
    parts = parts or [Chains(none, none, none, none, KeyColumn(words, words), none)]
    high = np.concatenate([part.key.high for part in parts])
    low = np.concatenate([part.key.low for part in parts])
    return Chains(
        member=np.concatenate([part.member for part in parts]),
        day=np.concatenate([part.day for part in parts]),
        ordinal=np.concatenate([part.ordinal for part in parts]),
        threshold=np.concatenate([part.threshold for part in parts]),
        key=KeyColumn(high, low),
        start=np.concatenate([part.start for part in parts]),
    )


@dataclass(frozen=True, slots=True)
class Span:
    """The window of the run."""

    start: int
    end: int

    def days(self) -> range:
        """Return the local days of any zone that the window touches."""
        return range((self.start - _FARTHEST) // DAY, (self.end + _FARTHEST) // DAY + 1)

    def holds(self, at: NDArray[np.int64], room: int = 0) -> NDArray[np.bool_]:
        """Tell which instants lie in the window, with so much room before its end."""
        return (at >= self.start) & (at < self.end - room)


@lru_cache(maxsize=1 << 16)
def _offset(time_zone: str, day: int) -> int:
    # At noon, so that a change of the clocks at night counts for the day's work.
    return offset_at(time_zone, day * DAY + 12 * HOUR)


@dataclass(frozen=True, slots=True)
class MemberDays:
    """Days of members, one row a pair."""

    crew: Crew
    days: range
    """All days that there are, for looking up zones."""
    member: NDArray[np.int64]
    day: NDArray[np.int64]
    schedule: NDArray[np.int64]
    """Position in the crew's schedules."""
    key: KeyColumn
    """Keys of the pairs."""

    @classmethod
    def at_work(
        cls, crew: Crew, days: range, member: NDArray[np.int64], day: NDArray[np.int64]
    ) -> MemberDays:
        """Return the days on which members are at work, of all these pairs."""
        key = crew.key.take(member).nth(crew.day, day)
        schedule = crew.schedule[member]
        # The first of January 1970 was a Thursday.
        shares = np.stack([crew.column("present"), crew.column("weekend")])
        share = shares[((day + 3) % 7 >= 5).astype(np.int8), schedule]
        made = cls(crew, days, member, day, schedule, key)
        return made.take(np.flatnonzero(key.below(WHOLE, _PRESENT) < share))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.member)

    def take(self, positions: NDArray[np.int64]) -> MemberDays:
        """Return some of them."""
        return MemberDays(
            self.crew,
            self.days,
            self.member[positions],
            self.day[positions],
            self.schedule[positions],
            self.key.take(positions),
        )

    def chances(self) -> NDArray[np.int64]:
        """Draw what is added to each day's load before it is cut to whole chains."""
        return self.key.below(UNIT, _LOAD)

    def counts(self, intensity: int, chance: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many chains each day has at an intensity; `chance` is drawn from the day."""
        loads = np.array([_load(one, intensity) for one in self.crew.schedules], np.int64)
        return (loads[self.schedule] + chance) // UNIT

    def chains(self, low: int, high: int) -> Chains:
        """Return the chains that there are at intensity `high` but not at `low`."""
        chance = self.chances()
        before = self.counts(low, chance)
        count = self.counts(high, chance) - before
        row = np.repeat(np.arange(len(self)), count)
        begins = np.cumsum(count) - count
        return self.nth(row, np.arange(len(row)) - (begins - before)[row], chance)

    def first(self) -> Chains:
        """Return the first chain that each day has, if it has any."""
        rows = np.arange(len(self))
        return self.nth(rows, np.zeros(len(self), np.int64), self.chances())

    def nth(
        self, row: NDArray[np.int64], ordinal: NDArray[np.int64], chance: NDArray[np.int64]
    ) -> Chains:
        """Return chains of some rows, by ordinal."""
        day, schedule = self.day[row], self.schedule[row]
        key = self.key.take(row).nth(_SESSION, ordinal)
        # Rounded up: the least intensity at which load and chance make one chain more.
        missing = ((ordinal + 1) * UNIT - chance[row]) * WHOLE
        threshold = -(-missing // self.crew.column("rate")[schedule])
        start = self._starts(key, day, schedule)
        return Chains(self.member[row], day, ordinal, threshold, key, start)

    def _starts(
        self, key: KeyColumn, day: NDArray[np.int64], schedule: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        word = key.word(_ARRIVAL)
        begins = self.crew.column("hours_from") * MINUTE
        ends = self.crew.column("hours_to") * MINUTE
        length = ends - begins
        clock = habits.ARRIVAL.at_many(word) * length[schedule] // WHOLE + begins[schedule]
        rows = np.flatnonzero(key.below(WHOLE, _OUTSIDE) < habits.OUTSIDE)
        other = schedule[rows]
        outside = habits.OFF_HOURS.at_many(word[rows]) * (DAY - length)[other] // WHOLE
        clock[rows] = (ends[other] + outside) % DAY
        clock += key.below(1_000, _INSTANT)
        clock += day * DAY
        clock -= self.crew.offsets(self.days)[schedule, day - self.days.start]
        return clock


def _load(schedule: Schedule, intensity: int) -> int:
    """Return how many billionths of a chain a day at work has at an intensity."""
    return min(intensity * schedule.rate // WHOLE, MOST_A_DAY * UNIT)


def at_work(
    crew: Crew, days: range, members: NDArray[np.int64], intensity: int = 0
) -> Iterator[MemberDays]:
    """Yield the days on which members are at work, so many that few chains begin in them.

    Args:
        intensity: At which chains are to be drawn.
    """
    load = max((_load(one, intensity) for one in crew.schedules), default=0)
    most = max(AT_ONCE // (1 + load // UNIT), 1)
    at_once = max(1, most // max(len(members), 1))
    for first in range(days.start, days.stop, at_once):
        some = range(first, min(first + at_once, days.stop))
        width = max(1, most // len(some))
        for begin in range(0, len(members), width):
            mine = members[begin : begin + width]
            day = np.repeat(np.array(some, np.int64), len(mine))
            yield MemberDays.at_work(crew, some, np.tile(mine, len(some)), day)


def due(crew: Crew, span: Span, days: range, low: int, high: int) -> Iterator[Chains]:
    """Yield the chains of some days that there are at intensity `high` but not at `low`.

    Those that begin outside the span are left out.
    """
    for rows in at_work(crew, days, crew.active(), high):
        chains = rows.chains(low, high)
        inside = span.holds(chains.start)
        yield chains if inside.all() else chains.take(np.flatnonzero(inside))


def counted(crew: Crew, span: Span, days: range, intensity: int) -> NDArray[np.int64]:
    """Return how many chains each day has at an intensity, that begin inside the span.

    Of large crews some members stand for all: chosen by their keys, so that one more changes
    nothing about the others.
    """
    members = crew.active()
    found = np.zeros(len(days), np.int64)
    if not len(members) or not len(days):
        return found
    share = -(-len(members) * len(days) // _COUNTED)
    if share > 1:
        members = members[crew.key.take(members).below(share, _STANDS) == 0]
    inner = _inner(crew, span, days)
    for rows in at_work(crew, days, members, intensity):
        chance = rows.chances()
        count = rows.counts(intensity, chance)
        is_inner = inner[rows.day - days.start]
        np.add.at(found, rows.day[is_inner] - days.start, count[is_inner])
        edge = rows.take(np.flatnonzero(~is_inner & (count > 0)))
        if len(edge):
            chains = edge.chains(0, intensity)
            inside = span.holds(chains.start)
            found += np.bincount(chains.day[inside] - days.start, minlength=len(days))
    return found * share


def _inner(crew: Crew, span: Span, days: range) -> NDArray[np.bool_]:
    """Tell which days lie inside the span in all of the crew's zones."""
    begins, ends = limits(crew, days)
    return (begins >= span.start) & (ends <= span.end)


def limits(crew: Crew, days: range) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return between which instants the chains of each day begin, in all of the crew's zones."""
    day = np.array(days, np.int64) * DAY
    offsets = crew.offsets(days)
    # Less than a second more: the milliseconds are drawn for themselves.
    return day - offsets.max(axis=0), day + DAY + SECOND - offsets.min(axis=0)
