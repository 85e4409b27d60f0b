"""Records as newline-delimited JSON: one record a line, in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.delivery.overrides import Delivered


@dataclass(frozen=True, slots=True)
class RecordLines:
    """The records themselves."""

    def of(self, delivered: Delivered) -> Iterator[memoryview]:
        """See `Lines.of`; nothing is copied."""
        for piece in delivered.batch.text.pieces():
            yield piece.data
