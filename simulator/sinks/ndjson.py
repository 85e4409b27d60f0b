"""Records as newline-delimited JSON: one record a line, in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.delivery.overrides import Delivered
    from simulator.sinks.interface import Output


@dataclass(frozen=True, slots=True)
class RecordSink:
    """Writes the records themselves."""

    output: Output
    """Where to."""

    def write(self, delivered: Delivered) -> None:
        """See `Sink.write`."""
        lines = len(delivered.batch)
        for piece in delivered.batch.text.pieces():
            self.output.write(piece.data, lines)
            lines = 0
