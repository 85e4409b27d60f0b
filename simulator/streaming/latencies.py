"""How long things took, by how many records: counted in buckets that grow with the time.

Buckets are a 64th of their time wide, so that a quantile is right within 1.6 %; nothing is
kept of single records, however many there are. After G. Tene's HdrHistogram.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PARTS: Final = 64
_BITS: Final = 6
_BUCKETS: Final = _PARTS * 58
QUANTILES: Final = (50, 90, 99, 99.9)
"""Those that a report has, in percent, beside the least and the most."""


class Latencies:
    """Times in microseconds. Adding is for one thread at a time."""

    def __init__(self) -> None:
        self._counts = np.zeros(_BUCKETS, np.int64)
        self.count = 0
        self.most = 0

    def add(self, micros: NDArray[np.int64]) -> None:
        """Count times; those below zero as zero."""
        if not len(micros):
            return
        times = np.maximum(micros, 0)
        self._counts += np.bincount(_bucket(times), minlength=_BUCKETS)
        self.count += len(times)
        self.most = max(self.most, int(times.max()))

    def quantile(self, percent: float) -> int:
        """Return the time within which so many percent are; 0 where there are none."""
        if not self.count:
            return 0
        wanted = max(-int(-self.count * percent // 100), 1)
        place = int(np.searchsorted(np.cumsum(self._counts), wanted))
        return min(_last(place), self.most)

    def told(self) -> dict[str, float]:
        """Return quantiles and the most, in milliseconds."""
        made = {f"p{percent:g}": self.quantile(percent) / 1000 for percent in QUANTILES}
        return {**made, "max": self.most / 1000}

    def buckets(self) -> list[tuple[int, int]]:
        """Return how many lie in each bucket that is not empty, by its last microsecond."""
        filled = np.flatnonzero(self._counts).tolist()
        return [(_last(place), int(self._counts[place])) for place in filled]


def _bucket(times: NDArray[np.int64]) -> NDArray[np.int64]:
    # frexp is exact: it only takes numbers apart.
    _, exponent = np.frexp(times.astype(np.float64))
    shift = np.maximum(exponent - _BITS - 1, 0).astype(np.int64)
    place: NDArray[np.int64] = shift * _PARTS + (times >> shift)
    return place


def _last(place: int) -> int:
    """Return the greatest time of a bucket."""
    shift = max(place // _PARTS - 1, 0)
    return ((place - shift * _PARTS + 1) << shift) - 1
