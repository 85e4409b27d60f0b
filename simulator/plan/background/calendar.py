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
from simulator.primitives.instants import DAY, HOUR, MINUTE, offset_at
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

_AT_ONCE: Final = 1 << 16
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

    def parts(self) -> Iterator[tuple[Schedule, NDArray[np.int64]]]:
        """Yield members by schedule, some thousands at a time."""
        for place, schedule in enumerate(self.schedules):
            members = np.flatnonzero(self.schedule == place)
            for first in range(0, len(members), _AT_ONCE):
                yield schedule, members[first : first + _AT_ONCE]


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
    """Days of members of one schedule, one row a pair."""

    schedule: Schedule
    member: NDArray[np.int64]
    day: NDArray[np.int64]
    key: KeyColumn
    """Keys of the pairs."""

    @classmethod
    def of(
        cls, crew: Crew, schedule: Schedule, member: NDArray[np.int64], day: NDArray[np.int64]
    ) -> MemberDays:
        """Return the days on which members are at work, of all these pairs."""
        made = cls(schedule, member, day, crew.key.take(member).nth(crew.day, day))
        # The first of January 1970 was a Thursday.
        is_weekend = (day + 3) % 7 >= 5
        share = np.where(is_weekend, schedule.weekend, schedule.present)
        return made.take(np.flatnonzero(made.key.below(WHOLE, _PRESENT) < share))

    def take(self, positions: NDArray[np.int64]) -> MemberDays:
        """Return some of them."""
        return MemberDays(
            self.schedule, self.member[positions], self.day[positions], self.key.take(positions)
        )

    def chains(self, ordinal: int, chance: NDArray[np.int64]) -> Chains:
        """Return the chain of an ordinal of every row; `chance` is drawn from the day."""
        key = self.key.nth(_SESSION, ordinal)
        # Rounded up: the least intensity at which load and chance make one chain more.
        threshold = -(((chance - (ordinal + 1) * UNIT) * WHOLE) // self.schedule.rate)
        return Chains(
            self.member,
            self.day,
            np.full(len(self.member), ordinal, np.int64),
            threshold,
            key,
            self._starts(key),
        )

    def chances(self) -> NDArray[np.int64]:
        """Draw what is added to each day's load before it is cut to whole chains."""
        return self.key.below(UNIT, _LOAD)

    def _starts(self, key: KeyColumn) -> NDArray[np.int64]:
        schedule, word = self.schedule, key.word(_ARRIVAL)
        length = (schedule.hours_to - schedule.hours_from) * MINUTE
        inside = schedule.hours_from * MINUTE + habits.ARRIVAL.at_many(word) * length // WHOLE
        outside = (
            schedule.hours_to * MINUTE + habits.OFF_HOURS.at_many(word) * (DAY - length) // WHOLE
        )
        is_outside = key.below(WHOLE, _OUTSIDE) < habits.OUTSIDE
        clock = np.where(is_outside, outside % DAY, inside) + key.below(1_000, _INSTANT)
        days, where = np.unique(self.day, return_inverse=True)
        ahead = [_offset(schedule.time_zone, day) for day in days.tolist()]
        return self.day * DAY + clock - np.array(ahead, np.int64)[where]


def _load(schedule: Schedule, intensity: int) -> int:
    """Return how many billionths of a chain a day at work has at an intensity."""
    return min(intensity * schedule.rate // WHOLE, MOST_A_DAY * UNIT)


def due(crew: Crew, span: Span, low: int, high: int) -> tuple[Chains, int]:
    """Return the chains that there are at intensity `high` but not at `low`.

    The second value is how many were drawn, before those outside the window went.
    """
    found: list[Chains] = []
    drawn = 0
    days = np.array(span.days(), np.int64)
    for schedule, members in crew.parts():
        if not schedule.rate:
            continue
        at_once = max(1, _AT_ONCE // len(members))
        for first in range(0, len(days), at_once):
            some = days[first : first + at_once]
            pairs = (np.repeat(members, len(some)), np.tile(some, len(members)))
            for part in _due(MemberDays.of(crew, schedule, *pairs), low, high):
                drawn += len(part)
                found.append(part.take(span.holds(part.start)))
    return joined(found), drawn


def _due(rows: MemberDays, low: int, high: int) -> Iterator[Chains]:
    """Yield the chains of members' days, those of one ordinal at a time."""
    chance = rows.chances()
    before = (_load(rows.schedule, low) + chance) // UNIT
    after = (_load(rows.schedule, high) + chance) // UNIT
    for ordinal in range(int(before.min(initial=MOST_A_DAY)), int(after.max(initial=0))):
        mine = np.flatnonzero((before <= ordinal) & (ordinal < after))
        if len(mine):
            yield rows.take(mine).chains(ordinal, chance[mine])
