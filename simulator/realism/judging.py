"""From evidence to verdicts: what is surprising, and what is large enough to matter.

A measure fails if it is both: so far out that chance gives as much once in a thousand
reports, all measures of the report together (Holm's correction), and farther from what is
declared than a stated tolerance. With a million records anything is surprising, and what is
surprising by a hair is a trifle; with a hundred, anything may be large.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from simulator.realism.evidence import Share
from simulator.realism.exact import curve_band, curve_chance, holm, interval, two_sided

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.realism.evidence import Evidence, Spread

Verdict: TypeAlias = Literal["holds", "trifle", "fails", "too few to tell"]

RARE: Final = 0.001
"""How likely a report is, in which anything fails by chance alone, at most."""

CONFIDENCE: Final = 0.99
"""Of the intervals that are shown."""

FEWEST: Final = 30
"""Trials below which nothing is said."""

FEWEST_TO_COMPARE: Final = 50
"""Of a sample of a distribution."""

PART: Final = 0.1
"""A share may be off by a tenth of it, or of what is missing to everything, whichever is less."""

LEAST: Final = 0.002
"""But by 0.2 points always."""

MOST: Final = 0.02
"""And by 2 points at most; a number of times by so large a part of it."""

WIDEST: Final = 0.03
"""How far a distribution may be from the declared one: 3 points, wherever they are cut in two."""

BARS: Final = 24
"""Columns of a drawn distribution."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A distribution in columns of one width."""

    low: float
    """Where the first column begins."""
    high: float
    """Where the last one ends; what is beyond it is left out."""
    scale: str
    """What the numbers are."""
    declared: tuple[float, ...]
    """Share of each column."""
    measured: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A measure of one persona, and what is to be thought of it."""

    persona: str
    measure: str
    unit: str
    """What was counted."""
    trials: int
    """How many of them there are."""
    declared: float
    """A share; of a distribution 0, since it is the gap that is measured."""
    measured: float | None
    """Likewise; the greatest gap of a distribution, from 0 to 1. Absent without trials."""
    low: float
    """Where the interval of what is measured begins."""
    high: float
    """Where it ends."""
    chance: float
    """p-value: how likely something as far out is if what is declared holds."""
    corrected: float
    """The same for the whole report."""
    tolerance: float
    """How far what is measured may be from what is declared."""
    verdict: Verdict
    shape: Shape | None = None
    """Of distributions."""

    @property
    def is_share(self) -> bool:
        """Whether a share was measured, and not a distribution."""
        return self.shape is None


def judged(evidence: Sequence[tuple[str, Evidence]]) -> tuple[Row, ...]:
    """Return what is to be thought of all measures of a report.

    Args:
        evidence: Each with the persona it is about.
    """
    enough = [
        len(one.sample) >= FEWEST_TO_COMPARE if not isinstance(one, Share) else one.trials >= FEWEST
        for _, one in evidence
    ]
    measured = [_measured(one) for _, one in evidence]
    chances = [_chance(one, found) for (_, one), found in zip(evidence, measured, strict=True)]
    told = [chance for chance, is_enough in zip(chances, enough, strict=True) if is_enough]
    corrected = iter(holm(told))
    return tuple(
        _row(persona, one, found, chance, next(corrected) if is_enough else None)
        for (persona, one), found, chance, is_enough in zip(
            evidence, measured, chances, enough, strict=True
        )
    )


def tolerance_of(share: float, base: int = 0) -> float:
    """Return how far a share may be from the declared one; of a number, a part of all of it."""
    if base:
        return (base + share) * MOST
    return min(max(min(share, 1 - share) * PART, LEAST), MOST)


def _measured(one: Evidence) -> float | None:
    """Return the share, or the greatest gap of a distribution; nothing without trials."""
    if isinstance(one, Share):
        return one.count / one.trials if one.trials else None
    return one.declared.gap(one.sample) if one.sample else None


def _chance(one: Evidence, measured: float | None) -> float:
    if measured is None:
        return 1.0
    if isinstance(one, Share):
        return two_sided(one.count, one.trials, one.declared)
    return curve_chance(measured, len(one.sample))


def _row(
    persona: str, one: Evidence, measured: float | None, chance: float, corrected: float | None
) -> Row:
    if isinstance(one, Share):
        low, high = interval(one.count, one.trials, CONFIDENCE)
        declared, base, tolerance = one.declared, one.base, tolerance_of(one.declared, one.base)
        trials, shape = one.trials, None
    else:
        trials = len(one.sample)
        band = curve_band(trials, CONFIDENCE) if trials else 1.0
        low, high = max((measured or 0.0) - band, 0.0), min((measured or 0.0) + band, 1.0)
        declared, base, tolerance = 0.0, 0, WIDEST
        shape = _shape(one)
    verdict: Verdict = "holds"
    if corrected is None or measured is None:
        verdict = "too few to tell"
    elif corrected < RARE:
        verdict = "fails" if abs(measured - declared) > tolerance else "trifle"
    return Row(
        persona=persona,
        measure=one.name,
        unit=one.unit,
        trials=trials,
        declared=declared + base,
        measured=None if measured is None else measured + base,
        low=low + base,
        high=high + base,
        chance=chance,
        corrected=1.0 if corrected is None else corrected,
        tolerance=tolerance,
        verdict=verdict,
        shape=shape,
    )


def _shape(one: Spread) -> Shape:
    points, until = one.declared.points, one.declared.until
    low = float(points[0])
    high = float(points[int(np.searchsorted(until, 0.99))])
    # Of whole numbers each has a column, where there are few enough.
    whole = bool((points == np.floor(points)).all()) and high - low < BARS
    high, count = (high + 1, int(high - low) + 1) if whole else (max(high, low + 1e-9), BARS)
    edges = np.linspace(low, high, count + 1)
    sample = np.array(one.sample, np.float64)
    counts = np.histogram(sample[sample < high], edges)[0]
    return Shape(
        low=low,
        high=high,
        scale=one.scale,
        declared=tuple(one.declared.shares(edges).tolist()),
        measured=tuple((counts / max(len(sample), 1)).tolist()),
    )
