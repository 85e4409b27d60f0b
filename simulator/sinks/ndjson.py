"""Records as newline-delimited JSON: one record a line, in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.delivery.overrides import Delivered


@dataclass(frozen=True, slots=True)
class RecordLines:
    """The records themselves."""

    def of(self, delivered: Delivered) -> memoryview:
        """See `Lines.of`; nothing is copied."""
        return delivered.batch.data.data
