"""Tables of text that grow while a plan is made."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np

from simulator.primitives.columns import Tables
from simulator.primitives.texts import Joined, Listed, Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray


class _Growing:
    """A column: texts one by one, and whole columns between them."""

    __slots__ = ("count", "parts", "starts")

    def __init__(self) -> None:
        self.parts: list[list[str] | Texts] = [[]]
        self.starts = [0]
        self.count = 0

    def append(self, value: str) -> None:
        last = self.parts[-1]
        if isinstance(last, Texts):
            last = []
            self.parts.append(last)
            self.starts.append(self.count)
        last.append(value)
        self.count += 1

    def extend(self, texts: Texts) -> None:
        self.parts.append(texts)
        self.starts.append(self.count)
        self.count += len(texts)

    def text(self, position: int) -> str:
        which = bisect_right(self.starts, position) - 1
        return self.parts[which][position - self.starts[which]]

    def frozen(self) -> Sequence[str]:
        if len(self.parts) == 1:
            return tuple(self.parts[0])
        return Joined(
            [part if isinstance(part, Texts) else Listed(part) for part in self.parts if part]
        )


class Registry:
    """Rows of text tables, added one by one or a column at a time.

    Positions go into the plan's columns, so that a text stands once however often records
    show it. Which position a text gets decides no byte.
    """

    def __init__(self) -> None:
        """Begin with no tables."""
        self._columns: dict[str, _Growing] = {}
        self._known: dict[tuple[str, str], int] = {}

    def _column(self, name: str) -> _Growing:
        return self._columns.setdefault(name, _Growing())

    def add(self, table: str, **texts: str) -> int:
        """Add a row and return its position. All rows of a table name the same columns."""
        position = -1
        for name, value in texts.items():
            column = self._column(f"{table}.{name}")
            position = column.count
            column.append(value)
        return position

    def extend(self, table: str, columns: Mapping[str, Texts]) -> int:
        """Add many rows, a text column each, and return the first one's position."""
        position = -1
        for name, texts in columns.items():
            column = self._column(f"{table}.{name}")
            position = column.count
            column.extend(texts)
        return position

    def intern(self, table: str, value: str) -> int:
        """Return the position of a value in a table of one column, adding it if it is new."""
        known = self._known.get((table, value))
        if known is None:
            known = self._known[table, value] = self.add(table, value=value)
        return known

    def intern_many(
        self, table: str, codes: NDArray[np.int64], spell: Callable[[int], str]
    ) -> NDArray[np.int64]:
        """Intern what each of these codes stands for; every code that occurs is spelled once.

        Args:
            codes: From 0, and small: there is a row in passing for each code there could be.
        """
        positions = np.full(int(codes.max(initial=-1)) + 1, -1, np.int64)
        for code in np.flatnonzero(np.bincount(codes, minlength=1)).tolist():
            positions[code] = self.intern(table, spell(code))
        return positions[codes]

    def text(self, column: str, position: int) -> str:
        """Return one value."""
        return self._columns[column].text(position)

    def tables(self) -> Tables:
        """Return what has been added so far, frozen."""
        return Tables({name: column.frozen() for name, column in self._columns.items()})
