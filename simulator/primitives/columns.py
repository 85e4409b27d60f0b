"""Tables of text that rows point into.

A plan holds whole numbers only. Where a record shows text (a user's id, an address),
the row has the position and a `Tables` has the text, once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

import numpy as np

from simulator.primitives.jsontext import string_content

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


@dataclass(frozen=True, slots=True)
class Tables:
    """Columns of text by name, such as `user.id`; what stands before the dot is the table."""

    texts: Mapping[str, tuple[str, ...]]
    """Column name to its values, by position."""

    _contents: dict[str, NDArray[np.bytes_]] = field(default_factory=dict, repr=False)
    _memories: dict[str, object] = field(default_factory=dict, repr=False)

    def text(self, name: str, position: int) -> str:
        """Return one value of a column. No position is negative: -1 stands for none."""
        assert position >= 0
        return self.texts[name][position]

    def contents(self, name: str) -> NDArray[np.bytes_]:
        """Return a column as what stands between the quotes in JSON."""
        made = self._contents.get(name)
        if made is None:
            values = [string_content(value) for value in self.texts[name]]
            made = np.array(values or [b""], np.bytes_)
            self._contents[name] = made
        return made

    def remembered(self, name: str, make: Callable[[], MemoryT]) -> MemoryT:
        """Return what somebody worked out for these tables, made at the first asking."""
        if name not in self._memories:
            self._memories[name] = make()
        return cast("MemoryT", self._memories[name])
