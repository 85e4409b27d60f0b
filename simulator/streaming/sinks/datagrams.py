"""A record a datagram, over UDP: what is lost nobody notices but who counts at the other end."""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.errors import OutputError
from simulator.streaming.addresses import Option
from simulator.streaming.sinks.interface import Limits, Promise, Receipt, Trouble
from simulator.streaming.sinks.sockets import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.streaming.addresses import Address
    from simulator.streaming.sinks.interface import Batch

LARGEST: Final = 65_507
"""Bytes of a datagram over IPv4, at most: 65,535 less the headers (RFC 768, RFC 791)."""

OPTIONS: Final = (
    Option("max-size", f"bytes of a datagram; a record that is larger is refused: {LARGEST}"),
)
PROMISE: Final = (
    "Sent: each record was handed to the network once. What is lost on the way, or where nobody "
    "listens, `reconcile` tells and nothing else."
)


@dataclass(eq=False, slots=True)
class Datagrams:
    """See `interface.Connection`."""

    socket: socket.socket
    frame: Callable[[Batch], list[bytes]]
    """Returns a datagram for each record."""

    def send(self, batch: Batch) -> Receipt:
        """See `Connection.send`.

        That nobody listens is sometimes told by the other machine, later and of some other
        datagram: nothing that could be said of a record. It is not asked for.
        """
        size = 0
        refused: dict[int, str] = {}
        for place, data in enumerate(self.frame(batch)):
            try:
                self._sent(data)
            except OSError as error:
                if error.errno != errno.EMSGSIZE:
                    raise Trouble(words(error), may_have_arrived=place > 0) from None
                refused[place] = "larger than a datagram"
                continue
            size += len(data)
        return Receipt(refused=refused, size=size)

    def _sent(self, data: bytes) -> None:
        try:
            self.socket.send(data)
        except ConnectionRefusedError:
            # It is about an earlier one, and takes the place of sending this one.
            self.socket.send(data)

    def settled(self) -> tuple[()]:
        """See `Connection.settled`."""
        return ()

    def close(self) -> None:
        """See `Connection.close`."""
        self.socket.close()


@dataclass(frozen=True, slots=True)
class DatagramsSink:
    """See `interface.Sink`."""

    name: str
    limits: Limits
    host: str
    port: int
    frame: Callable[[Batch], list[bytes]]
    promise: Promise = Promise.sent
    connections: int = 1

    def connect(self) -> Datagrams:
        """See `Sink.connect`."""
        try:
            family, kind, proto, _, where = socket.getaddrinfo(
                self.host, self.port, type=socket.SOCK_DGRAM
            )[0]
        except OSError as error:
            message = f"cannot send to {self.name}: {words(error)}"
            raise OutputError(message) from None
        made = socket.socket(family, kind, proto)
        try:
            made.connect(where)
        except OSError as error:
            made.close()
            raise Trouble(words(error), may_have_arrived=False) from None
        return Datagrams(made, self.frame)

    def close(self) -> None:
        """See `Sink.close`."""


def framed(batch: Batch) -> list[bytes]:
    """Return records as they are."""
    return [*batch.records]


def sink(address: Address) -> DatagramsSink:
    """Return the sink at an address.

    Raises:
        RequestError: The address or a setting is not what it should be.
    """
    host, port = address.host_and_port()
    most = min(address.settings.count("max-size", LARGEST), LARGEST)
    return DatagramsSink(address.text, Limits(100, 1 << 20, most), host, port, framed)
