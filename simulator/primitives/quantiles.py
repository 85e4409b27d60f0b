"""Distributions as integer tables.

A distribution is given by a few percentiles a reader can judge ("half of all people
need 7 s, one in a hundred 40 s") and becomes a table of whole numbers. Drawing looks a
64-bit word up in it, by integer arithmetic alone: `log` and `exp` differ in the last
bit between machines, and a last bit decides a byte.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_BITS: Final = 10
_ENTRIES: Final = 1 << _BITS

# As arrays without axes, which NumPy takes faster than scalars.
_TO_INDEX: Final = np.array(64 - _BITS, np.uint64)
_PAST_INDEX: Final = np.array(_BITS, np.uint64)
_HALF: Final = np.array(32, np.uint64)
_HALF_SIGNED: Final = np.array(32, np.int64)


@dataclass(frozen=True, slots=True)
class Quantiles:
    """A distribution of whole numbers, piecewise linear between its percentiles."""

    table: tuple[int, ...]
    """Value at each of 1,025 evenly spaced quantiles, first and last included; ascending."""
    lows: NDArray[np.int64] = field(init=False, repr=False, compare=False)
    """The table but for its last value."""
    steps: NDArray[np.int64] = field(init=False, repr=False, compare=False)
    """How much each value is below the next one."""

    def __post_init__(self) -> None:
        """Keep the table as arrays: to look one up by a tuple takes longer than many draws."""
        values = np.array(self.table, np.int64)
        object.__setattr__(self, "lows", values[:-1])
        object.__setattr__(self, "steps", np.diff(values))

    @classmethod
    def through(cls, percentiles: Mapping[float, int]) -> Quantiles:
        """Build the distribution that passes through percentiles.

        Args:
            percentiles: Percentile (0 to 100, both ends given, at most two decimals) to
                value. Values must not fall.
        """
        knots = sorted((round(percent * 100), value) for percent, value in percentiles.items())
        if knots[0][0] != 0 or knots[-1][0] != 10_000:
            message = "percentiles must begin at 0 and end at 100"
            raise ValueError(message)
        if any(before[1] > after[1] for before, after in pairwise(knots)):
            message = "values must not fall as percentiles rise"
            raise ValueError(message)
        table: list[int] = []
        for (start, low), (end, high) in pairwise(knots):
            # Entry n is at n * 10,000 / _ENTRIES basis points; a knot belongs to what it ends.
            span = (end - start) * _ENTRIES
            entries = np.arange(len(table), end * _ENTRIES // 10_000 + 1, dtype=np.int64)
            rise, base = high - low, start * _ENTRIES
            table += (low + rise * (entries * 10_000 - base) // span).tolist()
        return cls(tuple(table))

    @property
    def greatest(self) -> int:
        """The largest value a draw can give."""
        return self.table[-1]

    def at(self, word: int) -> int:
        """Return the value that a 64-bit word stands for."""
        index = word >> (64 - _BITS)
        fraction = (word >> (32 - _BITS)) & 0xFFFFFFFF
        low = self.table[index]
        return low + (((self.table[index + 1] - low) * fraction) >> 32)

    def at_many(self, words: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Look up as `at` does, for every word."""
        index = (words >> _TO_INDEX).view(np.int64)
        # What is left of the word, brought to 32 bits; steps are below 2^31.
        fraction = words << _PAST_INDEX
        fraction >>= _HALF
        found = self.steps.take(index)
        found *= fraction.view(np.int64)
        found >>= _HALF_SIGNED
        found += self.lows.take(index)
        return found


NONE: Final = Quantiles((0,) * (_ENTRIES + 1))
"""The distribution that is nothing but 0."""


def stacked(distributions: Sequence[Quantiles]) -> NDArray[np.int64]:
    """Return several distributions as the rows of one table, to be drawn from together."""
    return np.array([one.table for one in distributions], np.int64).reshape(-1, _ENTRIES + 1)


def at_each(
    table: NDArray[np.int64], which: NDArray[np.int64], words: NDArray[np.uint64]
) -> NDArray[np.int64]:
    """Look up as `Quantiles.at` does, each word in a distribution of its own.

    Args:
        table: Of `stacked`.
        which: For every word, the row of the table.
    """
    flat = table.ravel()
    index = (words >> _TO_INDEX).view(np.int64)
    index += which * table.shape[1]
    fraction = words << _PAST_INDEX
    fraction >>= _HALF
    low = flat.take(index)
    index += 1
    found = flat.take(index)
    found -= low
    found *= fraction.view(np.int64)
    found >>= _HALF_SIGNED
    found += low
    return found
