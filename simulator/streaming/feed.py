"""Records of a run with when each is due, a window at a time: all that is known beforehand.

What comes out follows from the request, the pace and the instant of the beginning alone, so
that it can be made again: what should have arrived is known for ever.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.plan.compiler import compile_scenario
from simulator.primitives.instants import SECOND, format_instant_many, to_second
from simulator.run.crew import Crew
from simulator.run.press import Alone, Cut, Press
from simulator.sinks.ndjson import RecordLines
from simulator.sinks.truth import TruthLines
from simulator.streaming.ledger import ROW, LedgerLines
from simulator.streaming.rates import BEYOND
from simulator.streaming.retiming import moved_all

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from numpy.typing import NDArray

    from simulator.run.press import Sheets
    from simulator.run.request import Request
    from simulator.streaming.pace import Pace

EPISODES_AT_ONCE: Final = 2048
"""What windows are cut by: few, so that the first records come soon and little memory waits."""

_TIME: Final = b'"eventTime":"'


@dataclass(frozen=True, slots=True)
class Portion:
    """Some records of a stream, in order."""

    first: int
    """How many come before."""

    records: list[bytes]
    """JSON objects without line ends."""

    rows: NDArray[np.void]
    """What is known of each: `ledger.ROW`, its time as the record tells it."""

    dues: NDArray[np.int64]
    """When each is due, in microseconds after the beginning."""

    truth: bytes
    """What really happened, a line for each."""

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.records)


@dataclass(frozen=True, slots=True)
class Feed:
    """Makes the records of a stream."""

    request: Request
    """What to run."""

    pace: Pace
    """When records are due. It remembers: a feed is read once."""

    begins: Callable[[], int] | None = None
    """Returns when the stream begins, in milliseconds, if records follow the wall clock; asked
    once, when the first of them are there."""

    workers: int = 0
    """Processes that render; 0 renders in this one."""

    def portions(self) -> Generator[Portion]:
        """Yield all records, until they or the stream end.

        Raises:
            RequestError: What is asked for cannot be done.
            ScenarioError: The scenario cannot be run.
            WorkerError: Workers died.
        """
        request = self.request
        plan, truth = compile_scenario(request.scenario, events=request.events)
        lines = (RecordLines(), LedgerLines(plan), TruthLines(plan, truth))
        press = Press(plan, request.engine, lines)
        cut = Cut(
            to_second(request.start), to_second(request.end), episodes_at_once=EPISODES_AT_ONCE
        )
        made: Sheets = Crew(press, cut, self.workers) if self.workers else Alone(press, cut)
        texts: tuple[list[bytes], ...] = ([], [], [])
        first = 0
        begins: int | None = None
        with closing(made):
            for sheet in made:
                for parts, text in zip(texts, sheet.texts, strict=True):
                    parts.append(bytes(text))
                if sheet.tally is None:
                    continue
                whole = [b"".join(parts) for parts in texts]
                for parts in texts:
                    parts.clear()
                portion = self._portion(first, whole[0], whole[1], whole[2])
                if len(portion):
                    if self.begins is not None:
                        begins = self.begins() if begins is None else begins
                        portion = _now(portion, begins)
                    yield portion
                if len(portion) < sheet.tally.records:
                    return
                first += len(portion)

    def _portion(self, first: int, text: bytes, rows: bytes, truth: bytes) -> Portion:
        """Return a window's records, those that are due at all."""
        known = np.frombuffer(rows, ROW)
        dues = self.pace.dues(known["time"].astype(np.int64), known["size"].astype(np.int64))
        count = int(np.searchsorted(dues, BEYOND))
        known, dues = known[:count], dues[:count]
        ends = np.cumsum(known["size"] + 1).tolist()
        begins = [0, *ends[:-1]] if ends else []
        records = [text[low : high - 1] for low, high in zip(begins, ends, strict=True)]
        if count < len(rows) // ROW.itemsize:
            truth = b"".join(truth.splitlines(keepends=True)[:count])
        return Portion(first, records, known, dues, truth)


def _now(portion: Portion, begins: int) -> Portion:
    """Return records as they are when each happens in the second in which it is due."""
    times = portion.rows["time"]
    # What is less than a second stays: it tells records of one second apart.
    due = begins + portion.dues // 1000
    by = due // SECOND * SECOND - times // SECOND * SECOND
    rows = portion.rows.copy()
    rows["time"] = times + by
    shown = format_instant_many(rows["time"].astype(np.int64)).tolist()
    lines = portion.truth.splitlines(keepends=True)
    truth = b"".join(_truth_at(line, time) for line, time in zip(lines, shown, strict=True))
    records = moved_all(portion.records, by.tolist())
    rows["size"] = list(map(len, records))
    return replace(portion, records=records, rows=rows, truth=truth)


def _truth_at(line: bytes, time: bytes) -> bytes:
    head, member, rest = line.partition(_TIME)
    return head + member + time + rest[len(time) :] if member else line
