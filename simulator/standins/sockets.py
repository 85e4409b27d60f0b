"""A server on loopback for streams of bytes, which goes wrong as it is told."""

from __future__ import annotations

import socket
import ssl
import struct
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Final, Protocol

from simulator.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.standins.faults import Fault, Faults
    from simulator.standins.keeping import Kept

FAULTS: Final = ("refuse", "half-close", "close", "slow")
"""What a stream of bytes can suffer. Each piece of bytes that is read draws one; `close` throws
away what was read and not kept, `half-close` cuts the piece in two and keeps the first half."""

_PIECE: Final = 1 << 16


class Reader(Protocol):
    """Takes bytes of a connection, and returns the records that are whole."""

    def __call__(self, data: bytes) -> list[bytes]:
        """Take the next bytes."""
        ...


@dataclass(eq=False, slots=True)
class _Server:
    listener: socket.socket
    reader: Callable[[], Reader]
    kept: Kept
    faults: Faults
    tls: ssl.SSLContext | None
    ended: Event = field(default_factory=Event)
    threads: list[Thread] = field(default_factory=list)
    open: set[socket.socket] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def accept(self) -> None:
        while not self.ended.is_set():
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            thread = Thread(target=self._serve, args=(plain,), daemon=True)
            with self.lock:
                self.open.add(plain)
                self.threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        connection = plain
        with suppress(OSError):
            if self.tls is not None:
                connection = self.tls.wrap_socket(plain, server_side=True)
                with self.lock:
                    self.open.add(connection)
            self._read(connection)
        with self.lock:
            self.open -= {plain, connection}
        for one in (connection, plain):
            with suppress(OSError):
                one.close()

    def _read(self, connection: socket.socket) -> None:
        reader = self.reader()
        while True:
            fault = self.faults.next()
            if fault is not None and fault.name == "refuse":
                _reset(connection)
                return
            data = connection.recv(_PIECE)
            if not data:
                return
            if fault is not None and not self._goes_on(connection, reader, data, fault):
                return
            if fault is None or fault.name == "slow":
                self.kept.keep(reader(data))

    def _goes_on(
        self, connection: socket.socket, reader: Reader, data: bytes, fault: Fault
    ) -> bool:
        if fault.name == "slow":
            self.ended.wait(fault.millis / 1000)
            return True
        if fault.name == "half-close":
            self.kept.keep(reader(data[: len(data) // 2]))
        _reset(connection)
        return False


def _reset(connection: socket.socket) -> None:
    """End a connection without a word: what was not read is gone."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


@contextmanager
def serving(  # noqa: PLR0913  # what is read, by whom, and what goes wrong
    scheme: str,
    reader: Callable[[], Reader],
    kept: Kept,
    faults: Faults,
    *,
    host: str,
    port: int,
    tls: tuple[str, str] | None = None,
) -> Iterator[str]:
    """Serve connections while the context lasts, and give the address for `--to`.

    Args:
        scheme: What the address begins with, such as `tcp`.
        reader: Makes what reads a connection.
        kept: Takes records.
        faults: What goes wrong.
        host: Where to listen.
        port: 0 for any that is free.
        tls: Files of a certificate and its key; absent for no encryption.

    Raises:
        OutputError: The port cannot be listened at.
    """
    try:
        listener = socket.create_server((host, port))
    except OSError as error:
        message = f"cannot listen at {host}:{port}: {error.strerror}"
        raise OutputError(message) from error
    context = None
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
    server = _Server(listener, reader, kept, faults, context)
    thread = Thread(target=server.accept, daemon=True)
    thread.start()
    try:
        yield f"{scheme}://{host}:{listener.getsockname()[1]}"
    finally:
        server.ended.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        with server.lock:
            threads, connections = [*server.threads], [*server.open]
        for one in connections:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for reading in threads:
            reading.join()
