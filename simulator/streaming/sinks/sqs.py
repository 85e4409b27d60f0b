"""An SQS queue, by SendMessageBatch (SQS API Reference); a record a message."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from simulator.errors import RequestError
from simulator.sinks.notifications import subscriber_of
from simulator.streaming.sinks.aws_calls import AWS_OPTIONS, Answer, CallsSink, Service, calls_to
from simulator.streaming.sinks.entries import answer_of, text_of
from simulator.streaming.sinks.interface import Limits, Promise

if TYPE_CHECKING:
    from simulator.streaming.addresses import Address
    from simulator.streaming.sinks.interface import Batch

OPTIONS: Final = AWS_OPTIONS
PROMISE: Final = (
    "Kept: the service says so of each message. What may have arrived without an answer is sent "
    "again and told as uncertain; a FIFO queue drops what it was sent within five minutes."
)

# "The maximum allowed individual message size and the maximum total payload size […] are both
# 1 MiB": since August 2025, and 256 KiB before. Unverified: that every Region has it.
_LIMITS: Final = Limits(10, 256 << 10, 256 << 10)


def sink(address: Address) -> CallsSink:
    """Return the sink at an address.

    Raises:
        RequestError: It is no URL of a queue.
    """
    url = address.rest
    is_fifo = url.endswith(".fifo")
    if not urlsplit(url).hostname:
        raise RequestError(
            "cannot send to a queue without its URL: expected "
            "sqs:https://sqs.us-east-1.amazonaws.com/111122223333/NAME"
        )
    region = subscriber_of(f"sqs+s3:{url.removesuffix('.fifo')}").region

    def call(client: Any, batch: Batch) -> Answer:  # noqa: ANN401  # boto3 makes its classes
        entries: list[dict[str, str]] = []
        for place, (record, stream) in enumerate(zip(batch.records, batch.streams, strict=True)):
            entry = {"Id": str(place), "MessageBody": text_of(record)}
            if is_fifo:
                entry["MessageGroupId"] = stream.account
                entry["MessageDeduplicationId"] = hashlib.sha256(record).hexdigest()
            entries.append(entry)
        said = client.send_message_batch(QueueUrl=url, Entries=entries)
        return answer_of(said)

    # "First-in-first-out": several connections would mix up each group.
    connections = 1 if is_fifo else 8
    service = Service("sqs", "sqs:SendMessage", call, _LIMITS, Promise.kept, connections)
    return calls_to(address, service, region)
