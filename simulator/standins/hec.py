"""Stands in for Splunk's HTTP Event Collector, as far as `streaming.sinks.hec` knows it."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Final

import orjson

from simulator.primitives.jsontext import json_text
from simulator.standins import http_server
from simulator.standins.http_server import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.primitives.jsontext import Json
    from simulator.standins.faults import Fault, Faults
    from simulator.standins.keeping import Kept

FAULTS: Final = (*http_server.FAULTS, "reject")

_EVENTS: Final = ("/services/collector/event", "/services/collector")
_ACKS: Final = "/services/collector/ack"
_HEALTH: Final = "/services/collector/health"

_UNREADABLE: Final[dict[str, Json]] = {"text": "Invalid data format", "code": 6}
_NO_EVENT: Final[dict[str, Json]] = {"text": "Event field is required", "code": 12}

_DECODER: Final = json.JSONDecoder()
_MEMBER: Final = b'"event":'
_SPACE: Final = re.compile(r"\s*")
_EVENT: Final = re.compile(r'"event"\s*:\s*')


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
        if path.partition("?")[0] == _HEALTH:
            return Reply(200, {"text": "HEC is healthy", "code": 17})
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
        found, wrong = _events(body)
        if wrong is not None:
            return Reply(400, {**wrong, "invalid-event-number": len(found)})
        if not found:
            return Reply(400, {"text": "No data", "code": 5})
        if fault is not None:
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
        try:
            asked = [int(ticket) for ticket in orjson.loads(body)["acks"]]
        except (ValueError, KeyError, TypeError):
            return Reply(400, _UNREADABLE)
        with self._lock:
            _, known = self._channels.get(channel, (count(), set()))
            told = {str(ticket): ticket in known for ticket in asked}
            # Told once, as Splunk does.
            known.difference_update(asked)
        return Reply(200, {"acks": {**told}})


def _events(body: bytes) -> tuple[list[bytes], dict[str, Json] | None]:
    """Return the records in a body, one envelope behind another, and what is wrong behind them.

    The careful way takes three times as long, which a load test would feel.
    """
    try:
        return _cut(body), None
    except ValueError:
        return _read(body)


def _cut(body: bytes) -> list[bytes]:
    """Return the records of envelopes that end with their event, as most do.

    Raises:
        ValueError: There are others. Where these bytes stand in a text, neither part is JSON.
    """
    found = []
    for line in body.replace(b'}{"', b'}\n{"').split(b"\n"):
        part = line.strip()
        if not part:
            continue
        envelope = orjson.loads(part)
        begins = part.index(_MEMBER) + len(_MEMBER)
        # What stands before the event says whether it is the envelope's own, and its last.
        before = orjson.loads(part[:begins] + b"0}")
        if [*before] != [*envelope] or not isinstance(envelope["event"], dict):
            raise ValueError
        found.append(part[begins:-1].strip())
    return found


def _read(body: bytes) -> tuple[list[bytes], dict[str, Json] | None]:
    """Read as `_events` does, whatever stands where."""
    found: list[bytes] = []
    try:
        text = body.decode()
        at = _end_of(_SPACE, text, 0)
        while at < len(text):
            envelope, end = _DECODER.raw_decode(text, at)
            if "event" not in envelope:
                return found, _NO_EVENT
            found.append(_event(envelope, text[at:end]))
            at = _end_of(_SPACE, text, end)
    except (ValueError, TypeError, RecursionError):
        return found, _UNREADABLE
    return found, None


def _event(envelope: dict[str, Json], text: str) -> bytes:
    """Return the record in an envelope: the bytes that came, where it is an object."""
    event = envelope["event"]
    if isinstance(event, str):
        return event.encode("utf-8", "replace")
    begins = _end_of(_EVENT, text, 0)
    shown, end = _DECODER.raw_decode(text, begins)
    return text[begins:end].encode() if shown == event else json_text(event)


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.search(text, at)
    return at if found is None else found.end()


@contextmanager
def standing(
    kept: Kept, faults: Faults, *, host: str = "127.0.0.1", port: int = 0
) -> Iterator[str]:
    """Stand in while the context lasts. See `http_server.serving`."""
    collector = Collector(kept)
    with http_server.serving("hec+http", collector, faults, host=host, port=port) as address:
        yield address
