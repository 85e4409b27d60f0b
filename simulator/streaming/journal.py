"""What became of each batch, a line each: `sent.ndjson` beside a stream's truth."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final

from simulator.primitives.instants import format_instant
from simulator.primitives.jsontext import json_text

if TYPE_CHECKING:
    from simulator.primitives.jsontext import Json
    from simulator.sinks.interface import Output
    from simulator.streaming.sinks.interface import Promise
    from simulator.streaming.work import Work

FORMAT: Final = "trailwright-sent/1"
LOST: Final = "lost"
"""The outcome of a batch that was given up, or never sent."""


class Journal:
    """Writes lines, from any thread."""

    def __init__(self, output: Output, promise: Promise, begins: int) -> None:
        """Begin with nothing.

        Args:
            output: Where lines go.
            promise: What it is worth that a batch is settled.
            begins: When the stream began, in milliseconds since 1970 UTC.
        """
        self._output = output
        self._promise = promise
        self._begins = begins
        self._lock = Lock()

    def add(self, work: Work) -> None:
        """Write what became of a batch.

        Raises:
            OutputError: It cannot be written.
        """
        line: dict[str, Json] = {
            "format": FORMAT,
            "batch": work.nth,
            "first": work.first,
            "records": len(work.records),
            "due": self._instant(work.due),
            "sent": self._instant(work.sent),
            "done": self._instant(work.done),
            "attempts": work.attempts,
            "outcome": LOST if work.done is None else self._promise.value,
            "uncertain": work.is_uncertain,
            "why": work.why,
            "refused": [
                {"record": work.first + at, "why": why} for at, why in sorted(work.refused.items())
            ],
        }
        if work.done is None and work.left and len(work.left) < len(work.records):
            line["left"] = [work.first + at for at in work.left]
        with self._lock:
            self._output.write(json_text(line) + b"\n")

    def _instant(self, micros: int | None) -> str | None:
        if micros is None:
            return None
        at = self._begins + micros // 1000
        return f"{format_instant(at)[:-1]}.{at % 1000:03d}Z"
