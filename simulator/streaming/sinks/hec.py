"""Splunk's HTTP Event Collector, with indexer acknowledgement if that is switched on.

Splunk documentation, "Format events for HTTP Event Collector", "About HTTP Event Collector
Indexer Acknowledgment" and "HTTP Event Collector REST API endpoints", from memory: Unverified.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.directory.identifiers import uuid4_text
from simulator.errors import OutputError
from simulator.primitives.jsontext import json_text
from simulator.primitives.keys import Key
from simulator.streaming.addresses import Option
from simulator.streaming.sinks.interface import Limits, Promise, Receipt, Trouble
from simulator.streaming.sinks.posting import HTTP_OPTIONS, Posting, place_of, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.primitives.jsontext import Json
    from simulator.streaming.addresses import Address
    from simulator.streaming.sinks.interface import Batch
    from simulator.streaming.sinks.posting import Answer, Place

OPTIONS: Final = (
    Option("token", "the collector's token; it must be there"),
    Option(
        "ack",
        "yes: ask the indexers whether they have the events; the token must have "
        "acknowledgement switched on: no",
    ),
    Option("index", "the index; without it the token's own"),
    Option("source", "what `source` says; without it the token's own"),
    Option("sourcetype", "what `sourcetype` says: aws:cloudtrail"),
    Option("host", "what `host` says; without it the token's own"),
    Option(
        "channel",
        "a name that channels are drawn from, where ack=yes, and no other stream at the same "
        "time has; without it drawn from process and clock",
    ),
    *HTTP_OPTIONS,
)
PROMISE: Final = (
    "Accepted: the collector has taken every record. With ack=yes, kept: the indexers have. What "
    "may have arrived without an answer is sent again and told as uncertain."
)

EVENTS: Final = "/services/collector/event"
ACKS: Final = "/services/collector/ack"

_ADVICE: Final = {
    401: "say --with token=…",
    403: "the token is not known, or switched off: say another --with token=…",
    404: "is this the collector's address? It has /services/collector",
    413: "it takes smaller requests only: raise max_content_length in its limits.conf",
    0: "the collector takes no such events",
}
_CODES: Final = {
    7: "the token may not write to that index, or there is none: say another --with index=…",
    10: "the token has acknowledgement switched on: say --with ack=yes",
    11: "it knows no such channel: say another --with channel=…",
    14: "the token has acknowledgement switched off: leave ack=yes away",
}
"""What to do about what is wrong with every event alike, by the `code` of an answer."""
_BAD_EVENT: Final = frozenset({6, 12, 13, 15})
"""Codes of what is wrong with one event: no JSON, none in it, a blank one, impossible fields."""
PAUSE: Final = 0.1
"""Seconds between two questions to the indexers, at least."""
_INVALID: Final = "invalid-event-number"


@dataclass(eq=False, slots=True)
class Collector:
    """See `interface.Connection`."""

    posting: Posting
    members: bytes
    """What every event has before its time."""
    channel: str | None
    """Absent where nothing is acknowledged."""
    monotonic: Callable[[], float]
    _waiting: set[int] = field(default_factory=set)
    _last: int = -1
    """The ticket that came last."""
    _asked: float = -PAUSE
    """When the indexers were asked last."""

    def send(self, batch: Batch) -> Receipt:
        """See `Connection.send`."""
        try:
            receipt = self._sent(batch)
        except Trouble as trouble:
            # Tickets are a channel's, which outlives a connection.
            trouble.is_open = True
            raise
        ticket = receipt.ticket
        if ticket is not None:
            if ticket <= self._last:
                # Tickets of one channel grow. What had one of before will never be confirmed,
                # or by the name of something else.
                why = "it counts its ackIds anew: it was started again, or several are behind it"
                raise Trouble(why, may_have_arrived=True)
            self._last = ticket
            self._waiting.add(ticket)
        return receipt

    def _sent(self, batch: Batch) -> Receipt:
        events = [
            b'%s"time":%d.%03d,"event":%s}' % (self.members, *divmod(at, 1000), record)
            for at, record in zip(batch.times, batch.records, strict=True)
        ]
        body = b"".join(events)
        answer = self.posting.post(EVENTS, body, self._headers())
        said = _json(answer)
        code = said["code"] if isinstance(said.get("code"), int) else None
        if answer.status == 400 and code in _BAD_EVENT and isinstance(said.get(_INVALID), int):
            return _receipt(said, len(events), len(body))
        if answer.status != 200:
            advice = _ADVICE if code not in _CODES else {0: _CODES[code]}
            refuse(self.posting.place, answer, advice)
        if self.channel is None:
            return Receipt(size=len(body))
        ticket = said.get("ackId")
        if not isinstance(ticket, int) or ticket < 0:
            message = (
                f"cannot send to {self.posting.place.name}: it gives no ackId: switch "
                "acknowledgement on for the token, or leave ack=yes away"
            )
            raise OutputError(message)
        return Receipt(ticket=ticket, size=len(body))

    def settled(self) -> list[int]:
        """See `Connection.settled`."""
        now = self.monotonic()
        if not self._waiting or now - self._asked < PAUSE:
            return []
        self._asked = now
        body = json_text({"acks": sorted(self._waiting)})
        try:
            answer = self.posting.post(ACKS, body, self._headers())
            if answer.status != 200:
                refuse(self.posting.place, answer, _ADVICE)
        except Trouble:
            # It is asked again; what is never confirmed is sent again when patience ends.
            return []
        acks = _json(answer).get("acks")
        told = acks if isinstance(acks, dict) else {}
        done = [ticket for ticket in self._waiting if told.get(str(ticket)) is True]
        self._waiting.difference_update(done)
        return done

    def close(self) -> None:
        """See `Connection.close`."""
        self.posting.close()

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if self.channel is not None:
            headers["X-Splunk-Request-Channel"] = self.channel
        return headers


@dataclass(frozen=True, slots=True)
class HecSink:
    """See `interface.Sink`."""

    place: Place
    members: bytes
    channels: Key | None
    """Whence the connections' channels are drawn; absent where nothing is acknowledged."""
    limits: Limits
    monotonic: Callable[[], float]
    connections: int = 4
    _opened: count[int] = field(default_factory=count)

    @property
    def name(self) -> str:
        """See `Sink.name`."""
        return self.place.name

    @property
    def promise(self) -> Promise:
        """See `Sink.promise`."""
        return Promise.accepted if self.channels is None else Promise.kept

    def connect(self) -> Collector:
        """See `Sink.connect`."""
        channel = None
        if self.channels is not None:
            key = self.channels.child("channel", str(next(self._opened)))
            channel = uuid4_text(key.high, key.low)
        return Collector(Posting(self.place), self.members, channel, self.monotonic)

    def close(self) -> None:
        """See `Sink.close`."""


def sink(address: Address, monotonic: Callable[[], float] = time.monotonic) -> HecSink:
    """Return the sink at an address.

    Args:
        monotonic: Returns seconds that never go back.

    Raises:
        RequestError: The address or a setting is not what it should be.
        InputError: A file of a setting cannot be read.
    """
    settings = address.settings
    token = settings.required("token", "the collector's token")
    place = place_of(address, {"Authorization": f"Splunk {token}"}, port=8088)
    members: dict[str, Json] = {
        name: value
        for name in ("index", "source", "sourcetype", "host")
        if (value := settings.text(name, "aws:cloudtrail" if name == "sourcetype" else None))
    }
    channels = None
    if settings.flag("ack"):
        # Two streams with one channel would hear of each other's tickets.
        name = settings.text("channel") or f"{os.getpid()} {monotonic()!r}"
        channels = Key.root(0).child("channels", name)
    # Splunk takes 1 MB and more; what is more is its max_content_length.
    limits = Limits(500, 700_000)
    return HecSink(place, json_text(members)[:-1] + b",", channels, limits, monotonic)


def _json(answer: Answer) -> dict[str, Any]:
    try:
        said = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}


def _receipt(said: dict[str, Any], events: int, size: int) -> Receipt:
    """Return what a refusal of one event means: the others are sent again.

    Unverified: some versions are said to take those before it, so that they may be there twice.
    """
    why = str(said.get("text", "invalid"))
    bad = max(min(int(said[_INVALID]), events - 1), 0)
    again = {at: "beside one that was refused" for at in range(events) if at != bad}
    return Receipt(refused={bad: why}, again=again, is_doubtful=bad > 0, after=0.0, size=size)
