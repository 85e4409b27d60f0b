"""Records as EventBridge delivers them: each in an envelope of its own.

EventBridge User Guide, "AWS service events delivered via AWS CloudTrail" and "Structure of
AWS service events", as known in 2026-08. A rule gets the record unchanged in `detail`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import orjson

from simulator.delivery.trail import recipients
from simulator.primitives.instants import format_instant, format_instant_many
from simulator.primitives.jsontext import json_text, string_content
from simulator.records.codecs import Uuid
from simulator.records.kinds import KINDS
from simulator.sinks.wrapping import changed, row_of, stretches, text_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.delivery.overrides import Delivered
    from simulator.engines.batches import RecordBatch
    from simulator.plan.episodes import Plan
    from simulator.primitives.jsontext import Json

DETAIL_TYPES: Final = {
    "AwsApiCall": "AWS API Call via CloudTrail",
    "AwsConsoleAction": "AWS Console Action via CloudTrail",
    "AwsConsoleSignIn": "AWS Console Sign In via CloudTrail",
    "AwsServiceEvent": "AWS Service Event via CloudTrail",
}
"""The envelope's `detail-type` by the record's eventType. What is none of these, which only
an override can make of it, counts as a call."""

_ID: Final = Uuid("eventbridge-id", ordinal="step")
"""The envelope's own id. It is not the eventID."""

# What an envelope is put together from, seven pieces in turn; `envelope` is its definition.
_OPENING: Final = b'{"version":"0","id":"'
_CLOSING: Final = b"}\n"
_PIECES: Final = 7


def source_of(event_source: str) -> str:
    """Return the envelope's `source`: that of `sso.amazonaws.com` is `aws.sso`."""
    # Unverified but for `aws.signin` and `aws.sso`: no published envelope is of another of ours.
    return f"aws.{event_source.partition('.')[0]}"


_MIDDLES: Final = tuple(
    b'","detail-type":'
    + json_text(DETAIL_TYPES[kind.event_type])
    + b',"source":'
    + json_text(source_of(kind.event_source))
    + b',"account":"'
    for kind in KINDS
)
"""By kind, what stands between the id and the account."""


@dataclass(frozen=True, slots=True)
class EventBridgeLines:
    """An envelope for each record."""

    plan: Plan
    """Where the records come from."""

    def of(self, delivered: Delivered) -> Iterator[memoryview]:
        """See `Lines.of`."""
        batch = delivered.batch
        tables = self.plan.tables
        streams, which = recipients(batch, self.plan)
        before_time = [string_content(one.account) + b'","time":"' for one in streams]
        before_record = [
            b'","region":"' + string_content(one.region) + b'","resources":[],"detail":'
            for one in streams
        ]
        of_record = which.tolist()
        ids = _ID.many(batch.columns, len(batch), tables).tolist()
        times = format_instant_many(batch.columns["time"].astype(np.int64, copy=False)).tolist()
        middles = [
            _MIDDLES[kind] + before_time[stream]
            for kind, stream in zip(batch.kind.tolist(), of_record, strict=True)
        ]
        for stretch in stretches(batch):
            lines = stretch.lines()
            first, count = stretch.first, len(lines)
            pieces = [_OPENING, b"", b"", b"", b"", b"", _CLOSING] * count
            pieces[1::_PIECES] = ids[first : first + count]
            pieces[2::_PIECES] = middles[first : first + count]
            pieces[3::_PIECES] = times[first : first + count]
            pieces[4::_PIECES] = [before_record[at] for at in of_record[first : first + count]]
            pieces[5::_PIECES] = lines
            for nth in changed(delivered, stretch, count):
                [sound] = delivered.sound(first + nth, [lines[nth]])
                made = self.envelope(batch, first + nth, sound, lines[nth])
                pieces[nth * _PIECES : (nth + 1) * _PIECES] = [made, *[b""] * (_PIECES - 1)]
            yield memoryview(b"".join(pieces))

    def envelope(
        self, batch: RecordBatch, position: int, line: bytes, detail: bytes | None = None
    ) -> bytes:
        """Return the envelope of one record, with its line end: the definition.

        Args:
            line: The finished record. What the envelope repeats is taken from it, and from what
                it would have said where an override dropped that.
            detail: The record as it is after damage, if it took any.
        """
        record = orjson.loads(line)
        streams, which = recipients(batch, self.plan)
        stream = streams[which[position]]
        row, tables = row_of(batch, position), self.plan.tables

        def said(name: str, otherwise: str) -> str:
            found = text_in(record, name)
            return otherwise if found is None else found

        kind = KINDS[batch.kind[position]]
        event_type = said("eventType", kind.event_type)
        head: dict[str, Json] = {
            "version": "0",
            "id": _ID.one(row, tables),
            "detail-type": DETAIL_TYPES.get(event_type, DETAIL_TYPES["AwsApiCall"]),
            "source": source_of(said("eventSource", kind.event_source)),
            "account": said("recipientAccountId", stream.account),
            "time": said("eventTime", format_instant(row["time"])),
            "region": said("awsRegion", stream.region),
            "resources": [],
        }
        return (
            json_text(head)[:-1] + b',"detail":' + (line if detail is None else detail) + _CLOSING
        )
