"""What sinks on sockets share: connecting, TLS, and what a TCP connection knows of its bytes.

TCP says when the other machine's network stack has bytes, not when anybody reads them. A
batch is settled when it is acknowledged so; what was settled shortly before a connection
breaks may be lost all the same, and is sent again (`Limits.doubt`).
"""

from __future__ import annotations

import socket
import ssl
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from struct import unpack
from typing import TYPE_CHECKING, Final

from simulator.errors import InputError, OutputError, RequestError
from simulator.streaming.addresses import Option
from simulator.streaming.sinks.interface import Receipt, Trouble

try:
    import fcntl
    import termios
except ImportError:  # pragma: no cover  # no such call there, and nothing to put in its place
    fcntl = None  # type: ignore[assignment]
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from simulator.streaming.addresses import Address, Settings
    from simulator.streaming.sinks.interface import Batch

DOUBT: Final = 32 << 20
"""Bytes that a receiver's network stack may hold unread: what Linux gives a connection at most
by default since 6.16 (`net.ipv4.tcp_rmem`), and 6 MiB before. A receiver that reads fast and
then stalls comes near it: 31.7 MiB were seen on loopback."""

TIMEOUT: Final = 30
CLOSING: Final = 5
"""Seconds that a receiver has to read the rest when a connection ends."""

_SECURE: Final = "tls"

TLS_OPTIONS: Final = (
    Option(
        "ca",
        "file with the certificates that the receiver's is checked against; without it "
        "the system's",
    ),
    Option("insecure", "yes: the receiver's certificate is not checked"),
    Option("server-name", "what its certificate is for; without it the host"),
    Option("cert", "file with a certificate of our own, and its key if `key` names none"),
    Option("key", "file with its key"),
)
TCP_OPTIONS: Final = (
    Option("timeout", f"seconds that the receiver may read nothing: {TIMEOUT}"),
    Option("doubt", f"bytes that are sent again after a break, though settled: {DOUBT}"),
    *TLS_OPTIONS,
)


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a socket leads."""

    host: str
    port: int
    timeout: float
    """Seconds."""
    tls: ssl.SSLContext | None = None
    """Absent for no encryption."""
    server_name: str | None = None

    def connect(self) -> socket.socket:
        """Open a connection.

        Raises:
            Trouble: It is not there now.
            OutputError: Its certificate is not what it should be.
        """
        try:
            plain = socket.create_connection((self.host, self.port), self.timeout)
        except OSError as error:
            raise Trouble(words(error), may_have_arrived=False) from None
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls is None:
            return plain
        try:
            return self.tls.wrap_socket(plain, server_hostname=self.server_name or self.host)
        except ssl.SSLCertVerificationError as error:
            plain.close()
            message = (
                f"cannot send to {self.host}:{self.port}: its certificate is not trusted "
                f"({error.verify_message}): say --with ca=FILE, or insecure=yes"
            )
            raise OutputError(message) from None
        except OSError as error:
            plain.close()
            why = f"no TLS: {words(error)}"
            raise Trouble(why, may_have_arrived=False) from None


def peer_of(address: Address, port: int | None = None) -> Peer:
    """Return where an address leads.

    Args:
        port: What holds where it names none; absent where it must.

    Raises:
        RequestError: It is no such address, or a setting is for another.
        InputError: A certificate cannot be read.
    """
    host, at = address.host_and_port(port)
    settings = address.settings
    is_secure = address.scheme.endswith(_SECURE)
    if not is_secure:
        refuse_settings(address, TLS_OPTIONS, "is for TLS, and this is not encrypted")
    return Peer(
        host,
        at,
        settings.count("timeout", TIMEOUT),
        tls_of(settings) if is_secure else None,
        settings.text("server-name"),
    )


def refuse_settings(address: Address, options: Iterable[Option], why: str) -> None:
    """Refuse settings that would do nothing, which whoever gave them does not expect.

    Raises:
        RequestError: One of them was given.
    """
    for option in options:
        if option.name in address.settings.names:
            message = f"cannot send to {address.text}: --with {option.name} {why}"
            raise RequestError(message)


def tls_of(settings: Settings) -> ssl.SSLContext:
    """Return how a connection is encrypted.

    Raises:
        RequestError: There is a key without its certificate.
        InputError: A certificate cannot be read, or its key has a password.
    """
    if settings.text("key") is not None and settings.text("cert") is None:
        raise RequestError("--with key: whose key it is is missing: say --with cert=FILE")
    context = ssl.create_default_context()
    try:
        if (ca := settings.text("ca")) is not None:
            context = ssl.create_default_context(cafile=ca)
        if (cert := settings.text("cert")) is not None:
            # Without a word for it, a password would be asked for at the terminal.
            context.load_cert_chain(cert, settings.text("key"), password="")
    except (OSError, ssl.SSLError) as error:
        message = f"--with ca, cert or key: cannot read it: {words(error)}"
        raise InputError(message) from None
    if settings.flag("insecure"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@dataclass(eq=False, slots=True)
class Tcp:
    """A connection that records are written into. See `interface.Connection`."""

    socket: socket.socket
    frame: Callable[[Batch], bytes]
    """Returns a batch as it is written."""
    monotonic: Callable[[], float] = time.monotonic
    """Returns seconds that never go back."""
    _written: int = 0
    _tickets: deque[int] = field(default_factory=deque)

    def send(self, batch: Batch) -> Receipt:
        """See `Connection.send`."""
        self._look()
        data = self.frame(batch)
        rest = memoryview(data)
        try:
            # Each piece has its time: `sendall` gives all of them one, and would leave a
            # receiver that reads slowly, but reads.
            while rest:
                rest = rest[self.socket.send(rest) :]
        except OSError as error:
            raise Trouble(words(error), may_have_arrived=True) from None
        self._written += len(data)
        self._tickets.append(self._written)
        return Receipt(ticket=self._written, size=len(data))

    def settled(self) -> list[int]:
        """See `Connection.settled`."""
        self._look()
        acknowledged = self._written - unacknowledged(self.socket)
        done = []
        while self._tickets and self._tickets[0] <= acknowledged:
            done.append(self._tickets.popleft())
        return done

    def close(self) -> None:
        """See `Connection.close`: what was written is given time to be read."""
        if self.socket.fileno() < 0:
            return
        until = self.monotonic() + CLOSING
        try:
            self.socket.settimeout(CLOSING)
            if isinstance(self.socket, ssl.SSLSocket):
                with suppress(ssl.SSLError):  # without a word of leave, but not broken off
                    self.socket = self.socket.unwrap()
            self.socket.shutdown(socket.SHUT_WR)
            # A receiver that goes on talking is not listened to for ever.
            while self.socket.recv(1 << 16) and (left := until - self.monotonic()) > 0:
                self.socket.settimeout(left)
        except TimeoutError:
            pass  # the receiver keeps its side open: nothing is broken
        except OSError as error:
            raise Trouble(words(error), may_have_arrived=True) from None
        finally:
            self.socket.close()

    def _look(self) -> None:
        """Notice that the other side is gone: writing would go on without a word."""
        timeout = self.socket.gettimeout()
        try:
            self.socket.setblocking(False)
            while True:
                if not self.socket.recv(1 << 16):
                    raise Trouble("the receiver closed the connection", may_have_arrived=True)
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        except OSError as error:
            raise Trouble(words(error), may_have_arrived=True) from None
        finally:
            with suppress(OSError):
                self.socket.settimeout(timeout)


def unacknowledged(connection: socket.socket) -> int:
    """Return how many bytes the other machine has not acknowledged; 0 where nobody can tell.

    With TLS these are encrypted bytes, a few more than were written: a batch is settled a
    little late, and never early.
    """
    if fcntl is not None:
        with suppress(OSError):
            told = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4))
            return int(unpack("i", told)[0])
    return 0


def words(error: OSError) -> str:
    """Return what the system says went wrong."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return (error.strerror or str(error) or type(error).__name__).strip()
