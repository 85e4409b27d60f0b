"""A server on loopback that goes wrong as it is told, and else passes on what it is asked.

It stands alone, answering everything itself, or before another server.
"""

from __future__ import annotations

import http.client
import socket
import struct
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


@dataclass(frozen=True)
class Answer:
    """A fault: an answer of the server's own."""

    status: int
    """The status."""

    code: str = ""
    """The code in a body as S3 writes it; without one there is no body."""

    message: str = "said the service"
    """The message in that body."""

    within: str = "{}"
    """What stands around the body: SNS's has more than S3's."""

    def do(self, handler: _Handler, body: bytes) -> None:  # noqa: ARG002  # it is not read
        """Answer."""
        text = f"<Error><Code>{self.code}</Code><Message>{self.message}</Message></Error>"
        text = self.within.format(text)
        handler.answer(self.status, {}, text.encode() if self.code else b"")


@dataclass(frozen=True)
class Page:
    """A fault that is none: an answer that was thought of beforehand."""

    text: str
    """What it says."""

    status: int = 200
    """The status."""

    def do(self, handler: _Handler, body: bytes) -> None:  # noqa: ARG002  # it is not read
        """Answer."""
        handler.answer(self.status, {}, self.text.encode())


@dataclass(frozen=True)
class Reset:
    """A fault: the connection breaks."""

    is_done: bool = False
    """Whether what was asked is done first, so that only the answer is lost."""

    def do(self, handler: _Handler, body: bytes) -> None:
        """Break it, so that the other side gets a reset."""
        if self.is_done:
            handler.passed_on(body)
        handler.close_connection = True
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()


@dataclass(frozen=True)
class Silence:
    """A fault: no answer, for as long as the server runs."""

    def do(self, handler: _Handler, body: bytes) -> None:  # noqa: ARG002  # it is not read
        """Wait for the end."""
        handler.faulty.over.wait()
        handler.close_connection = True


Fault = Answer | Page | Reset | Silence


class Faulty(ThreadingHTTPServer):
    """A server with faults to come, taken in order by the requests."""

    daemon_threads = True

    def __init__(self, upstream: str | None) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream
        self.faults: list[Fault] = []
        self.always: Fault | None = None
        self.matches: Callable[[str, str], bool] = lambda _method, _path: True
        self.asked: list[tuple[str, str]] = []
        self.over = Event()
        self.lock = Lock()

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.server_port}"

    def next_fault(self, method: str, path: str) -> Fault | None:
        """Note a request, and return what is to go wrong with it."""
        with self.lock:
            self.asked.append((method, path))
            if not self.matches(method, path):
                return None
            return self.faults.pop(0) if self.faults else self.always


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Faulty

    @property
    def faulty(self) -> Faulty:
        return self.server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its own name
        """Say nothing."""

    def do(self) -> None:
        fault = self.server.next_fault(self.command, self.path)
        size = int(self.headers.get("Content-Length") or 0)
        if isinstance(fault, Reset) and not fault.is_done:
            # In the middle of what is sent.
            fault.do(self, self.rfile.read(size // 2))
            return
        body = self.rfile.read(size)
        if fault is not None:
            fault.do(self, body)
            return
        self.answer(*self.passed_on(body))

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do  # noqa: N815  # http.server's names

    def passed_on(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Ask the server behind this one, and return its answer."""
        assert self.server.upstream is not None, f"nobody to ask: {self.command} {self.path}"
        behind = http.client.HTTPConnection(urlsplit(self.server.upstream).netloc, timeout=10)
        try:
            headers = {
                name: value for name, value in self.headers.items() if name.lower() != "connection"
            }
            behind.request(self.command, self.path, body, headers)
            answer = behind.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP}
            if self.command == "HEAD" and answer.headers["Content-Length"]:
                kept["Content-Length"] = answer.headers["Content-Length"]
            return answer.status, kept, answer.read()
        finally:
            behind.close()

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def faulty(upstream: str | None = None) -> Iterator[Faulty]:
    """Run a server that goes wrong as it is told."""
    server = Faulty(upstream)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()


def nobody() -> str:
    """Return an address at which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"
