"""Batches sent on one connection at a time, without a stream, and what came of each record.

`streams` sends as a stream does; this sends the simplest way there is, on one thread and
without waiting, so that what a sink says of a single request can be held against what arrived.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from simulator.delivery.trail import Stream
from simulator.streaming.sinks.interface import Batch, Receipt, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from simulator.streaming.sinks.interface import Connection, Sink

TRIES = 200
"""How often a batch is tried; a test whose receiver takes nothing for so long is broken."""

LOOKS = 5
"""How often a receiver is asked for a ticket before everything unsettled is sent again."""

TRAIL = Stream("123456789012", "us-east-1")


def record(nth: int, size: int = 0) -> bytes:
    """Return a record with an eventID of its own, and so many bytes more."""
    return b'{"eventID":"%08d-0000-4000-8000-000000000000","text":"%s"}' % (nth, b"a" * size)


def batch_of(records: Sequence[bytes], nth: int = 0, attempt: int = 1) -> Batch:
    """Return a batch of records, a second apart."""
    times = [1_700_000_000_000 + 1000 * at for at in range(len(records))]
    return Batch(nth, records, times, [TRAIL] * len(records), attempt)


def batches(count: int, each: int = 5, size: int = 0) -> list[Batch]:
    """Return batches of records that are all different."""
    return [
        batch_of([record(nth * each + at, size) for at in range(each)], nth) for nth in range(count)
    ]


@dataclass
class Ticking:
    """A clock that goes on by itself: a second at every look."""

    at: float = 0.0

    def __call__(self) -> float:
        """Return the next second."""
        self.at += 1
        return self.at


@dataclass
class Outcome:
    """What is said of records, by their bytes."""

    taken: set[bytes] = field(default_factory=set)
    uncertain: set[bytes] = field(default_factory=set)
    """Those that were sent again though they may have arrived."""
    refused: dict[bytes, str] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)


@dataclass
class _Way:
    """A connection that is made anew when it breaks."""

    sink: Sink
    outcome: Outcome
    connection: Connection | None = None
    unsettled: dict[int, list[bytes]] = field(default_factory=dict)

    def sent(self, batch: Batch) -> Receipt:
        """Try a batch once: what cannot be sent is all to be sent again."""
        try:
            if self.connection is None:
                self.connection = self.sink.connect()
            return self.connection.send(batch)
        except Trouble as trouble:
            self.outcome.troubles.append(trouble)
            if trouble.may_have_arrived:
                self.outcome.uncertain.update(batch.records)
            if not trouble.is_open:
                self.leave()
            return Receipt(again=dict.fromkeys(range(len(batch.records)), trouble.why))

    def leave(self) -> None:
        """Let go of the connection; what has a ticket on it stays in `unsettled`."""
        if self.connection is not None:
            connection, self.connection = self.connection, None
            with suppress(Trouble):
                connection.close()

    def look(self) -> None:
        """Hear what is settled."""
        try:
            told = () if self.connection is None else self.connection.settled()
        except Trouble as trouble:
            self.outcome.troubles.append(trouble)
            self.leave()
            return
        for ticket in told:
            self.outcome.taken.update(self.unsettled.pop(ticket, ()))


def deliver(sink: Sink, given: Iterable[Batch]) -> Outcome:
    """Send batches until each of their records is taken or refused, without waiting.

    Raises:
        OutputError: As a connection does.
    """
    outcome = Outcome()
    way = _Way(sink, outcome)
    try:
        for batch in given:
            _see_through(way, batch)
        for _ in range(TRIES):
            for _ in range(LOOKS):
                way.look()
            if not way.unsettled:
                break
            # The receiver does not confirm it: on another connection, all of it once more.
            way.leave()
            for batch in _unsettled(way):
                _see_through(way, batch)
    finally:
        way.leave()
        sink.close()
    assert not way.unsettled
    return outcome


def _unsettled(way: _Way) -> Iterator[Batch]:
    lost = [*way.unsettled.values()]
    way.unsettled.clear()
    for records in lost:
        way.outcome.uncertain.update(records)
        yield batch_of(records, attempt=2)


def _see_through(way: _Way, batch: Batch) -> None:
    """Send a batch until the receiver has said something of each of its records."""
    records = [*batch.records]
    for attempt in range(batch.attempt, batch.attempt + TRIES):
        connection = way.connection
        receipt = way.sent(batch_of(records, batch.nth, attempt))
        if connection is not way.connection and way.unsettled:
            for other in _unsettled(way):
                _see_through(way, other)
        gone = {*receipt.again, *receipt.refused}
        rest = [one for at, one in enumerate(records) if at not in gone]
        way.outcome.refused |= {records[at]: why for at, why in receipt.refused.items()}
        if receipt.ticket is None:
            way.outcome.taken.update(rest)
        else:
            assert receipt.ticket not in way.unsettled
            way.unsettled[receipt.ticket] = rest
        records = [records[at] for at in sorted(receipt.again)]
        if receipt.is_doubtful:
            way.outcome.uncertain.update(records)
        if not records:
            return
    message = f"not taken in {TRIES} tries"
    raise AssertionError(message)


def hold(outcome: Outcome, given: Sequence[Batch], lines: Sequence[bytes]) -> None:
    """Hold what a stand-in kept against what was said of it: the law of every sink."""
    all_of_them = {one for batch in given for one in batch.records}
    assert outcome.taken | {*outcome.refused} == all_of_them
    assert outcome.taken <= set(lines)  # nothing is lost
    assert set(lines) <= all_of_them
    counts = {line: lines.count(line) for line in set(lines)}
    assert {line for line, count in counts.items() if count > 1} <= outcome.uncertain


def ids(lines: Iterable[bytes]) -> list[str]:
    """Return the eventIDs of records."""
    return [orjson.loads(line)["eventID"] for line in lines]
