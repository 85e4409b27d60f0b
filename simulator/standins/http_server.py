"""A server on loopback for requests with records in them, which goes wrong as it is told."""

from __future__ import annotations

import http.server
import socket
import zlib
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, Protocol

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
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, where: tuple[str, int], service: Service, faults: Faults) -> None:
        self.service = service
        self.faults = faults
        self.ended = Event()
        super().__init__(where, _Handler)

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
        fault = self.server.faults.next()
        name = None if fault is None else fault.name
        if name == "refuse":
            self._cut()
            return
        size = int(self.headers.get("Content-Length", "0"))
        if name == "half-close":
            self.rfile.read(size // 2)
            self._cut()
            return
        body = self.rfile.read(min(size, _MOST))
        if name == "close":
            self._cut()
            return
        if name in {"429", "503", "500"}:
            headers = {"Retry-After": "1"} if name == "429" else None
            self._answer(Reply(int(name), {"text": "not now"}, headers))
            return
        if name == "slow":
            assert fault is not None
            self.server.ended.wait(fault.millis / 1000)
        if self.headers.get("Content-Encoding") == "gzip":
            body = zlib.decompress(body, _GZIP)
        own = fault if name not in {"slow", "lost-answer"} else None
        reply = self.server.service(self.path, self._headers(), body, own)
        if name == "lost-answer":
            self._cut()
            return
        self._answer(reply)

    def _headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def _answer(self, reply: Reply) -> None:
        body = b"" if reply.body is None else json_text(reply.body)
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
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
        yield f"{scheme}://{host}:{server.server_address[1]}"
    finally:
        server.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()
