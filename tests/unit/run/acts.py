"""Things that workers do in tests: sent to them, and imported there."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import RequestError
from simulator.sinks.ndjson import RecordLines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from simulator.delivery.overrides import Delivered
    from simulator.plan.episodes import Block


@dataclass(frozen=True, slots=True)
class Noted:
    """The records, and a note for each time that somebody renders some."""

    notes: Path

    def of(self, delivered: Delivered) -> Iterator[memoryview]:
        """See `Lines.of`."""
        noted(self.notes, "rendered")
        yield from RecordLines().of(delivered)


@dataclass(frozen=True, slots=True)
class Deadly:
    """The records, once a few workers are dead."""

    notes: Path
    deaths: int

    def of(self, delivered: Delivered) -> Iterator[memoryview]:
        """See `Lines.of`."""
        if len(notes_in(self.notes)) < self.deaths:
            noted(self.notes, "died")
            os.kill(os.getpid(), signal.SIGKILL)
        yield from RecordLines().of(delivered)


@dataclass(frozen=True, slots=True)
class Raises:
    """An error in place of records."""

    error: Exception

    def of(self, delivered: Delivered) -> Iterator[memoryview]:  # noqa: ARG002  # the protocol's
        """See `Lines.of`."""
        raise self.error


@dataclass(frozen=True, slots=True)
class LastRaises:
    """The records before an instant; an error in place of those after it."""

    at: int

    def of(self, delivered: Delivered) -> Iterator[memoryview]:
        """See `Lines.of`."""
        if delivered.batch.columns["time"][-1] > self.at:
            raise RequestError("late")
        yield from RecordLines().of(delivered)


class OddError(Exception):
    """An error that cannot be made again from what it says of itself."""

    def __init__(self, one: int, other: int) -> None:
        super().__init__(one + other)


@dataclass(frozen=True, slots=True)
class RaisesOddly:
    """An error that no other process can make again."""

    def of(self, delivered: Delivered) -> Iterator[memoryview]:  # noqa: ARG002  # the protocol's
        """See `Lines.of`."""
        raise OddError(1, 2)


@dataclass(frozen=True, slots=True)
class Days:
    """Everyday activity of some portions, and a note for each time one is planned."""

    portions: tuple[tuple[Block, ...], ...]
    notes: Path

    def __len__(self) -> int:
        """See `Everyday.__len__`."""
        return len(self.portions)

    def portion(self, nth: int) -> tuple[Block, ...]:
        """See `Everyday.portion`."""
        noted(self.notes, str(nth))
        return self.portions[nth]

    def bounds(self, nth: int) -> tuple[int, int]:
        """See `Everyday.bounds`."""
        starts = [(block.columns["start"], block.flow.longest) for block in self.portions[nth]]
        return (
            min(int(start[0]) for start, _ in starts),
            max(int(start[-1]) + longest + 1 for start, longest in starts),
        )

    def begun(self, at: int) -> int:  # noqa: ARG002  # the protocol's
        """See `Everyday.begun`."""
        return 0

    def touching(self, first: int, last: int) -> Iterator[Block]:
        """See `Everyday.touching`."""
        for blocks in self.portions:
            for block in blocks:
                part = block.between(first - block.flow.longest, last)
                if len(part):
                    yield part

    def starts(self, since: int, first: int, last: int) -> Iterator[NDArray[np.int64]]:  # noqa: ARG002
        """See `Everyday.starts`."""
        for blocks in self.portions:
            for block in blocks:
                start = block.columns["start"]
                yield start[(start >= first) & (start < last)].astype(np.int64)


def noted(notes: Path, text: str) -> None:
    """Add a line to a file; lines of several processes do not mix."""
    descriptor = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(descriptor, f"{text}\n".encode())
    os.close(descriptor)


def notes_in(notes: Path) -> list[str]:
    """Return the lines of a file, none if it is not there."""
    return notes.read_text().splitlines() if notes.exists() else []
