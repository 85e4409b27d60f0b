"""Tables of text that rows point into.

A plan holds whole numbers only. Where a record shows text (a user's id, an address),
the row has the position and a `Tables` has the text, once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar, cast

import numpy as np

from simulator.primitives.texts import Listed, Texts, trimmed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray


MemoryT = TypeVar("MemoryT")

Column: TypeAlias = "NDArray[np.int64 | np.uint64]"
"""One number a row: signed, or words of keys."""


def dtype_of(column: str) -> type[np.int64 | np.uint64]:
    """Return what a column's numbers are: words of keys are unsigned, all else is signed."""
    return np.uint64 if column.endswith(("_high", "_low")) else np.int64


def constant(name: str, value: int, count: int) -> Column:
    """Return a column that has one value in all rows, and takes no memory."""
    dtype = dtype_of(name)
    # As `np.broadcast_to` makes it, at a tenth of the cost.
    made: Column = np.ndarray((count,), dtype, np.array([value], dtype), 0, (0,))
    made.flags.writeable = False
    return made


def in_order(numbers: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return positions in order of their numbers; what is equal keeps its order.

    By radix, sixteen bits at a time: several times as fast as NumPy sorts wider numbers, where
    they are not far apart.
    """
    if not len(numbers):
        return np.zeros(0, np.intp)
    past = numbers - numbers.min()
    order = np.argsort(past.astype(np.uint16), kind="stable")
    longest, shift = int(past.max()), 16
    while longest >> shift:
        digit = (past >> shift).astype(np.uint16)
        order = order.take(np.argsort(digit.take(order), kind="stable"))
        shift += 16
    return order


_KNOWN: Final = 1 << 16
"""Single texts that are remembered, at most: some are asked for in record after record."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Columns of text by name, such as `user.id`; what stands before the dot is the table."""

    texts: Mapping[str, Sequence[str]]
    """Column name to its values, by position: a tuple, or `Texts` held in another form."""

    _contents: dict[str, NDArray[np.bytes_]] = field(default_factory=dict, repr=False)
    _columns: dict[str, Texts] = field(default_factory=dict, repr=False)
    _known: dict[tuple[str, int], str] = field(default_factory=dict, repr=False)
    _memories: dict[str, object] = field(default_factory=dict, repr=False)

    def _column(self, name: str) -> Texts:
        known = self._columns.get(name)
        if known is None:
            values = self.texts[name]
            known = values if isinstance(values, Texts) else Listed(values)
            self._columns[name] = known
        return known

    def count(self, name: str) -> int:
        """Return how many rows a column has."""
        return len(self.texts[name])

    def text(self, name: str, position: int) -> str:
        """Return one value of a column. No position is negative: -1 stands for none."""
        assert position >= 0
        known = self._known.get((name, position))
        if known is None:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            known = self._known[name, position] = self._column(name).one(position)
        return known

    def contents(self, name: str) -> NDArray[np.bytes_]:
        """Return a column as what stands between the quotes in JSON, made at the first asking."""
        made = self._contents.get(name)
        if made is None:
            made = np.zeros(1, np.bytes_)
            if self.count(name):
                made = trimmed(self._column(name).many(np.arange(self.count(name))))
            self._contents[name] = made
        return made

    def contents_at(self, name: str, positions: NDArray[np.int64]) -> NDArray[np.bytes_]:
        """Return what `contents` has at these positions, without making the rest of it."""
        made = self._contents.get(name)
        return self._column(name).many(positions) if made is None else made[positions]

    def widths(self, name: str) -> tuple[int, int]:
        """Return how few and how many bytes a text of `contents` may have.

        They are equal only where all texts have as many. Nothing is spelled for it, so that
        it costs little even for a million rows.
        """
        return self.remembered(f"widths of {name}", self._column(name).widths)

    def find(self, name: str, text: str) -> int:
        """Return the first position of a text in a column, or -1."""
        return self._column(name).find(text)

    def remembered(self, name: str, make: Callable[[], MemoryT]) -> MemoryT:
        """Return what somebody worked out for these tables, made at the first asking."""
        if name not in self._memories:
            self._memories[name] = make()
        return cast("MemoryT", self._memories[name])
