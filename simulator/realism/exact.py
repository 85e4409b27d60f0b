"""Exact tests: of a share by the binomial, of a distribution by the DKW inequality.

Both hold for any number of trials and need no approximation: Clopper and Pearson's interval
and the doubled tail for shares; for distributions P(gap > d) <= 2 exp(-2 n d^2) (Dvoretzky,
Kiefer and Wolfowitz, with Massart's constant), which holds for whole numbers, too. Nothing
here decides a byte of a record, so that floating-point functions may be used.
"""

from __future__ import annotations

from math import exp, isqrt, log, sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEVER: Final = 70.0
"""A tail whose Chernoff bound is exp(-70) is given as that bound: no verdict depends on it."""

_HALVINGS: Final = 24
"""Of the span in which an end of an interval lies: seven digits."""


def _divergence(count: int, trials: int, share: float) -> float:
    """Return Chernoff's exponent: a tail beyond the count is at most exp of minus this."""
    found = count / trials
    parts = ((found, share), (1 - found, 1 - share))
    return trials * sum(mine * log(mine / theirs) for mine, theirs in parts if mine > 0)


def _beyond(count: int, trials: int, odds: float, step: int) -> float:
    """Return the weight of all counts on one side of a count, where its own is 1."""
    left = trials - count if step > 0 else count
    far = isqrt(trials) * 5 + abs(count - round(trials * odds / (1 + odds))) + 60
    place = np.arange(min(left, far), dtype=np.float64)
    if step > 0:
        ratios = (trials - count - place) / (count + place + 1) * odds
    else:
        ratios = (count - place) / (trials - count + place + 1) / odds
    return float(np.cumprod(ratios).sum())


def tails(count: int, trials: int, share: float) -> tuple[float, float]:
    """Return the chances of at most, and of at least, so many of some trials.

    Args:
        share: Chance of one, from 0 to 1.
    """
    if not trials or count == trials * share:
        if share in {0, 1} or not trials:
            return 1.0, 1.0
    elif share in {0, 1}:
        return (1.0, 0.0) if share == 0 else (0.0, 1.0)
    elif (far := _divergence(count, trials, share)) > _NEVER:
        return (1.0, exp(-far)) if count > trials * share else (exp(-far), 1.0)
    odds = share / (1 - share)
    below, above = _beyond(count, trials, odds, -1), _beyond(count, trials, odds, 1)
    return (below + 1) / (below + 1 + above), (above + 1) / (below + 1 + above)


def two_sided(count: int, trials: int, share: float) -> float:
    """Return the chance of a count as far out as this or farther: the doubled smaller tail."""
    return min(1.0, 2 * min(tails(count, trials, share)))


def interval(count: int, trials: int, confidence: float) -> tuple[float, float]:
    """Return Clopper and Pearson's interval of a share, after so many of some trials."""
    if not trials:
        return 0.0, 1.0
    found, least = count / trials, (1 - confidence) / 2
    ends = []
    for far, side, is_out in ((0.0, 1, count == 0), (1.0, 0, count == trials)):
        near, out = found, far
        for _ in range(0 if is_out else _HALVINGS):
            middle = (near + out) / 2
            if tails(count, trials, middle)[side] > least:
                near = middle
            else:
                out = middle
        ends.append(out)
    return ends[0], ends[1]


def curve_chance(gap: float, size: int) -> float:
    """Return a bound on the chance of such a gap between a sample and its distribution."""
    return min(1.0, 2 * exp(-2 * size * gap * gap))


def curve_band(size: int, confidence: float) -> float:
    """Return how far a sample's distribution may be from the true one, anywhere."""
    return min(1.0, sqrt(log(2 / (1 - confidence)) / (2 * size)))


def holm(chances: Sequence[float]) -> list[float]:
    """Return p-values corrected for being so many, by Holm's procedure, in their order."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    found = [1.0] * len(chances)
    most = 0.0
    for rank, place in enumerate(order):
        most = max(most, min(1.0, chances[place] * (len(chances) - rank)))
        found[place] = most
    return found
