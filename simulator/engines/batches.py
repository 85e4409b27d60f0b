"""What engines give back: finished records, and the columns that later layers need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.primitives.columns import dtype_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from simulator.primitives.columns import Column

SHARED: Final = ("key_high", "key_low", "step", "time", "outcome", "user", "admin", "actor")
"""Row columns that a batch passes on."""


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """Records in order: by time in milliseconds, then episode key, then step."""

    lines: list[bytes]
    """JSON objects without line ends."""

    kind: NDArray[np.int64]
    """Position in `records.kinds.KINDS`."""

    era: NDArray[np.int64]
    """Position in `records.eras.ERAS`."""

    flow: NDArray[np.int64]
    """Position in `flows.FLOWS`."""

    columns: Mapping[str, Column]
    """The columns named in `SHARED`, one value a record."""

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.lines)


def packed(lines: list[bytes], rows: Sequence[Mapping[str, int]]) -> RecordBatch:
    """Return lines, and the rows of whole numbers they were made from, as a batch."""

    def column(name: str) -> NDArray[np.int64]:
        return np.array([row[name] for row in rows], np.int64)

    return RecordBatch(
        lines=lines,
        kind=column("kind"),
        era=column("era"),
        flow=column("flow"),
        columns={name: np.array([row[name] for row in rows], dtype_of(name)) for name in SHARED},
    )
