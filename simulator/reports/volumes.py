"""How many records there are, when, and of what: columns that grow wider as time goes on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from simulator.primitives.instants import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTHS: Final = (
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    DAY,
    7 * DAY,
    28 * DAY,
    364 * DAY,
)
"""Of a column, in milliseconds: each is so many of the one before, as far as that goes."""
MOST_COLUMNS: Final = 180
"""Columns that are drawn."""
_MOST_KEPT: Final = 20_000
"""Columns and groups that are counted before columns grow wider."""


@dataclass(slots=True)
class Volumes:
    """Records over time, by group."""

    width: int = WIDTHS[0]
    """Of a column, in milliseconds."""
    columns: Counter[tuple[int, str]] = field(default_factory=Counter)
    """Number of a column since 1970, and a group, to how many records."""

    def add(self, at: int, group: str) -> None:
        """Count a record."""
        self.columns[at // self.width, group] += 1
        if len(self.columns) > _MOST_KEPT:
            self._widen()

    def settle(self) -> None:
        """Widen columns until few enough are left to be drawn."""
        while self._span() > MOST_COLUMNS and self.width < WIDTHS[-1]:
            self._widen()

    def rows(self) -> Iterator[tuple[int, str, int]]:
        """Yield when a column begins, a group, and how many records, in order."""
        for (column, group), count in sorted(self.columns.items()):
            yield column * self.width, group, count

    def totals(self) -> list[int]:
        """Return how many records each column has, those without any between them as well."""
        if not self.columns:
            return []
        sums: Counter[int] = Counter()
        for (column, _), count in self.columns.items():
            sums[column] += count
        return [sums[column] for column in range(min(sums), max(sums) + 1)]

    def _span(self) -> int:
        numbers = [column for column, _ in self.columns]
        return max(numbers) - min(numbers) + 1 if numbers else 0

    def _widen(self) -> None:
        # Beyond the last width nothing is left to do: a column a year.
        place = WIDTHS.index(self.width)
        if place + 1 == len(WIDTHS):
            return
        old, self.width = self.width, WIDTHS[place + 1]
        counted, self.columns = self.columns, Counter()
        for (column, group), count in counted.items():
            self.columns[column * old // self.width, group] += count


@dataclass(slots=True)
class Week:
    """Records by weekday and hour of the day, in UTC."""

    hours: list[list[int]] = field(default_factory=lambda: [[0] * 24 for _ in range(7)])
    """Monday first."""

    def add(self, at: int) -> None:
        """Count a record."""
        # 1 January 1970 was a Thursday.
        self.hours[(at // DAY + 3) % 7][at % DAY // HOUR] += 1
