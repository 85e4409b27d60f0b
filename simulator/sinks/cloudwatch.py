"""Records as a subscription of CloudWatch Logs delivers them: some in each payload.

CloudWatch Logs User Guide, "Log group-level subscription filters"; CloudTrail User Guide,
"CloudWatch log group and log stream naming for CloudTrail", as known in 2026-08.

A worker writes log events, a line each, and before them a heading that says into which
payload they go. It repeats the heading in every window; what is said twice changes nothing,
so that payloads do not depend on how a run is cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson

from simulator.delivery.trail import Stream, recipients, trail_of
from simulator.directory.identifiers import hex_text
from simulator.primitives.instants import MINUTE, SECOND, parse_instant
from simulator.primitives.jsontext import json_text
from simulator.primitives.keys import Key, KeyColumn, purpose
from simulator.sinks.wrapping import CHUNK, LineCutter, changed, stretches, text_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.delivery.overrides import Delivered
    from simulator.plan.episodes import Plan
    from simulator.primitives.columns import Column
    from simulator.primitives.jsontext import Json
    from simulator.scenario.document import Scenario
    from simulator.sinks.interface import Output
    from simulator.sinks.wrapping import Stretch

EVERY: Final = 5 * MINUTE
"""What happened in one such span of time is put into CloudWatch Logs together. Unverified:
CloudTrail says "typically within an average of about 5 minutes"."""

LARGEST: Final = 1 << 20
"""Bytes of a payload, unless a single record is larger. Unverified: the limit of a batch that
is put into CloudWatch Logs; what a subscription makes of it is not published."""

FILTER: Final = "cloudtrail"
"""Name of the subscription filter."""

_ID: Final = purpose("log event id")

_CLOSING: Final = b"]}\n"

# What a log event is put together from, eight pieces in turn: a heading, if there is one to
# be said before it, then the event.
_OPENING: Final = b'{"id":"'
_TIME: Final = b'","timestamp":'
_MESSAGE: Final = b',"message":"'
_END: Final = b'"}\n'
_PIECES: Final = 8


@dataclass(frozen=True, slots=True)
class LogGroup:
    """Where CloudTrail puts records, as payloads name it."""

    owner: str
    """Id of the account that has the log group: whose trail it is."""

    organization: str | None
    """Id of the organization whose trail it is; absent for a trail of one account."""

    name: str
    """Its name, as the console proposes it."""

    @classmethod
    def of(cls, scenario: Scenario, account: str) -> LogGroup:
        """Return the log group of a scenario's trail.

        Args:
            account: Id of the account that has the instance: the management account, where the
                trail is the organization's.
        """
        unique = hex_text(Key.root(scenario.seed).child("log group").high)[:8]
        name = f"aws-cloudtrail-logs-{account}-{unique}"
        return cls(account, trail_of(scenario).organization, name)

    def log_stream(self, stream: Stream) -> str:
        """Return the name of the log stream that has one account's records of one Region."""
        name = f"{stream.account}_CloudTrail_{stream.region}"
        return name if self.organization is None else f"{self.organization}_{name}"

    def opening(self, stream: Stream) -> bytes:
        """Return how payloads of one log stream begin, up to their first log event."""
        head: dict[str, Json] = {
            "messageType": "DATA_MESSAGE",
            "owner": self.owner,
            "logGroup": self.name,
            "logStream": self.log_stream(stream),
            "subscriptionFilters": [FILTER],
            "logEvents": [],
        }
        return json_text(head)[:-2]


@dataclass(frozen=True, slots=True)
class LogEventLines:
    """A log event for each record, and headings between them. `Payloads` makes payloads of it."""

    plan: Plan
    """Where the records come from."""

    group: LogGroup
    """Where they go."""

    @classmethod
    def of_scenario(cls, scenario: Scenario, plan: Plan) -> LogEventLines:
        """Return the log events of a resolved scenario."""
        return cls(plan, LogGroup.of(scenario, plan.tables.text("instance.account", 0)))

    def of(self, delivered: Delivered) -> Iterator[memoryview]:
        """See `Lines.of`."""
        batch = delivered.batch
        streams, which = recipients(batch, self.plan)
        openings = [self.group.opening(stream) for stream in streams]
        of_record = which.tolist()
        time = batch.columns["time"].astype(np.int64, copy=False)
        spans = time // EVERY
        is_other = np.diff(spans, prepend=-1) != 0
        is_other |= np.diff(which, prepend=-1) != 0

        def heading(at: int) -> bytes:
            return _heading(int(spans[at]), openings[of_record[at]])

        headings = {at: heading(at) for at in np.flatnonzero(is_other).tolist()}
        times = (time // SECOND * SECOND).tolist()
        arrivals = ((spans + 1) * EVERY).tolist()
        keys = KeyColumn(*(_unsigned(batch.columns[name]) for name in ("key_high", "key_low")))
        words = keys.word(_ID, _unsigned(batch.columns["step"])).tolist()
        for stretch in stretches(batch):
            messages = stretch.quoted()
            first, count = stretch.first, len(messages)
            last = first + count
            for at, record in _changed(delivered, stretch, count):
                times[at] = _shown_time(record, times[at])
                usual = streams[of_record[at]]
                shown = _stream(record, usual)
                if shown != usual:
                    headings[at] = _heading(int(spans[at]), self.group.opening(shown))
                    if at + 1 < len(batch):
                        headings.setdefault(at + 1, heading(at + 1))
            pieces = [b"", _OPENING, b"", _TIME, b"", _MESSAGE, b"", _END] * count
            pieces[2::_PIECES] = [
                log_event_id(at, arrival, word).encode()
                for at, arrival, word in zip(
                    times[first:last], arrivals[first:last], words[first:last], strict=True
                )
            ]
            pieces[4::_PIECES] = [b"%d" % at for at in times[first:last]]
            pieces[6::_PIECES] = messages
            pieces[0::_PIECES] = [headings.get(at, b"") for at in range(first, last)]
            yield memoryview(b"".join(pieces))


def log_event_id(timestamp: int, arrived_at: int, word: int) -> str:
    """Return the id of a log event: 56 digits.

    Unverified: read off the ids in the User Guide's example, which are the event's time, when
    it arrived, 64 bits without a meaning, and a number that is 0 here, in this order.

    Args:
        timestamp: When it happened, in milliseconds.
        arrived_at: When it was put into CloudWatch Logs, in milliseconds.
        word: 64 bits that tell it from others of the same instants.
    """
    return f"{timestamp << 144 | arrived_at << 80 | word << 16:056d}"


def _changed(
    delivered: Delivered, stretch: Stretch, count: int
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield those of a stretch's records that an override changed, with their positions."""
    found = changed(delivered, stretch, count)
    lines = delivered.sound(stretch.first, stretch.lines()) if found else []
    for nth in found:
        yield stretch.first + nth, orjson.loads(lines[nth])


def _unsigned(column: Column) -> NDArray[np.uint64]:
    return column.astype(np.uint64, copy=False)


def _heading(span: int, opening: bytes) -> bytes:
    """Return the line that says into which payload the log events after it go."""
    return b"%d %s\n" % (span, opening)


def _shown_time(record: dict[str, Any], otherwise: int) -> int:
    """Return when a record says that it happened, in milliseconds, if that is a time of our own."""
    try:
        return parse_instant(text_in(record, "eventTime") or "")
    except ValueError:
        return otherwise


def _stream(record: dict[str, Any], otherwise: Stream) -> Stream:
    """Return the account and Region that a record says, or those it would have said."""
    account, region = text_in(record, "recipientAccountId"), text_in(record, "awsRegion")
    return Stream(
        otherwise.account if account is None else account,
        otherwise.region if region is None else region,
    )


class Payloads:
    """Makes payloads of log events, a line each, and hands them on. See `Gathering`."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._cutter = LineCutter()
        self._heading = self._opening = b""
        self._events: list[bytes] = []
        self._size = 0
        self._made: list[bytes] = []
        self._waiting = 0

    def write(self, data: bytes | memoryview) -> None:
        """See `Output.write`."""
        for line in self._cutter.of(data):
            if not line.startswith(b"{"):
                if line != self._heading:
                    self._close()
                    self._heading, self._opening = line, line.partition(b" ")[2]
                continue
            # Each with what follows it, a comma or the end of the list.
            if self._size + len(line) + 1 > LARGEST:
                self._close()
            if not self._events:
                self._size = len(self._opening) + len(b"}")
            self._events.append(line)
            self._size += len(line) + 1
        self._hand_on()

    def finish(self) -> None:
        """See `Gathering.finish`."""
        self._close()
        self._hand_on()

    def discard(self) -> None:
        """See `Gathering.discard`."""

    def _close(self) -> None:
        """End the payload that was begun, if there is one."""
        if self._events:
            self._made += (self._opening, b",".join(self._events), _CLOSING)
            self._waiting += self._size
            self._events, self._size = [], 0
        if self._waiting > CHUNK:
            self._hand_on()

    def _hand_on(self) -> None:
        """Write the payloads that are whole: one by one, small ones would take long."""
        if self._made:
            self._output.write(b"".join(self._made))
            self._made, self._waiting = [], 0
