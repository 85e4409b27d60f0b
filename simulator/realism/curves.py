"""What a distribution is said to be: points with weights, worked out of quantile tables.

The tables of the planner are the one truth. A curve holds what they give, evenly drawn, so
that no percentile is written down here a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.primitives.instants import MINUTE, SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from simulator.primitives.quantiles import Quantiles

    Floats = NDArray[np.float64]

_FINE: Final = 1 << 13
_COARSE: Final = 400
_PHASES: Final = 16
_EVEN: Final = 1 << 9
_KEPT: Final = 15


@dataclass(frozen=True, slots=True)
class Curve:
    """A distribution."""

    points: Floats
    """Ascending."""
    until: Floats
    """Weight up to and with each point; the last is 1."""

    @classmethod
    def of(cls, points: Floats, weights: Floats | None = None) -> Curve:
        """Return the distribution of some points, of one weight unless others are given."""
        order = np.argsort(points, kind="stable")
        mine = np.ones(len(points)) if weights is None else weights
        until = np.cumsum(mine[order])
        return cls(points[order].astype(np.float64), until / until[-1])

    def at(self, values: Floats) -> Floats:
        """Return the weight up to and with each value."""
        return self._up_to(np.searchsorted(self.points, values, side="right"))

    def before(self, values: Floats) -> Floats:
        """Return the weight below each value."""
        return self._up_to(np.searchsorted(self.points, values, side="left"))

    def _up_to(self, place: NDArray[np.intp]) -> Floats:
        return np.concatenate([np.zeros(1), self.until])[place]

    def gap(self, sample: Sequence[float]) -> float:
        """Return how far a sample's distribution is from this one, at most, from 0 to 1."""
        values, counts = np.unique(np.array(sample, np.float64), return_counts=True)
        until = np.cumsum(counts) / len(sample)
        above = np.abs(until - self.at(values)).max()
        below = np.abs(until - counts / len(sample) - self.before(values)).max()
        return float(max(above, below))

    def shares(self, edges: Floats) -> Floats:
        """Return the weight between each two edges, the lower one included."""
        return np.diff(self.before(edges))


def drawn(table: Quantiles, count: int = _FINE) -> NDArray[np.int64]:
    """Return what a table gives when it is drawn from evenly so many times (a power of two)."""
    step = (1 << 64) // count
    words = np.arange(count, dtype=np.uint64) * np.uint64(step) + np.uint64(step // 2)
    return table.at_many(words)


@lru_cache(maxsize=64)
def of_table(table: Quantiles) -> Curve:
    """Return a table's own distribution."""
    return Curve.of(drawn(table).astype(np.float64))


@lru_cache(maxsize=64)
def in_seconds(*tables: Quantiles) -> Curve:
    """Return the distribution of a time in milliseconds as records show it.

    They show the second in which something begins and the second in which it ends, so that
    2.5 s are 2 or 3, as the case may be.

    Args:
        tables: Of what passes one after the other.
    """
    passed = (np.arange(_PHASES) + 0.5) * SECOND / _PHASES
    for table in tables:
        passed = np.sort((passed[:, None] + drawn(table, _EVEN)[None, :]).ravel())
        # Enough of them, evenly picked.
        every = max(len(passed) >> _KEPT, 1)
        passed = passed[every // 2 :: every]
    return Curve.of(np.floor(passed / SECOND))


def of_day(
    inside: Quantiles, outside: Quantiles, *, share_outside: float, length: int, whole: int
) -> Curve:
    """Return when in the day something begins, in minutes after work begins, round the clock.

    Args:
        inside: In parts of the working day; `outside` of the rest, counted from its end.
        share_outside: From 0 to 1.
        length: Of the working day, in minutes.
        whole: What a share of everything is in the tables.
    """
    minutes = 24 * 60
    at_work = drawn(inside) * (length / whole)
    off_work = length + drawn(outside) * ((minutes - length) / whole)
    weights = np.repeat([1 - share_outside, share_outside], _FINE)
    return Curve.of(np.concatenate([at_work, off_work]), weights)


def apart(curve: Curve) -> Curve:
    """Return how far two values that are drawn from one distribution are apart."""
    place = np.searchsorted(curve.until, (np.arange(_COARSE) + 0.5) / _COARSE)
    points = curve.points[np.minimum(place, len(curve.points) - 1)]
    return Curve.of(np.abs(points[:, None] - points[None, :]).ravel())


@lru_cache(maxsize=64)
def renewals(interval: Quantiles, span: Quantiles, *, longest: int, most: int) -> Curve:
    """Return how often something that is done at intervals is done within a span.

    Args:
        longest: No span is longer than this, in milliseconds.
        most: It is done so many times at most.
    """
    # In minutes: sums of intervals are folded, as `numpy.convolve` does it.
    steps = np.bincount((drawn(interval) + MINUTE // 2) // MINUTE) / _FINE
    spans = np.sort(np.minimum(drawn(span), longest))
    reached, chances = np.ones(1), [1.0]
    for _ in range(most):
        reached = np.convolve(reached, steps)
        at = np.arange(len(reached)) * MINUTE
        longer = 1 - np.searchsorted(spans, at, side="right") / len(spans)
        chances.append(float((reached * longer).sum()))
    weights = -np.diff(np.array([*chances, 0.0]))
    return Curve.of(np.arange(most + 1, dtype=np.float64), np.maximum(weights, 0))
