"""A proxy before a broker of Kafka, which cuts connections when it is told to.

A broker tells its clients where it is: the proxy puts its own port there, which has as many
bytes, so that they come back to it.
"""

from __future__ import annotations

import socket
import struct
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PRODUCE = 0
"""The number of the request that brings messages. (Kafka protocol guide, "Api Keys".)"""


@dataclass(eq=False)
class Proxy:
    """A proxy that runs."""

    upstream: int
    listener: socket.socket
    cuts: dict[int, str] = field(default_factory=dict)
    """What to do with which of the requests that bring messages, counted from 0: `before` it
    reaches the broker, or `after`, so that the answer is lost."""
    produced: int = 0
    batches: Counter[bytes] = field(default_factory=Counter)
    """How often the broker was brought each batch of messages, by its bytes from the checksum on:
    the producer's id and the batch's place in its sequence are among them, by which a broker
    knows what it has already. (The mock that stands here does not look.)"""
    over: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)
    open: set[socket.socket] = field(default_factory=set)
    threads: list[Thread] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Return where it listens."""
        return self.listener.getsockname()[1]

    def serve(self) -> None:
        """Take connections until it is over."""
        while not self.over.is_set():
            try:
                client, _ = self.listener.accept()
                broker = socket.create_connection(("127.0.0.1", self.upstream))
            except OSError:
                return
            with self.lock:
                self.open |= {client, broker}
                lost = Event()
                for pass_on in (self._requests, self._answers):
                    thread = Thread(target=pass_on, args=(client, broker, lost), daemon=True)
                    self.threads.append(thread)
                    thread.start()

    def _requests(self, client: socket.socket, broker: socket.socket, lost: Event) -> None:
        for frame in _frames(client):
            cut = None
            if struct.unpack_from(">h", frame, 4)[0] == PRODUCE:
                with self.lock:
                    cut = self.cuts.get(self.produced)
                    self.produced += 1
            if cut == "before":
                break
            if cut == "after":
                lost.set()
            with suppress(OSError):
                broker.sendall(frame)
                with self.lock:
                    self.batches.update(_batches(frame))
        else:
            _end(broker)
            return
        _end(client, broker)

    def _answers(self, client: socket.socket, broker: socket.socket, lost: Event) -> None:
        here, there = struct.pack(">i", self.upstream), struct.pack(">i", self.port)
        for frame in _frames(broker):
            if lost.is_set():
                break
            told = frame.replace(b"127.0.0.1" + here, b"127.0.0.1" + there)
            with suppress(OSError):
                client.sendall(told)
        _end(client, broker)


def _frames(connection: socket.socket) -> Iterator[bytes]:
    """Yield requests or answers, each with its length before it."""
    with suppress(OSError), connection.makefile("rb") as stream:
        while len(head := stream.read(4)) == 4:
            size = struct.unpack(">i", head)[0]
            body = stream.read(size)
            if len(body) < size:
                return
            yield head + body


def _batches(frame: bytes) -> Iterator[bytes]:
    """Yield the batches of messages in a request: Kafka documentation, "Record Batch"."""
    at = 0
    while (at := frame.find(bytes(8), at)) >= 0 and at + 61 <= len(frame):
        size = struct.unpack_from(">i", frame, at + 8)[0]
        if frame[at + 16] == 2 and 49 <= size <= len(frame) - at - 12:
            yield frame[at + 17 : at + 12 + size]
            at += 12 + size
        else:
            at += 1


def messages_in(batch: bytes) -> int:
    """Return how many messages a batch has."""
    return struct.unpack_from(">i", batch, 40)[0]


def _end(*connections: socket.socket) -> None:
    for one in connections:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxied(upstream: int) -> Iterator[Proxy]:
    """Run a proxy before a broker on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = Proxy(upstream, listener)
        thread = Thread(target=proxy.serve, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.over.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            _end(*proxy.open)
            for one in proxy.threads:
                one.join()
            for connection in proxy.open:
                connection.close()
