"""Conditions, asked of one row or of columns.

Flows use them to say which steps happen, shapes to say which members are there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.primitives.columns import Column


class Condition(Protocol):
    """A question that a row answers with yes or no."""

    def one(self, row: Mapping[str, int]) -> bool:
        """Ask one row."""
        ...

    def many(self, columns: Mapping[str, Column], count: int) -> NDArray[np.bool_]:
        """Ask `count` rows, given as columns."""
        ...

    def columns(self) -> frozenset[str]:
        """Return the columns the answer depends on."""
        ...

    def bounds(self, column: str) -> frozenset[int]:
        """Return the values of a column at which the answer may become another.

        Two rows that differ in this column alone, with no bound above the one value and up
        to the other, have one answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class Always:
    """Yes, whatever the row."""

    def one(self, row: Mapping[str, int]) -> bool:  # noqa: ARG002  # the protocol's signature
        """See `Condition.one`."""
        return True

    def many(self, columns: Mapping[str, Column], count: int) -> NDArray[np.bool_]:  # noqa: ARG002
        """See `Condition.many`."""
        return np.ones(count, np.bool_)

    def columns(self) -> frozenset[str]:
        """See `Condition.columns`."""
        return frozenset()

    def bounds(self, column: str) -> frozenset[int]:  # noqa: ARG002
        """See `Condition.bounds`."""
        return frozenset()


ALWAYS = Always()


@dataclass(frozen=True, slots=True)
class Within:
    """Whether a column lies between two whole numbers, both included."""

    column: str
    low: int
    high: int

    def one(self, row: Mapping[str, int]) -> bool:
        """See `Condition.one`."""
        return self.low <= row[self.column] <= self.high

    def many(self, columns: Mapping[str, Column], count: int) -> NDArray[np.bool_]:
        """See `Condition.many`."""
        values = np.broadcast_to(columns[self.column], count)
        return (values >= self.low) & (values <= self.high)

    def columns(self) -> frozenset[str]:
        """See `Condition.columns`."""
        return frozenset({self.column})

    def bounds(self, column: str) -> frozenset[int]:
        """See `Condition.bounds`."""
        return frozenset({self.low, self.high + 1} if column == self.column else ())


_FAR = 1 << 62


def equals(column: str, value: int) -> Within:
    """Ask whether a column has this value."""
    return Within(column, value, value)


def at_least(column: str, value: int) -> Within:
    """Ask whether a column is this large or larger."""
    return Within(column, value, _FAR)


def less_than(column: str, value: int) -> Within:
    """Ask whether a column is smaller than this."""
    return Within(column, -_FAR, value - 1)


@dataclass(frozen=True, slots=True)
class All:
    """Whether every one of several conditions holds."""

    parts: tuple[Condition, ...]

    def one(self, row: Mapping[str, int]) -> bool:
        """See `Condition.one`."""
        return all(part.one(row) for part in self.parts)

    def many(self, columns: Mapping[str, Column], count: int) -> NDArray[np.bool_]:
        """See `Condition.many`."""
        answer = np.ones(count, np.bool_)
        for part in self.parts:
            answer &= part.many(columns, count)
        return answer

    def columns(self) -> frozenset[str]:
        """See `Condition.columns`."""
        return frozenset[str]().union(*(part.columns() for part in self.parts))

    def bounds(self, column: str) -> frozenset[int]:
        """See `Condition.bounds`."""
        return frozenset[int]().union(*(part.bounds(column) for part in self.parts))


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Whether at least one of several conditions holds."""

    parts: tuple[Condition, ...]

    def one(self, row: Mapping[str, int]) -> bool:
        """See `Condition.one`."""
        return any(part.one(row) for part in self.parts)

    def many(self, columns: Mapping[str, Column], count: int) -> NDArray[np.bool_]:
        """See `Condition.many`."""
        answer = np.zeros(count, np.bool_)
        for part in self.parts:
            answer |= part.many(columns, count)
        return answer

    def columns(self) -> frozenset[str]:
        """See `Condition.columns`."""
        return frozenset[str]().union(*(part.columns() for part in self.parts))

    def bounds(self, column: str) -> frozenset[int]:
        """See `Condition.bounds`."""
        return frozenset[int]().union(*(part.bounds(column) for part in self.parts))


def both(*parts: Condition) -> All:
    """Ask whether all of these hold."""
    return All(parts)


def either(*parts: Condition) -> AnyOf:
    """Ask whether any of these holds."""
    return AnyOf(parts)
