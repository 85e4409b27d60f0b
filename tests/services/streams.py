"""Real streams to stand-ins, at a clock that is not waited for, and what came of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

import orjson

from simulator.run import Request
from simulator.scenario import library
from simulator.scenario.resolve import resolve
from simulator.streaming.addresses import address_of, settings_of, sink_of
from simulator.streaming.asked import Asked
from simulator.streaming.feed import Feed
from simulator.streaming.running import Clock, Handling, stream
from simulator.streaming.sending import Patience

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.streaming.report import Report
    from simulator.streaming.sinks.interface import Sink

SECOND = 1_000_000

PEOPLE = """\
scenario: people
window: {start: 2025-01-10, days: 7}
users: [{count: 20, persona: office-worker, mfa: {totp: 80%}}]
background: {events: 300}
"""


@dataclass
class Quick:
    """A clock on which a second takes a fiftieth of one: waits are short, and still happen."""

    stopped: Event
    factor: int = 50

    def now(self) -> int:
        """See `Timer.now`."""
        return time.monotonic_ns() * self.factor // 1000

    def wait(self, micros: int) -> None:
        """See `Timer.wait`."""
        self.stopped.wait(micros / self.factor / SECOND)


@dataclass
class Lines:
    """An output that keeps what it is given."""

    data: bytes = b""

    def write(self, data: bytes | memoryview) -> None:
        """See `Output.write`."""
        self.data += data


@dataclass
class Came:
    """What came of a stream."""

    report: Report
    expected: list[str]
    """eventIDs of all records, in order."""
    records: list[bytes]
    """All records, in order."""
    batches: list[dict]
    """The journal, by batch."""

    @property
    def uncertain(self) -> set[str]:
        """The eventIDs of what may be there twice."""
        return self._of(lambda one: one["uncertain"])

    @property
    def lost(self) -> set[str]:
        """Those of what was given up."""
        return self._of(lambda one: one["outcome"] == "lost")

    @property
    def refused(self) -> set[str]:
        """Those of what will never be taken."""
        return {self.expected[row["record"]] for one in self.batches for row in one["refused"]}

    def _of(self, is_meant) -> set[str]:
        return {
            event
            for one in self.batches
            if is_meant(one)
            for event in self.expected[one["first"] : one["first"] + one["records"]]
        }


_RESOLVED = []


def request(events: int) -> Request:
    """Return what makes so many records."""
    if not _RESOLVED:
        _RESOLVED.append(resolve(library.read(PEOPLE, "people.yaml")))
    return Request(scenario=_RESOLVED[0], events=events)


def sink_at(address: str, *settings: str) -> Sink:
    """Return the sink at an address, with settings."""
    given = settings_of(settings)
    return sink_of(address_of(address, given), given.names)


def sent(
    sink: Sink,
    events: int = 300,
    *,
    connections: int | None = None,
    rate: str = "1000/s",
    patience: Patience | None = None,
) -> Came:
    """Send records to a sink, and return what came of it."""
    stopped = Event()
    truth, journal = Lines(), Lines()
    asked = Asked(rate=rate)
    timer = Quick(stopped)
    made = stream(
        request(events),
        asked.pace(),
        sink,
        Clock(timer, lambda: 1_900_000_000_000, stopped),
        asked=asked.text(),
        truth=truth,
        journal=journal,
        handling=Handling(
            connections=connections,
            workers=0,
            patience=patience or Patience(600 * SECOND, 20 * SECOND),
        ),
    )
    batches = sorted(map(orjson.loads, journal.data.splitlines()), key=lambda one: one["batch"])
    expected = [orjson.loads(line)["eventID"] for line in truth.data.splitlines()]
    return Came(made.report, expected, _records(events), batches)


def _records(events: int) -> list[bytes]:
    feed = Feed(request(events), Asked(rate="1000/s").pace())
    return [record for portion in feed.portions() for record in portion.records]


def ids(lines: Sequence[bytes]) -> list[str]:
    """Return the eventIDs of records."""
    return [orjson.loads(line)["eventID"] for line in lines]


def nothing_is_lost_or_repeated_without_a_word(came: Came, lines: Sequence[bytes]) -> None:
    """Hold what a stand-in kept against what was said of it: the law of every sink.

    All that is said to have arrived did, byte for byte; what arrived twice may have, and was
    said to; what was not sent did not come.
    """
    arrived = ids(lines)
    known = dict(zip(came.expected, came.records, strict=True))
    assert set(arrived) <= set(came.expected)
    assert set(came.expected) - set(arrived) <= came.lost | came.refused
    assert {one for one in set(arrived) if arrived.count(one) > 1} <= came.uncertain
    assert all(known[event] == line for event, line in zip(arrived, lines, strict=True))
    settled = came.report.settled + came.report.refused + came.report.lost
    assert settled == came.report.records == len(came.expected)
