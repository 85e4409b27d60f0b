"""Records as lines over TCP, with TLS or without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.streaming.sinks.interface import Limits, Promise
from simulator.streaming.sinks.sockets import DOUBT, TCP_OPTIONS, Tcp, peer_of

if TYPE_CHECKING:
    from simulator.streaming.addresses import Address
    from simulator.streaming.sinks.interface import Batch
    from simulator.streaming.sinks.sockets import Peer

OPTIONS: Final = TCP_OPTIONS
PROMISE: Final = (
    "Written: the other machine's network stack has every record. What may not have been read "
    "when a connection broke is sent again and told as uncertain."
)


@dataclass(frozen=True, slots=True)
class LinesSink:
    """See `interface.Sink`."""

    name: str
    limits: Limits
    peer: Peer
    promise: Promise = Promise.written
    connections: int = 1

    def connect(self) -> Tcp:
        """See `Sink.connect`."""
        return Tcp(self.peer.connect(), framed)

    def close(self) -> None:
        """See `Sink.close`."""


def framed(batch: Batch) -> bytes:
    """Return records with line ends."""
    return b"".join([record + b"\n" for record in batch.records])


def sink(address: Address) -> LinesSink:
    """Return the sink at an address.

    Raises:
        RequestError: The address or a setting is not what it should be.
        InputError: A certificate cannot be read.
    """
    doubt = address.settings.count("doubt", DOUBT, least=0)
    return LinesSink(address.text, Limits(1000, 1 << 20, doubt=doubt), peer_of(address))
