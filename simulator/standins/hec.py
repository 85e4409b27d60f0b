"""Stands in for Splunk's HTTP Event Collector, as far as `streaming.sinks.hec` knows it."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.standins import http_server
from simulator.standins.http_server import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.standins.faults import Fault, Faults
    from simulator.standins.keeping import Kept

FAULTS: Final = (*http_server.FAULTS, "reject")

_EVENTS: Final = ("/services/collector/event", "/services/collector")
_ACKS: Final = "/services/collector/ack"


class Collector:
    """Answers as a collector does; what it acknowledges is kept."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._lock = Lock()
        self._channels: dict[str, tuple[count[int], set[int]]] = {}

    def __call__(
        self, path: str, headers: Mapping[str, str], body: bytes, fault: Fault | None
    ) -> Reply:
        """See `Service`."""
        if not headers.get("authorization", "").startswith("Splunk "):
            return Reply(401, {"text": "Token is required", "code": 2})
        where = path.partition("?")[0]
        channel = headers.get("x-splunk-request-channel")
        if where == _ACKS:
            return self._acks(channel, body)
        if where in _EVENTS:
            return self._events(channel, body, fault)
        return Reply(404, {"text": "The requested URL was not found on this server.", "code": 404})

    def _events(self, channel: str | None, body: bytes, fault: Fault | None) -> Reply:
        found = _events(body)
        if found is None:
            return Reply(400, {"text": "Invalid data format", "code": 6, "invalid-event-number": 0})
        if fault is not None and found:
            bad = min(fault.chosen(len(found)))
            # As the worst of them do: what comes before the bad one is taken.
            self._kept.keep(found[:bad])
            text = "Event field cannot be blank"
            return Reply(400, {"text": text, "code": 13, "invalid-event-number": bad})
        self._kept.keep(found)
        if channel is None:
            return Reply(200, {"text": "Success", "code": 0})
        with self._lock:
            numbers, known = self._channels.setdefault(channel, (count(), set()))
            ticket = next(numbers)
            known.add(ticket)
        return Reply(200, {"text": "Success", "code": 0, "ackId": ticket})

    def _acks(self, channel: str | None, body: bytes) -> Reply:
        if channel is None:
            return Reply(400, {"text": "Data channel is missing", "code": 10})
        asked: list[int] = orjson.loads(body)["acks"]
        with self._lock:
            _, known = self._channels.get(channel, (count(), set()))
            told = {str(ticket): ticket in known for ticket in asked}
            # Told once, as Splunk does.
            known.difference_update(asked)
        return Reply(200, {"acks": {**told}})


def _events(body: bytes) -> list[bytes] | None:
    """Return the records in a body: one envelope behind another, with or without spaces."""
    found = []
    # An envelope ends where the next begins: only there do these bytes stand outside a text.
    for part in body.replace(b'}{"', b'}\n{"').split(b"\n"):
        if part.strip():
            try:
                envelope: dict[str, Any] = orjson.loads(part)
            except orjson.JSONDecodeError:
                return None
            if "event" not in envelope:
                return None
            begins = part.index(b'"event":') + len(b'"event":')
            found.append(part[begins:-1])
    return found


@contextmanager
def standing(
    kept: Kept, faults: Faults, *, host: str = "127.0.0.1", port: int = 0
) -> Iterator[str]:
    """Stand in while the context lasts. See `http_server.serving`."""
    collector = Collector(kept)
    with http_server.serving("hec+http", collector, faults, host=host, port=port) as address:
        yield address
