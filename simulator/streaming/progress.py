"""What a stream has done so far, for whoever watches it and for the report at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from simulator.records.kinds import KIND_NAMES
from simulator.streaming.latencies import Latencies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.streaming.work import Work


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a stream is, at one moment."""

    now: int
    """Microseconds after the beginning."""
    due: int
    """Records that are due by now, of those that were taken up."""
    settled: int
    """Records that the receiver has, as far as it says."""
    refused: int
    """Records that it will never take."""
    in_flight: int
    """Records that were taken up and are not settled."""
    size: int
    """Bytes of records that are settled."""
    waiting: int
    """Bytes that were made ahead."""
    lag: int
    """Microseconds by which the last batch was sent late."""
    retries: int
    """How often a batch had to be sent again."""
    uncertain: int
    """Records that may be there twice."""
    trouble: str | None
    """What went wrong last; absent where nothing did."""
    kinds: Mapping[str, int]
    """Settled records by kind."""


@dataclass(slots=True)
class Progress:
    """Counts what becomes of batches. May be used from several threads."""

    settled: int = 0
    refused: int = 0
    lost: int = 0
    """Records that were given up, or never sent."""
    taken: int = 0
    size: int = 0
    retries: int = 0
    uncertain: int = 0
    lag: int = 0
    last_sent: int = 0
    """When the last batch was first tried."""
    trouble: str | None = None
    troubles: dict[str, int] = field(default_factory=dict)
    """What went wrong, and how often."""
    response: Latencies = field(default_factory=Latencies)
    """From when a record was due until it was settled: what its sender would have waited."""
    service: Latencies = field(default_factory=Latencies)
    """From when it was sent until it was settled: what the receiver took."""
    lateness: Latencies = field(default_factory=Latencies)
    """From when a batch was due until it was sent: what we, or full hands, cost."""
    _kinds: np.ndarray = field(default_factory=lambda: np.zeros(len(KIND_NAMES), np.int64))
    _lock: Lock = field(default_factory=Lock)

    def began(self, work: Work, now: int) -> None:
        """Hear that a batch is tried for the first time."""
        with self._lock:
            self.taken += len(work.records)
            self.lag = max(now - work.due, 0)
            self.last_sent = max(self.last_sent, now)
            self.lateness.add(np.array([now - work.due], np.int64))

    def failed(self, why: str) -> None:
        """Hear that something went wrong which may go better."""
        with self._lock:
            self.retries += 1
            self.trouble = why
            self.troubles[why] = self.troubles.get(why, 0) + 1

    def ended(self, work: Work) -> None:
        """Hear that a batch is settled, or given up."""
        refused = len(work.refused)
        with self._lock:
            self.refused += refused
            if work.is_uncertain:
                self.uncertain += len(work.records) - refused
            if work.done is None:
                missing = len(work.left) + work.waiting
                self.lost += missing
                self.settled += len(work.records) - refused - missing
                return
            self.settled += len(work.records) - refused
            self.size += work.size
            self._kinds += np.bincount(work.rows["kind"], minlength=len(KIND_NAMES))
            self.response.add(work.done - work.dues)
            assert work.sent is not None
            self.service.add(np.full(len(work.records), work.done - work.sent, np.int64))

    def doubted(self, work: Work) -> None:
        """Hear that a batch which was settled may be lost, and is sent again."""
        refused = len(work.refused)
        with self._lock:
            self.refused -= refused
            self.settled -= len(work.records) - refused
            self.size -= work.size
            if work.is_uncertain:
                self.uncertain -= len(work.records) - refused
            self._kinds -= np.bincount(work.rows["kind"], minlength=len(KIND_NAMES))

    def seen(self, now: int, waiting: int) -> Seen:
        """Return how far it is."""
        with self._lock:
            kinds = {
                KIND_NAMES[at]: int(self._kinds[at]) for at in np.flatnonzero(self._kinds).tolist()
            }
            return Seen(
                now,
                self.taken,
                self.settled,
                self.refused,
                self.taken - self.settled - self.refused - self.lost,
                self.size,
                waiting,
                self.lag,
                self.retries,
                self.uncertain,
                self.trouble,
                kinds,
            )
