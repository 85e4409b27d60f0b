"""When records are delivered: late, sometimes twice, and after an outage.

CloudTrail delivers within about five minutes on average, without a guarantee, at least
once and in no order (CloudTrail User Guide). A record arrives at the trail some time after
its event, and is delivered with the next of the log files, which come on a grid. Both
instants are drawn from the record's own key, so that they depend on nothing else.

`Timetable.at` is the definition; `Timetable.of` says the same of a column of records.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.primitives.instants import MINUTE
from simulator.primitives.keys import purpose as named
from simulator.primitives.keys import (
    scaled,
    scaled_many,
    word_at,
    word_at_many,
)
from simulator.primitives.quantiles import NONE, Quantiles, at_each, stacked
from simulator.records import kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.engines.batches import RecordBatch
    from simulator.scenario.trail import Lateness, Trail

_LATE: Final = named("delivery/late")
_TWICE: Final = named("delivery/twice")
_AGAIN: Final = named("delivery/again")
_MILLION: Final = 1_000_000


def _minutes(percentiles: Mapping[float, float]) -> Quantiles:
    return Quantiles.through(
        {percent: int(minutes * MINUTE) for percent, minutes in percentiles.items()}
    )


# Unverified: all but the average. With files every five minutes, a record waits another
# 2.5 minutes on average for its file, so that half of all are delivered within five.
_TYPICAL: Final = {
    kinds.SIGN_IN: _minutes({0: 0.3, 50: 2.4, 90: 6, 99: 13, 99.9: 19, 100: 34}),
    kinds.PORTAL: _minutes({0: 0.2, 50: 2.2, 90: 5.5, 99: 12, 99.9: 18, 100: 31}),
    kinds.OIDC: _minutes({0: 0.2, 50: 2.1, 90: 5, 99: 11, 99.9: 17, 100: 29}),
    kinds.MFA: _minutes({0: 0.4, 50: 2.8, 90: 7, 99: 14, 99.9: 21, 100: 38}),
    kinds.GROUPS: _minutes({0: 0.3, 50: 2.5, 90: 6, 99: 12.5, 99.9: 18, 100: 33}),
    kinds.STORE: _minutes({0: 0.3, 50: 2.5, 90: 6, 99: 12.5, 99.9: 18, 100: 33}),
    kinds.PROVISIONING: _minutes({0: 0.3, 50: 2.5, 90: 6, 99: 12.5, 99.9: 18, 100: 33}),
    kinds.ADMINISTRATION: _minutes({0: 0.3, 50: 2.4, 90: 6, 99: 13, 99.9: 19, 100: 34}),
    kinds.OWN_ACCOUNT: _minutes({0: 0.3, 50: 2.3, 90: 5.5, 99: 12, 99.9: 18, 100: 32}),
    kinds.ENTRANCE: _minutes({0: 0.2, 50: 2.2, 90: 5.5, 99: 12, 99.9: 18, 100: 31}),
    kinds.APPLICATIONS: _minutes({0: 0.3, 50: 2.5, 90: 6, 99: 13, 99.9: 19, 100: 35}),
}
_SLOW: Final = {
    group: _minutes({0: 2, 50: 11, 90: 28, 99: 75, 99.9: 150, 100: 240}) for group in _TYPICAL
}

PROFILES: Final[Mapping[Lateness, Mapping[str, Quantiles]]] = {
    "none": dict.fromkeys(_TYPICAL, NONE),
    "typical": _TYPICAL,
    "slow": _SLOW,
}
"""By a scenario's word, and by the group of kinds that one of AWS's backends writes: the
milliseconds from an event to its arrival at the trail."""

REPEATED: Final = _minutes({0: 0.5, 50: 6, 90: 35, 99: 180, 100: 720})
"""Milliseconds until a record that is delivered twice arrives again. Unverified."""

REASONS: Final = ("bucket", "delivery", "service")
"""Why a record comes later than it would have: the words of a scenario's outages."""

ON_TIME: Final = -1
"""In place of a reason."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery of one record."""

    arrived: int
    """When it arrived at the trail, in milliseconds."""

    due: int
    """When its log file would be delivered but for an outage, in milliseconds; never before the
    record arrived."""

    delivered: int
    """When its log file is delivered."""

    reason: int
    """Which of `REASONS` made it late, or `ON_TIME`."""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """All deliveries of the records of a batch: of each its first, then its second."""

    record: NDArray[np.int64]
    """Position of the record in the batch; ascends."""

    arrived: NDArray[np.int64]
    """See `Delivery`, of which these are the columns."""

    due: NDArray[np.int64]

    delivered: NDArray[np.int64]

    reason: NDArray[np.int64]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.record)

    def between(self, first: int, last: int) -> Deliveries:
        """Return those from a position on until before another."""
        return self._some(slice(first, last))

    def take(self, those: NDArray[np.bool_]) -> Deliveries:
        """Return those that are marked."""
        return self._some(those)

    def _some(self, those: NDArray[np.bool_] | slice) -> Deliveries:
        return Deliveries(*(getattr(self, name)[those] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Timetable:
    """How late a trail is."""

    every: int
    """Milliseconds from one log file to the next."""

    duplicates: int
    """Records in a million that are delivered twice."""

    delays: tuple[Quantiles, ...]
    """By kind: milliseconds from an event to its arrival."""

    outages: tuple[tuple[int, int, int], ...]
    """First instant, first after it, and which of `REASONS`; in order of time."""

    @property
    def longest(self) -> int:
        """Milliseconds from an event to its last delivery, at most."""
        drawn = max(one.greatest for one in self.delays)
        if self.duplicates:
            drawn += REPEATED.greatest + self.every
        # An outage holds back what is meant for it, until the next file after it.
        held = sum(last - first + self.every for first, last, _ in self.outages)
        return drawn + self.every + held

    def at(self, row: Mapping[str, int]) -> list[Delivery]:
        """Return the deliveries of one record, told by its row."""
        high, low, step = row["key_high"], row["key_low"], row["step"]
        late = self.delays[row["kind"]].at(word_at(high, low, _LATE, step))
        first = self._delivery(row["time"] + late, 0)
        if scaled(word_at(high, low, _TWICE, step), _MILLION) >= self.duplicates:
            return [first]
        again = first.arrived + REPEATED.at(word_at(high, low, _AGAIN, step))
        # In another file than the first time.
        return [first, self._delivery(again, first.delivered + self.every)]

    def _delivery(self, arrived: int, earliest: int) -> Delivery:
        due = max(-(-arrived // self.every) * self.every, earliest)
        at, reason = due, ON_TIME
        for first, last, why in self.outages:
            if first <= at < last:
                at, reason = -(-last // self.every) * self.every, why
        return Delivery(arrived, due, at, reason)

    def of(self, batch: RecordBatch) -> Deliveries:
        """Return the deliveries of all records of a batch, each as `at` says."""
        high, low = (
            batch.columns[name].astype(np.uint64, copy=False) for name in ("key_high", "key_low")
        )
        step = batch.columns["step"].astype(np.uint64)
        words = word_at_many(high, low, _LATE, step)
        arrived = batch.columns["time"] + at_each(stacked(self.delays), batch.kind, words)
        record = np.arange(len(batch))
        first = self._deliveries(record, arrived, np.zeros(len(batch), np.int64))
        if not self.duplicates:
            return first
        is_twice = scaled_many(word_at_many(high, low, _TWICE, step), _MILLION) < self.duplicates
        twice = np.flatnonzero(is_twice)
        words = word_at_many(high[twice], low[twice], _AGAIN, step[twice])
        again = arrived[twice] + REPEATED.at_many(words)
        second = self._deliveries(record[twice], again, first.delivered[twice] + self.every)
        order = np.argsort(np.concatenate([first.record, second.record]), kind="stable")
        return Deliveries(
            *(
                np.concatenate([getattr(first, name), getattr(second, name)])[order]
                for name in Deliveries.__slots__
            )
        )

    def _deliveries(
        self, record: NDArray[np.int64], arrived: NDArray[np.int64], earliest: NDArray[np.int64]
    ) -> Deliveries:
        due = np.maximum(-(-arrived // self.every) * self.every, earliest)
        at = due.copy()
        reason = np.full(len(at), ON_TIME, np.int64)
        for first, last, why in self.outages:
            is_held = (at >= first) & (at < last)
            at[is_held] = -(-last // self.every) * self.every
            reason[is_held] = why
        return Deliveries(record, arrived, due, at, reason)


def timetable_of(trail: Trail) -> Timetable:
    """Return when a scenario's trail delivers."""
    delays = PROFILES[trail.lateness]
    return Timetable(
        every=trail.files.every,
        duplicates=trail.duplicates,
        delays=tuple(delays[kind.group] for kind in kinds.KINDS),
        outages=tuple((one.start, one.end, REASONS.index(one.reason)) for one in trail.outages),
    )
