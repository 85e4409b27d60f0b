"""Records as LookupEvents answers with them: the newest first, fifty to a page.

CloudTrail API Reference, "LookupEvents", and the service model of botocore, whose members
and types these are, in its order. EventTime is a number of seconds, as in the API's own
JSON; the AWS CLI and boto3 turn it into a date.

The newest record is the last one that is made, so that pages wait in a temporary file, as
large as the records, until all are there. Memory does not grow with it.
"""

from __future__ import annotations

import base64
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np
import orjson

from simulator.errors import OutputError
from simulator.primitives.instants import SECOND, parse_any_instant
from simulator.primitives.jsontext import json_text
from simulator.primitives.keys import Key, purpose
from simulator.records.fields import FIELDS
from simulator.records.kinds import KINDS
from simulator.sinks.wrapping import changed, chunks, stretches, text_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.delivery.overrides import Delivered
    from simulator.plan.episodes import Plan
    from simulator.primitives.jsontext import Json
    from simulator.sinks.interface import Output

PAGE: Final = 50
"""Events of a page: as many as MaxResults allows."""

BLOCK: Final = 4 << 20
"""Bytes that are read back at a time."""

_TOKEN: Final = purpose("lookup token")
_TOKEN_WORDS: Final = 10
"""64-bit words of a token; base64 makes 108 characters of them, as in published ones."""

# What an event is put together from, eleven pieces in turn; `event` is its definition.
_OPENING: Final = b'{"EventId":"'
_TIME: Final = b',"EventTime":'
_NO_RESOURCES: Final = b',"Resources":[]'
_MESSAGE: Final = b',"CloudTrailEvent":"'
_END: Final = b'"}\n'
_PIECES: Final = 11

_SHAPED: Final = b'{"userIdentity":{},"eventTime":""}'
"""Stands for a record that is told already."""

_MIDDLES: Final = tuple(
    b'","EventName":'
    + json_text(kind.event_name)
    + b',"ReadOnly":"'
    # A string, not a boolean.
    + (b"true" if kind.read_only else b"false")
    + b'"'
    for kind in KINDS
)
_SOURCES: Final = tuple(b',"EventSource":' + json_text(kind.event_source) for kind in KINDS)


@dataclass(frozen=True, slots=True)
class LookupLines:
    """An event of LookupEvents for each record. `Answers` makes pages of them."""

    plan: Plan
    """Where the records come from."""

    def of(self, delivered: Delivered) -> Iterator[memoryview]:
        """See `Lines.of`."""
        batch = delivered.batch
        ids = FIELDS["event.id"].codec.many(batch.columns, len(batch), self.plan.tables).tolist()
        kinds = batch.kind.tolist()
        times = (batch.columns["time"].astype(np.int64, copy=False) // SECOND).tolist()
        for stretch in stretches(batch):
            messages = stretch.quoted()
            # What an event says of a record is what the record said before it took damage.
            lines = delivered.sound(stretch.first, stretch.lines())
            first, count = stretch.first, len(lines)
            mine = slice(first, first + count)
            told = {
                nth: _told(lines[nth], messages[nth]) for nth in changed(delivered, stretch, count)
            }
            for nth in told:
                # What follows reads records as their shapes have them.
                lines[nth] = _SHAPED
            who = [_who(line) for line in lines]
            pieces = [_OPENING, *[b""] * 3, _TIME, *[b""] * 4, _MESSAGE, b""] * count
            pieces[1::_PIECES] = ids[mine]
            pieces[2::_PIECES] = [_MIDDLES[kind] for kind in kinds[mine]]
            pieces[3::_PIECES] = [key for key, _ in who]
            pieces[5::_PIECES] = [b"%d" % at for at in times[mine]]
            pieces[6::_PIECES] = [_SOURCES[kind] for kind in kinds[mine]]
            pieces[7::_PIECES] = [name for _, name in who]
            pieces[8::_PIECES] = [_resources(line) for line in lines]
            pieces[10::_PIECES] = [message + _END for message in messages]
            for nth, made in told.items():
                pieces[nth * _PIECES : (nth + 1) * _PIECES] = [made, *[b""] * (_PIECES - 1)]
            yield memoryview(b"".join(pieces))


def _told(line: bytes, message: bytes) -> bytes:
    """Return the event of a record, with its line end.

    Args:
        line: The record before it took damage.
        message: What stands between the quotes where it is quoted as it is.
    """
    text = json_text(event(line))
    return text.removesuffix(json_text(line.decode()) + b"}") + b'"' + message + _END


def event(line: bytes) -> dict[str, Json]:
    """Return what LookupEvents says of a finished record: the definition.

    What the record does not say, or not as a text, is left out.
    """
    record: dict[str, Any] = orjson.loads(line)
    identity = record.get("userIdentity")
    who = identity if isinstance(identity, dict) else {}
    read_only = record.get("readOnly")
    said: dict[str, Json | None] = {
        "EventId": text_in(record, "eventID"),
        "EventName": text_in(record, "eventName"),
        "ReadOnly": str(read_only).lower() if isinstance(read_only, bool) else None,
        "AccessKeyId": text_in(who, "accessKeyId") or None,
        "EventTime": _seconds(text_in(record, "eventTime") or ""),
        "EventSource": text_in(record, "eventSource"),
        "Username": user_name(who),
        "Resources": _named(record.get("resources")),
        "CloudTrailEvent": line.decode(),
    }
    return {name: value for name, value in said.items() if value is not None}


def user_name(identity: dict[str, Any]) -> str | None:
    """Return the Username of a userIdentity; nothing where it names nobody.

    Unverified but for roles, whose session it is, and IAM users: that `root` is root, and that
    users of Identity Center have none since their userName is gone from the record.
    """
    if identity.get("type") == "AssumedRole":
        return (text_in(identity, "principalId") or "").partition(":")[2] or None
    if identity.get("type") == "Root":
        return "root"
    return text_in(identity, "userName") or None


def _seconds(event_time: str) -> int | None:
    try:
        return parse_any_instant(event_time) // SECOND
    except ValueError:
        return None


def _named(resources: object) -> list[dict[str, Json]]:
    """Return a record's resources as LookupEvents names them. Unverified for ours."""
    made: list[dict[str, Json]] = []
    for one in resources if isinstance(resources, list) else ():
        if isinstance(one, dict):
            named = {
                "ResourceType": text_in(one, "type"),
                "ResourceName": text_in(one, "ARN"),
            }
            made.append({name: value for name, value in named.items() if value is not None})
    return made


def _who(line: bytes) -> tuple[bytes, bytes]:
    """Return AccessKeyId and Username of a record as its shape has it, as pieces of an event.

    A member's name with its quotes is in no string: there they are escaped.
    """
    begin = line.index(b'"userIdentity":') + len(b'"userIdentity":')
    return _who_of(line[begin : line.index(b',"eventTime":', begin)])


# Those of one session are alike, and follow each other closely.
@lru_cache(maxsize=4_096)
def _who_of(text: bytes) -> tuple[bytes, bytes]:
    """Return AccessKeyId and Username of a userIdentity, as pieces of an event."""
    if b'"userName":' not in text and b'"accessKeyId":' not in text:
        return b"", b""
    identity = orjson.loads(text)
    key, name = text_in(identity, "accessKeyId"), user_name(identity)
    return (
        b',"AccessKeyId":' + json_text(key) if key else b"",
        b',"Username":' + json_text(name) if name else b"",
    )


def _resources(line: bytes) -> bytes:
    """Return Resources of a record as its shape has it, as a piece of an event."""
    begin = line.find(b',"resources":[')
    if begin < 0:
        return _NO_RESOURCES
    text = line[begin + len(b',"resources":') : line.index(b',"eventType":', begin)]
    return b',"Resources":' + json_text(_named(orjson.loads(text)))


class Answers:
    """Makes pages of events, a line each, the newest first. See `Gathering`."""

    def __init__(self, output: Output, key: Key, folder: Path | None) -> None:
        """Open the temporary file.

        Args:
            output: Takes the pages.
            key: Whence tokens are drawn.
            folder: Where the temporary file is; without it, where the system has such files.

        Raises:
            OutputError: It cannot be opened.
        """
        self._output = output
        self._key = key
        self._place = folder or tempfile.gettempdir()
        self._count = self._size = 0
        with self._told():
            # Without a name where the system can: nothing is left of it, however the run ends.
            self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115

    def write(self, data: bytes | memoryview) -> None:
        """See `Output.write`."""
        self._size += len(data)
        for chunk in chunks(data):
            self._count += chunk.count(b"\n")
            with self._told():
                self._file.write(chunk)

    def finish(self) -> None:
        """See `Gathering.finish`."""
        events: list[bytes] = []
        pages = 0
        for event_text in self._newest_first():
            events.append(event_text)
            if len(events) == PAGE:
                self._answer(events, pages)
                events, pages = [], pages + 1
        if events or not self._count:
            self._answer(events, pages)
        self.discard()

    def discard(self) -> None:
        """See `Gathering.discard`."""
        # Where there was no room for its last bytes, closing it says so again.
        with suppress(OSError):
            self._file.close()

    def _answer(self, events: list[bytes], nth: int) -> None:
        closing = b"]}\n"
        if (nth + 1) * PAGE < self._count:
            closing = b'],"NextToken":"' + next_token(self._key, nth) + b'"}\n'
        self._output.write(b'{"Events":[' + b",".join(events) + closing)

    def _newest_first(self) -> Iterator[bytes]:
        """Yield the lines that were written, the last one first."""
        rest, end = b"", self._size
        while end:
            begin = max(0, end - BLOCK)
            with self._told():
                self._file.seek(begin)
                text = self._file.read(end - begin) + rest
            # What comes before the first line end goes on in the block before.
            rest, *lines = text.split(b"\n")
            yield from (line for line in reversed(lines) if line)
            end = begin
        if rest:
            yield rest

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the system says into an error that names the place."""
        try:
            yield
        except OSError as error:
            message = f"cannot write a temporary file in {self._place}: {error.strerror or error}"
            raise OutputError(message) from error


def next_token(key: Key, nth: int) -> bytes:
    """Return the NextToken of the page after the nth, from 0."""
    words = (key.word(_TOKEN, nth * _TOKEN_WORDS + place) for place in range(_TOKEN_WORDS))
    return base64.b64encode(b"".join(word.to_bytes(8, "big") for word in words))
