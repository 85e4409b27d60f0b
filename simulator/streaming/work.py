"""Batches on their way: cut from what is fed, and what is known of each until it is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Condition
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.delivery.trail import Stream
from simulator.streaming.sinks.interface import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from simulator.streaming.feed import Portion
    from simulator.streaming.sinks.interface import Limits

WAITING: Final = 64 << 20
"""Bytes of records that wait to be sent, at most, beside one batch: what is made ahead."""


@dataclass(eq=False, slots=True)
class Work:
    """A batch on its way."""

    nth: int
    """From 0, in order of the stream."""
    first: int
    """How many records come before it."""
    records: Sequence[bytes]
    rows: NDArray[np.void]
    """What is known of each record: `ledger.ROW`."""
    dues: NDArray[np.int64]
    """When each is due, in microseconds after the beginning."""
    left: list[int] = field(default_factory=list)
    """Positions of records that are still to be sent."""
    waiting: int = 0
    """How many were sent, and the receiver has not said yet that it has them."""
    attempts: int = 0
    refused: dict[int, str] = field(default_factory=dict)
    """Positions of records that the receiver will never take, and why."""
    is_uncertain: bool = False
    """Whether it was sent again after it may have arrived."""
    why: str | None = None
    """What went wrong last."""
    sent: int | None = None
    """When it was tried for the first time, in microseconds after the beginning."""
    done: int | None = None
    """When it was settled."""

    @property
    def size(self) -> int:
        """Bytes of all its records."""
        return int(self.rows["size"].sum())

    @property
    def due(self) -> int:
        """When it is to be sent: when its last record is due."""
        return int(self.dues[-1])

    @property
    def is_done(self) -> bool:
        """Whether the receiver has, or will never take, each of its records."""
        return not self.left and not self.waiting

    def batch(self) -> Batch:
        """Return what is left of it, to be sent."""
        rows = self.rows[self.left]
        known = {
            pair: Stream(pair[0].decode(), pair[1].decode())
            for pair in set(zip(rows["account"].tolist(), rows["region"].tolist(), strict=True))
        }
        return Batch(
            self.nth,
            [self.records[at] for at in self.left],
            rows["time"].tolist(),
            [
                known[pair]
                for pair in zip(rows["account"].tolist(), rows["region"].tolist(), strict=True)
            ],
            self.attempts,
        )


@dataclass(slots=True)
class Cutter:
    """Cuts what is fed into batches. How it comes in shows in where they end."""

    limits: Limits
    """What the receiver takes at once."""

    linger: int
    """Microseconds that a record waits for others to go with it, at most."""

    _next: int = field(default=0, init=False)

    def cut(self, portion: Portion) -> Iterator[Work]:
        """Yield the batches of some records."""
        sizes = np.concatenate([[0], np.cumsum(portion.rows["size"])])
        first, count = 0, len(portion)
        while first < count:
            by_size = int(np.searchsorted(sizes, sizes[first] + self.limits.size, "right")) - 1
            by_due = int(np.searchsorted(portion.dues, portion.dues[first] + self.linger, "right"))
            last = max(min(first + self.limits.records, by_size, by_due, count), first + 1)
            yield self._work(portion, first, last)
            first = last

    def _work(self, portion: Portion, first: int, last: int) -> Work:
        work = Work(
            self._next,
            portion.first + first,
            portion.records[first:last],
            portion.rows[first:last],
            portion.dues[first:last],
        )
        self._next += 1
        most = self.limits.record
        if most is not None:
            for at in np.flatnonzero(work.rows["size"] > most).tolist():
                work.refused[at] = f"larger than {most:,} bytes, which is the most"
        work.left = [at for at in range(last - first) if at not in work.refused]
        return work


class Queue:
    """Batches that wait to be sent: so many bytes, and no more."""

    def __init__(self, most: int = WAITING) -> None:
        self._changed = Condition()
        self._most = most
        self._works: list[Work] = []
        self._size = 0
        self._is_closed = False

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return self._size

    def put(self, work: Work) -> bool:
        """Add a batch, when there is room; return whether anybody will take it."""
        with self._changed:
            while self._size >= self._most and not self._is_closed:
                self._changed.wait()
            if self._is_closed:
                return False
            self._works.append(work)
            self._size += work.size
            self._changed.notify_all()
            return True

    def take(self, seconds: float | None = None) -> Work | None:
        """Return the next batch, which may be waited for; nothing when there are no more.

        Args:
            seconds: How long to wait; absent for as long as it takes.

        Raises:
            TimeoutError: None came in time.
        """
        with self._changed:
            while not self._works:
                if self._is_closed:
                    return None
                if not self._changed.wait(seconds):
                    raise TimeoutError
            work = self._works.pop(0)
            self._size -= work.size
            self._changed.notify_all()
            return work

    def close(self) -> None:
        """Say that there will be no more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def emptied(self) -> list[Work]:
        """Close it, and return what nobody took."""
        self.close()
        with self._changed:
            works, self._works, self._size = self._works, [], 0
            return works
