"""A server on loopback for requests with records in them, which goes wrong as it is told."""

from __future__ import annotations

import http.server
import socket
import socketserver
import zlib
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Final, Protocol

from simulator.errors import OutputError
from simulator.primitives.jsontext import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.primitives.jsontext import Json
    from simulator.standins.faults import Fault, Faults

FAULTS: Final = (
    "refuse", "close", "lost-answer", "half-close", "slow", "429", "503", "500",
)  # fmt: skip
"""What any request can suffer; each draws one."""

_GZIP: Final = 31
_MOST: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    status: int
    body: Json
    headers: Mapping[str, str] | None = None


class Service(Protocol):
    """Answers requests, from several threads at once."""

    def __call__(
        self, path: str, headers: Mapping[str, str], body: bytes, fault: Fault | None
    ) -> Reply:
        """Take a request, and keep the records in it.

        Args:
            path: With what is behind a question mark.
            headers: Their names in small letters.
            body: Unpacked.
            fault: What the service itself is to do wrong; absent for nothing.
        """
        ...


class _Server(http.server.ThreadingHTTPServer):
    # Threads that are no daemons are waited for when the server is closed.
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, where: tuple[str, int], service: Service, faults: Faults) -> None:
        self.service = service
        self.faults = faults
        self.ended = Event()
        self._lock = Lock()
        self._open: set[socket.socket] = set()
        if ":" in where[0]:
            self.address_family = socket.AF_INET6
        super().__init__(where, _Handler)

    def server_bind(self) -> None:
        """Bind without asking a name service who we are, as the original does."""
        socketserver.TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # as it is
        """Remember a connection, so that it can be ended."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401  # as it is
        """Forget a connection that is over."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def end(self) -> None:
        """End every connection that is kept open, and wait until nobody serves any more."""
        self.ended.set()
        self.shutdown()
        with self._lock:
            kept = [*self._open]
        for one in kept:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that is gone is what a load test does all day."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Answer that somebody is there."""
        self._answer(self.server.service(self.path, self._headers(), b"", None))

    def do_POST(self) -> None:
        """Take a request, or do what a fault says."""
        reply = self._reply(self.server.faults.next())
        if reply is None:
            self._cut()
        else:
            self._answer(reply)

    def _reply(self, fault: Fault | None) -> Reply | None:
        """Return what is answered; nothing where the connection is cut instead."""
        name = None if fault is None else fault.name
        body = self._body(name)
        if not isinstance(body, bytes):
            return body
        if name in {"429", "503", "500"}:
            headers = {"Retry-After": "1"} if name == "429" else None
            return Reply(int(name), {"text": "not now"}, headers)
        if name == "slow":
            assert fault is not None
            self.server.ended.wait(fault.millis / 1000)
        if self.headers.get("Content-Encoding") == "gzip":
            try:
                body = zlib.decompress(body, _GZIP)
            except zlib.error:
                return Reply(400, {"text": "no gzip"})
        own = fault if name not in {"slow", "lost-answer"} else None
        reply = self.server.service(self.path, self._headers(), body, own)
        return None if name == "lost-answer" else reply

    def _body(self, fault: str | None) -> bytes | Reply | None:
        """Return what came; an answer where it cannot be read, and nothing where it is cut off."""
        if fault == "refuse":
            return None
        length = self.headers.get("Content-Length", "")
        size = int(length) if length.isdecimal() else None
        if size is None or size > _MOST:
            # What is not read would be taken for the next request.
            self.close_connection = True
            return Reply(411 if size is None else 413, {"text": "Content-Length"})
        body = self.rfile.read(size // 2 if fault == "half-close" else size)
        return None if fault in {"half-close", "close"} or len(body) < size else body

    def _headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def _answer(self, reply: Reply) -> None:
        body = b"" if reply.body is None else json_text(reply.body)
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        for name, value in (reply.headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _cut(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as it is called
        """Say nothing."""


@contextmanager
def serving(
    scheme: str, service: Service, faults: Faults, *, host: str, port: int
) -> Iterator[str]:
    """Serve requests while the context lasts, and give the address for `--to`.

    Args:
        scheme: What the address begins with, such as `hec+http`.
        service: Answers.
        faults: What goes wrong.
        host: Where to listen.
        port: 0 for any that is free.

    Raises:
        OutputError: The port cannot be listened at.
    """
    try:
        server = _Server((host, port), service, faults)
    except OSError as error:
        message = f"cannot listen at {host}:{port}: {error.strerror}"
        raise OutputError(message) from error
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        at = f"[{host}]" if ":" in host else host
        yield f"{scheme}://{at}:{server.server_address[1]}"
    finally:
        server.end()
        thread.join()
