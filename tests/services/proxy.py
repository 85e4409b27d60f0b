"""A proxy before a broker of Kafka, which cuts and stalls connections when it is told to.

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

PRODUCE, METADATA = 0, 3
"""Numbers of the request that brings messages and of that which asks what is where. (Kafka
protocol guide, "Api Keys".)"""


@dataclass(eq=False)
class Proxy:
    """A proxy that runs."""

    upstream: int
    listener: socket.socket
    cuts: dict[int, str] = field(default_factory=dict)
    """What to do with which of the requests that bring messages, counted from 0: cut the
    connection `before` it reaches the broker, in its `middle`, or `after`, so that the answer is
    lost; or `stall` it, so that no answer comes though it is open."""
    creates: bool = True
    """Whether the broker makes a topic that it is asked for and does not have."""
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
                lost, stalled = Event(), Event()
                for pass_on in (self._requests, self._answers):
                    thread = Thread(
                        target=pass_on, args=(client, broker, lost, stalled), daemon=True
                    )
                    self.threads.append(thread)
                    thread.start()

    def _requests(
        self, client: socket.socket, broker: socket.socket, lost: Event, stalled: Event
    ) -> None:
        for frame in _frames(client):
            cut = None
            told = frame if self.creates else _uncreated(frame)
            if struct.unpack_from(">h", frame, 4)[0] == PRODUCE:
                with self.lock:
                    cut = self.cuts.get(self.produced)
                    self.produced += 1
            if cut == "before":
                break
            if cut == "middle":
                with suppress(OSError):
                    broker.sendall(frame[: len(frame) // 2])
                break
            if cut == "after":
                lost.set()
            if cut == "stall":
                stalled.set()
            with suppress(OSError):
                broker.sendall(told)
                with self.lock:
                    self.batches.update(_batches(frame))
        else:
            _end(broker)
            return
        _end(client, broker)

    def _answers(
        self, client: socket.socket, broker: socket.socket, lost: Event, stalled: Event
    ) -> None:
        here, there = struct.pack(">i", self.upstream), struct.pack(">i", self.port)
        for frame in _frames(broker):
            if lost.is_set():
                break
            if stalled.is_set():
                continue
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


def _uncreated(frame: bytes) -> bytes:
    """Return a request for metadata without its wish that topics be created; others as they are.

    The wish is a byte before one or two more, and before a tag in newer versions. (Kafka
    protocol guide, "Metadata API".)
    """
    number, version = struct.unpack_from(">hh", frame, 4)
    if number != METADATA:
        return frame
    after = {8: 2, 9: 3, 10: 3}.get(version, 0 if version < 8 else 2)
    at = len(frame) - 1 - after
    return frame[:at] + b"\0" + frame[at + 1 :]


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
