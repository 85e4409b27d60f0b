"""Which alerts touch which records: pairs of positions, some alerts at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.scoring.alerts import NEVER, NONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.scoring.alerts import Alerts
    from simulator.scoring.truths import Told

MOST: Final = 1 << 21
"""Pairs held at a time, unless a single alert touches more records."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Alerts beside the records that they touch. No pair is there twice."""

    alert: NDArray[np.int64]
    record: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Spans:
    """For every one of `owner`, `count` rows of `rows` from `first` on."""

    owner: NDArray[np.int64]
    first: NDArray[np.int64]
    count: NDArray[np.int64]
    rows: NDArray[np.int64]

    def pairs(self, low: int, high: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the pairs of owners from `low` up to `high`. Owners are ascending."""
        begin, end = np.searchsorted(self.owner, (low, high))
        count, first = self.count[begin:end], self.first[begin:end]
        before = np.cumsum(count) - count
        within = np.arange(int(count.sum())) - np.repeat(before, count)
        rows = self.rows[np.repeat(first, count) + within]
        return np.repeat(self.owner[begin:end], count), rows


def touched(alerts: Alerts, told: Told, most: int = MOST) -> Iterator[Pairs]:
    """Yield all pairs, those of one alert together and alerts in order.

    Args:
        alerts: What touches.
        told: What is touched.
        most: Pairs held at a time, unless a single alert has more.
    """
    by_id, by_window = _by_id(alerts, told), _by_window(alerts, told)
    sizes = np.zeros(alerts.count, np.int64)
    for spans in (by_id, by_window):
        np.add.at(sizes, spans.owner, spans.count)
    ends = np.cumsum(sizes)
    low = 0
    while low < alerts.count:
        before = int(ends[low - 1]) if low else 0
        high = max(int(np.searchsorted(ends, before + most, side="right")), low + 1)
        named, windowed = by_id.pairs(low, high), by_window.pairs(low, high)
        yield Pairs(*(np.concatenate(both) for both in zip(named, windowed, strict=True)))
        low = high


def _by_id(alerts: Alerts, told: Told) -> _Spans:
    """Return the records that hold each eventID: one, unless overrides made several alike."""
    order = np.argsort(told.named, kind="stable")
    ids = told.named[order]
    first = np.searchsorted(ids, alerts.named)
    count = np.searchsorted(ids, alerts.named, side="right") - first
    return _Spans(alerts.naming, first, count, told.holders[order])


def _by_window(alerts: Alerts, told: Told) -> _Spans:
    """Return the records of each window's user, from its start to its end, both included."""
    known = told.at[told.acted] != NEVER
    users, records = told.users[known], told.acted[known]
    at = told.at[records]
    order = np.lexsort((at, users))
    # A user and an instant as one number: the instant by its rank among all.
    instants = np.unique(at)
    ranks = len(instants) + 1
    keys = users[order] * ranks + np.searchsorted(instants, at[order])
    owner = np.flatnonzero(alerts.user != NONE)
    base = alerts.user[owner] * ranks
    start = np.searchsorted(instants, alerts.start[owner])
    beyond = np.searchsorted(instants, alerts.end[owner], side="right")
    first = np.searchsorted(keys, base + start)
    count = np.searchsorted(keys, base + beyond) - first
    return _Spans(owner, first, count, records[order])
