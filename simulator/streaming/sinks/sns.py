"""An SNS topic, by PublishBatch (SNS API Reference); a record a message."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import RequestError
from simulator.streaming.sinks.aws_calls import AWS_OPTIONS, Answer, CallsSink, Service, calls_to
from simulator.streaming.sinks.entries import answer_of, text_of
from simulator.streaming.sinks.interface import Limits, Promise

if TYPE_CHECKING:
    from simulator.streaming.addresses import Address
    from simulator.streaming.sinks.interface import Batch

OPTIONS: Final = AWS_OPTIONS
PROMISE: Final = (
    "Accepted: the topic has each message; whether its subscribers get it is theirs. What may "
    "have arrived without an answer is sent again and told as uncertain."
)

_LIMITS: Final = Limits(10, 256 << 10, 256 << 10)
_TOPIC: Final = re.compile(r"arn:aws[a-z-]*:sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_.-]+")


def sink(address: Address) -> CallsSink:
    """Return the sink at an address.

    Raises:
        RequestError: It is no ARN of a topic.
    """
    topic = address.rest
    is_fifo = topic.endswith(".fifo")
    found = _TOPIC.fullmatch(topic)
    if found is None:
        raise RequestError(
            "cannot send to a topic without its ARN: expected "
            "sns:arn:aws:sns:us-east-1:111122223333:NAME"
        )

    def call(client: Any, batch: Batch) -> Answer:  # noqa: ANN401  # boto3 makes its classes
        entries: list[dict[str, str]] = []
        for place, (record, stream) in enumerate(zip(batch.records, batch.streams, strict=True)):
            entry = {"Id": str(place), "Message": text_of(record)}
            if is_fifo:
                entry["MessageGroupId"] = stream.account
                entry["MessageDeduplicationId"] = hashlib.sha256(record).hexdigest()
            entries.append(entry)
        said = client.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
        return answer_of(said)

    # "First-in-first-out": several connections would mix up each group.
    connections = 1 if is_fifo else 8
    service = Service("sns", "sns:Publish", call, _LIMITS, Promise.accepted, connections)
    return calls_to(address, service, found[1])
