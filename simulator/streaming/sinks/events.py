"""An EventBridge event bus, by PutEvents (EventBridge API Reference); a record an event.

Only AWS itself may use sources that begin with `aws.`: rules have to look for another.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import RequestError
from simulator.sinks.eventbridge import DETAIL_TYPES
from simulator.streaming.addresses import Option
from simulator.streaming.sinks.aws_calls import (
    AGAIN,
    AWS_OPTIONS,
    Answer,
    CallsSink,
    Failure,
    Service,
    calls_to,
)
from simulator.streaming.sinks.entries import text_of
from simulator.streaming.sinks.interface import Limits, Promise

if TYPE_CHECKING:
    from simulator.streaming.addresses import Address
    from simulator.streaming.sinks.interface import Batch

SOURCE: Final = "trailwright.cloudtrail"
OPTIONS: Final = (
    Option("source", f"the events' source, which may not begin with aws.: {SOURCE}"),
    *AWS_OPTIONS,
)
PROMISE: Final = (
    "Accepted: the bus has each event; whether a rule's targets get it is theirs. What may have "
    "arrived without an answer is sent again and told as uncertain."
)

# "The total entry size must be less than 256KB", with its source, detail-type and time.
_AROUND: Final = 512
_LIMITS: Final = Limits(10, (256 << 10) - 10 * _AROUND, (256 << 10) - 10 * _AROUND)
_TYPE: Final = re.compile(rb'"eventType":"([A-Za-z]+)"')


def sink(address: Address) -> CallsSink:
    """Return the sink at an address.

    Raises:
        RequestError: It names no bus, or its source is AWS's.
    """
    bus = address.rest
    if not re.fullmatch(r"[A-Za-z0-9_.:/-]{1,1600}", bus):
        raise RequestError("cannot send to a bus without a name: expected events:BUS, or its ARN")
    source = address.settings.text("source", SOURCE) or SOURCE
    if source.startswith("aws."):
        raise RequestError("--with source: sources that begin with aws. are those of AWS itself")
    arn = re.match(r"arn:aws[a-z-]*:events:([a-z0-9-]+):", bus)

    def call(client: Any, batch: Batch) -> Answer:  # noqa: ANN401  # boto3 makes its classes
        entries = [
            {
                "EventBusName": bus,
                "Source": source,
                "DetailType": detail_type(record),
                "Detail": text_of(record),
                "Time": datetime.fromtimestamp(at / 1000, UTC),
            }
            for record, at in zip(batch.records, batch.times, strict=True)
        ]
        said = client.put_events(Entries=entries)
        rows = said.get("Entries", [])
        failed = [
            Failure(
                place,
                one["ErrorCode"],
                one.get("ErrorMessage", ""),
                # "Retryable errors include": InternalFailure and ThrottlingException. All
                # others "non-retryable". (PutEventsResultEntry, EventBridge API Reference.)
                is_final=one["ErrorCode"] not in AGAIN,
            )
            for place, one in enumerate(rows)
            if one.get("ErrorCode")
        ]
        return Answer(failed, len(rows))

    service = Service("events", "events:PutEvents", call, _LIMITS, Promise.accepted, 8)
    return calls_to(address, service, arn[1] if arn else None)


def detail_type(record: bytes) -> str:
    """Return what an event's `detail-type` is, as EventBridge has it for CloudTrail's records."""
    found = _TYPE.search(record)
    name = "" if found is None else found[1].decode()
    return DETAIL_TYPES.get(name, DETAIL_TYPES["AwsApiCall"])
