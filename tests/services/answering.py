"""Batches sent by hand to a server that answers as it is told, to see what a sink makes of it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from simulator.delivery.trail import Stream
from simulator.standins import http_server
from simulator.standins.faults import Faults
from simulator.standins.http_server import Reply
from simulator.streaming.sinks.interface import Batch
from tests.services.streams import sink_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.streaming.sinks.interface import Connection


def a_batch(records: int | Sequence[bytes] = 3, *, attempt: int = 1) -> Batch:
    """Return a batch of records, which happened a second and a millisecond apart."""
    if isinstance(records, int):
        records = [b'{"eventID":"id-%d"}' % n for n in range(records)]
    times = [1_736_755_200_000 + 1001 * n for n in range(len(records))]
    return Batch(0, records, times, [Stream("111122223333", "us-east-1")] * len(records), attempt)


class Scripted:
    """Answers with one reply after another, and with the last from then on."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = [*replies] or [Reply(200, {})]
        self.requests: list[tuple[str, dict[str, str], bytes]] = []

    def __call__(self, path, headers, body, fault):  # noqa: ARG002  # see `Service`
        """See `Service`."""
        self.requests.append((path, dict(headers), body))
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def connected(address: str, service: Scripted, *settings: str) -> Iterator[Connection]:
    """Give a connection to a server.

    Args:
        address: Its scheme, and a path behind a colon, such as `http:/path`.
        service: Answers.
        settings: Of the sink.
    """
    scheme, _, path = address.partition(":")
    with http_server.serving(scheme, service, Faults(), host="127.0.0.1", port=0) as where:
        made = sink_at(where + path, *settings).connect()
        try:
            yield made
        finally:
            made.close()
