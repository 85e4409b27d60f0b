"""When each record of a stream is due: by count, by bytes, or as it happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from simulator.streaming.rates import BEYOND

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import NDArray

    from simulator.streaming.rates import Course


class Pace(Protocol):
    """Says when records are due. It is told of all records, in their order."""

    @property
    def length(self) -> int | None:
        """How long the stream lasts, in milliseconds; absent for as long as there are records."""
        ...

    def dues(self, times: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return when the next records are due, in microseconds after the beginning.

        Args:
            times: When each happened, in milliseconds.
            sizes: Bytes of each.

        Returns:
            In order; `BEYOND` for those that come after the end.
        """
        ...


@dataclass(slots=True)
class ByCount:
    """So many records a second."""

    course: Course
    _before: int = field(default=0, init=False)

    @property
    def length(self) -> int | None:
        """See `Pace.length`."""
        return self.course.length

    def dues(self, times: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:  # noqa: ARG002
        """See `Pace.dues`."""
        first, self._before = self._before, self._before + len(times)
        return self.course.dues(np.arange(first, self._before, dtype=np.int64))


@dataclass(slots=True)
class ByBytes:
    """So many bytes a second, each record with a line end; a record is due with its first byte."""

    course: Course
    _before: int = field(default=0, init=False)

    @property
    def length(self) -> int | None:
        """See `Pace.length`."""
        return self.course.length

    def dues(self, times: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:  # noqa: ARG002
        """See `Pace.dues`."""
        ends = self._before + np.cumsum(sizes + 1)
        if not len(ends):
            return ends
        first, self._before = self._before, int(ends[-1])
        return self.course.dues(np.concatenate([[first], ends[:-1]]))


@dataclass(slots=True)
class AsItHappened:
    """With the gaps between records that their times have, or a fixed share of them."""

    factor: Fraction
    """How many times as fast."""

    length: int | None
    """See `Pace.length`."""

    _first: int | None = field(default=None, init=False)

    def dues(self, times: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:  # noqa: ARG002
        """See `Pace.dues`."""
        if not len(times):
            return times
        if self._first is None:
            self._first = int(times[0])
        since = (times - self._first).tolist()
        # Of whole numbers of any size: a century in microseconds times a factor overflows.
        above, below = 1000 * self.factor.denominator, self.factor.numerator
        made = np.array([span * above // below for span in since], np.int64)
        if self.length is not None:
            made[made >= self.length * 1000] = BEYOND
        return made
