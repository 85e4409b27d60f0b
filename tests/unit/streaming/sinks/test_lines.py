"""What a TCP connection knows of its bytes, and how it ends."""

from __future__ import annotations

import socket
import struct
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from simulator.delivery.trail import Stream
from simulator.errors import InputError, RequestError
from simulator.standins import lines
from simulator.standins.faults import Faults
from simulator.standins.keeping import Kept
from simulator.streaming.sinks.interface import Batch, Trouble
from simulator.streaming.sinks.lines import framed
from simulator.streaming.sinks.sockets import CLOSING, DOUBT, Tcp
from tests.services.streams import nothing_is_lost_or_repeated_without_a_word, sent, sink_at

BIG = b"x" * (256 << 10)


def a_batch(*records, nth=0):
    """Return a batch of records."""
    count = len(records)
    return Batch(nth, records, [1_736_755_200_000] * count, [Stream("1" * 12, "us-east-1")] * count)


@contextmanager
def receiver(serve, *, buffer=None):
    """Let a function have the first connection, in a thread, and give the address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        if buffer is not None:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)

        def take() -> None:
            connection, _ = server.accept()
            connection.settimeout(20)
            with connection:
                serve(connection)

        thread = Thread(target=take, daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        thread.join(20)
        assert not thread.is_alive()


def send_many(connection, record, times):
    """Send a record over and over."""
    for nth in range(times):
        connection.send(a_batch(record, nth=nth))


def read_all(connection):
    """Read to the end, and return how much it was."""
    size = 0
    while data := connection.recv(1 << 16):
        size += len(data)
    return size


def test_only_what_was_acknowledged_is_settled():
    """While a receiver reads nothing its network stack is full, and the rest waits in ours."""
    go = Event()

    def serve(connection):
        go.wait(20)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        read_all(connection)

    with receiver(serve, buffer=8192) as address:
        connection = sink_at(address).connect()
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        receipts = [connection.send(a_batch(b"x" * 32_000, nth=nth)) for nth in range(3)]
        tickets = [receipt.ticket for receipt in receipts]
        settled = [*connection.settled()]
        assert tickets[-1] not in settled
        go.set()
        while len(settled) < 3:
            settled += connection.settled()
        assert settled == tickets == [32_001, 64_002, 96_003]
        connection.close()


def test_a_slow_receiver_holds_the_sender_back_and_loses_nothing():
    """Once both buffers are full, a batch waits until there is room."""
    kept, go = Kept(), Event()
    records = [b"%03d" % nth + BIG for nth in range(40)]

    def serve(connection):
        go.wait(20)
        reader = lines.Lines()
        while data := connection.recv(1 << 16):
            kept.keep(reader(data))

    with receiver(serve) as address:
        connection = sink_at(address).connect()

        def send():
            for nth, record in enumerate(records):
                connection.send(a_batch(record, nth=nth))

        sender = Thread(target=send, daemon=True)
        sender.start()
        sender.join(0.2)
        assert sender.is_alive()
        go.set()
        sender.join(20)
        connection.close()
    assert kept.lines == records


def test_a_receiver_that_reads_slowly_is_not_left():
    """A batch may take longer than the timeout, as long as some of it is taken."""
    waits = []

    class Slow:
        """A socket that takes a little at a time."""

        def __init__(self, real):
            self.real = real

        def __getattr__(self, name):
            return getattr(self.real, name)

        def send(self, data):
            """Take at most so much."""
            waits.append(len(data))
            return self.real.send(data[:1000])

        def sendall(self, _):
            """Give all of it one timeout: this is what must not be asked for."""
            raise TimeoutError

    with receiver(read_all) as address:
        connection = sink_at(address).connect()
        connection.socket = Slow(connection.socket)
        connection.send(a_batch(b"x" * 9_999))
        connection.close()
    assert waits == [10_000 - 1000 * nth for nth in range(10)]


def test_a_receiver_that_reads_nothing_is_left():
    """After the timeout; what was sent may have arrived."""
    go = Event()
    with receiver(lambda _: go.wait(20)) as address:
        connection = sink_at(address, "timeout=1").connect()
        connection.socket.settimeout(0.05)
        with pytest.raises(Trouble, match="no answer in time") as raised:
            send_many(connection, BIG, 10_000)
        assert raised.value.may_have_arrived
        go.set()
        connection.socket.close()


def test_a_receiver_that_is_gone_is_noticed_before_more_is_written():
    """Writing into a connection that the other side closed goes well once, and is lost."""
    gone = Event()

    def serve(connection):
        connection.recv(1 << 16)
        connection.close()
        gone.set()

    with receiver(serve) as address:
        connection = sink_at(address).connect()
        connection.send(a_batch(b"{}"))
        assert gone.wait(20)
        with pytest.raises(Trouble, match=r"closed the connection|reset") as raised:
            connection.send(a_batch(b"{}"))
        assert raised.value.may_have_arrived
        with pytest.raises(Trouble):
            connection.settled()
        connection.socket.close()


def test_what_a_receiver_says_is_read_and_dropped():
    """Unread, it would turn the end of the connection into a reset, and lose what was sent."""
    kept, said = Kept(), Event()

    def serve(connection):
        connection.sendall(b"hello\n" * 1000)
        said.set()
        reader = lines.Lines()
        while data := connection.recv(1 << 16):
            kept.keep(reader(data))
            connection.sendall(b"thank you\n" * 1000)

    with receiver(serve) as address:
        connection = sink_at(address).connect()
        assert said.wait(20)
        for nth in range(20):
            connection.send(a_batch(b"%d" % nth * 1000, nth=nth))
        connection.close()
    assert len(kept.lines) == 20


def test_a_receiver_that_goes_on_talking_does_not_hold_the_end_up():
    """It has its seconds, and not so many after each word."""
    over = Event()

    def serve(connection):
        try:
            while not over.is_set():
                connection.sendall(b"more")
        except OSError:
            over.set()

    ticks = iter(range(10_000))
    with receiver(serve) as address:
        plain = sink_at(address).peer.connect()
        connection = Tcp(plain, framed, monotonic=lambda: float(next(ticks)))
        connection.close()
        assert over.wait(20)
    assert next(ticks) == CLOSING + 1


def test_a_receiver_that_breaks_off_at_the_end_is_told():
    """What it had not read is lost: it is sent again."""

    def serve(connection):
        read_all(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with receiver(serve) as address:
        connection = sink_at(address).connect()
        send_many(connection, b"{}", 10)
        with pytest.raises(Trouble, match="reset") as raised:
            connection.close()
        assert raised.value.may_have_arrived
        connection.close()


def test_doubt_is_as_much_as_a_receiver_may_hold_unread():
    """Linux 6.16 lets a connection have 32 MiB."""
    assert sink_at("tcp://127.0.0.1:1").limits.doubt == DOUBT == 32 << 20
    assert sink_at("tcp://127.0.0.1:1", "doubt=0").limits.doubt == 0


@pytest.mark.parametrize("name", ["ca", "cert", "key", "insecure", "server-name"])
def test_settings_of_tls_without_tls_are_refused(name):
    """Whoever gives them thinks that the connection is encrypted."""
    message = f"--with {name} is for TLS, and this is not encrypted"
    with pytest.raises(RequestError, match=message):
        sink_at("tcp://127.0.0.1:1", f"{name}=yes")
    with pytest.raises(RequestError, match=message):
        sink_at("syslog+tcp://127.0.0.1:1", f"{name}=yes")


def test_a_key_without_its_certificate_is_refused(tmp_path):
    """It would not be used."""
    with pytest.raises(RequestError, match="say --with cert=FILE"):
        sink_at("tls://127.0.0.1:1", f"key={tmp_path}/key.pem")


def test_a_key_with_a_password_is_refused(tmp_path):
    """Nobody is asked for it at the terminal."""
    serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415  # an extra

    path = tmp_path / "key.pem"
    path.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"word"),
        )
    )
    with pytest.raises(InputError, match="--with ca, cert or key"):
        sink_at("tls://127.0.0.1:1", f"cert={path}")


def test_a_receiver_that_refuses_at_first_has_everything_in_the_end():
    """Connections that are reset before anything is read lose nothing."""
    kept = Kept()
    with lines.standing(kept, Faults(["refuse=50%"])) as address:
        came = sent(sink_at(address), 100)
    nothing_is_lost_or_repeated_without_a_word(came, kept.lines)
    assert came.report.settled == 100
