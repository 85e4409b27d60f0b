"""A Kinesis data stream, by PutRecords (Kinesis Data Streams API Reference)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import RequestError
from simulator.streaming.sinks.aws_calls import (
    AGAIN,
    AWS_OPTIONS,
    Answer,
    CallsSink,
    Failure,
    Service,
    calls_to,
)
from simulator.streaming.sinks.interface import Limits, Promise

if TYPE_CHECKING:
    from simulator.streaming.addresses import Address
    from simulator.streaming.sinks.interface import Batch

OPTIONS: Final = AWS_OPTIONS
PROMISE: Final = (
    "Kept: the service says so of each record. A partition key is the recipient account. What may "
    "have arrived without an answer is sent again and told as uncertain."
)

# "Each PutRecords request can support up to 500 records. Each record […] can be as large as
# 1 MiB, up to a limit of 5 MiB for the entire request, including partition keys."
_LIMITS: Final = Limits(500, (5 << 20) - 500 * 12, (1 << 20) - 12)


def sink(address: Address) -> CallsSink:
    """Return the sink at an address.

    Raises:
        RequestError: It names no stream.
    """
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,128}", address.rest):
        raise RequestError("cannot send to a stream without a name: expected kinesis:STREAM")

    def call(client: Any, batch: Batch) -> Answer:  # noqa: ANN401  # boto3 makes its classes
        entries = [
            {"Data": record, "PartitionKey": stream.account}
            for record, stream in zip(batch.records, batch.streams, strict=True)
        ]
        said = client.put_records(StreamName=address.rest, Records=entries)
        rows = said.get("Records", [])
        failed = [
            Failure(
                place,
                one["ErrorCode"],
                one.get("ErrorMessage", ""),
                is_final=one["ErrorCode"] not in AGAIN,
            )
            for place, one in enumerate(rows)
            if one.get("ErrorCode")
        ]
        return Answer(failed, len(rows))

    service = Service("kinesis", "kinesis:PutRecords", call, _LIMITS, Promise.kept)
    return calls_to(address, service)
