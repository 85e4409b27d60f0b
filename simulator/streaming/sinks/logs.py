"""A log stream of CloudWatch Logs, by PutLogEvents (CloudWatch Logs API Reference)."""

from __future__ import annotations

from threading import Event, Lock
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import RequestError
from simulator.streaming.addresses import Option
from simulator.streaming.sinks.aws_calls import (
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

OPTIONS: Final = (
    Option("create", "yes: the log group and stream are created if they are not there: no"),
    *AWS_OPTIONS,
)
PROMISE: Final = (
    "Kept: the service says so, and which records are too old or too new for it. It takes what "
    "happened within 14 days before and 2 hours after: --now. What may have arrived without an "
    "answer is sent again and told as uncertain."
)

# "The maximum batch size is 1,048,576 bytes. This size is calculated as the sum of all event
# messages in UTF-8, plus 26 bytes for each log event."
_AROUND: Final = 26
_LIMITS: Final = Limits(1000, (1 << 20) - 1000 * _AROUND, (1 << 20) - 1000 * _AROUND)
_REJECTED: Final = (
    ("tooOldLogEventEndIndex", "too old for CloudWatch Logs: --now gives it the time of day"),
    ("expiredLogEventEndIndex", "older than the log group keeps"),
)
_DAY: Final = 24 * 3600 * 1000


def sink(address: Address) -> CallsSink:
    """Return the sink at an address.

    Raises:
        RequestError: It names no log group and stream.
    """
    group, colon, stream = address.rest.rpartition(":")
    if not (group and colon and stream):
        raise RequestError("cannot send to a log stream without a name: expected logs:GROUP:STREAM")
    creates = address.settings.flag("create")
    made, making = Event(), Lock()

    def call(client: Any, batch: Batch) -> Answer:  # noqa: ANN401  # boto3 makes its classes
        if creates and not made.is_set():
            with making:
                _create(client, group, stream)
            made.set()
        entries = [
            {"timestamp": at, "message": text_of(record)}
            for at, record in zip(batch.times, batch.records, strict=True)
        ]
        # "A batch of log events in a single request cannot span more than 24 hours."
        whole = [place for place, at in enumerate(batch.times) if at < batch.times[0] + _DAY]
        said = client.put_log_events(
            logGroupName=group, logStreamName=stream, logEvents=entries[: len(whole)]
        )
        rejected = said.get("rejectedLogEventsInfo") or {}
        failed = {
            place: Failure(place, "rejected", why, is_final=True)
            for name, why in _REJECTED
            for place in range(min(rejected.get(name, 0), len(whole)))
        }
        newest = rejected.get("tooNewLogEventStartIndex")
        for place in range(len(whole) if newest is None else newest, len(whole)):
            why = "too new for CloudWatch Logs"
            failed[place] = Failure(place, "rejected", why, is_final=True)
        for place in range(len(whole), len(entries)):
            why = "it is a day after those before it"
            failed[place] = Failure(place, "left for the next call", why, is_final=False)
        # It speaks only of those that it rejects.
        return Answer([*failed.values()], len(batch.records))

    needs = "logs:PutLogEvents"
    if creates:
        needs = "logs:CreateLogGroup, logs:CreateLogStream and logs:PutLogEvents"
    service = Service("logs", needs, call, _LIMITS, Promise.kept)
    return calls_to(address, service)


def _create(client: Any, group: str, stream: str) -> None:  # noqa: ANN401  # as above
    """Create a log group and a log stream, those that are not there."""
    names = {"logGroupName": group}
    for call, given in (
        ("create_log_group", names),
        ("create_log_stream", {**names, "logStreamName": stream}),
    ):
        try:
            getattr(client, call)(**given)
        except client.exceptions.ResourceAlreadyExistsException:
            continue
