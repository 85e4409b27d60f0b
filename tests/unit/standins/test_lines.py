"""A stand-in for what reads lines: it keeps what is whole, and goes wrong as it is told."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager

import pytest

from simulator.errors import OutputError, RequestError
from simulator.standins import lines, syslog
from simulator.standins.faults import Faults
from simulator.standins.keeping import Kept


@contextmanager
def connected(address):
    """Give a connection to an address."""
    host, port = address.partition("://")[2].split(":")
    with socket.create_connection((host, int(port)), 10) as made:
        yield made


def said(address, *pieces):
    """Send pieces, and return whether the other side took leave properly."""
    try:
        with connected(address) as made:
            for piece in pieces:
                made.sendall(piece)
            made.shutdown(socket.SHUT_WR)
            return made.recv(1) == b""
    except OSError:
        return False


@pytest.mark.parametrize(
    "pieces",
    [(b"1\n2\n3\n",), (b"1", b"\n2", b"\n3\n"), (b"1\n2\n3\nhal", b"f")],
    ids=["whole", "in pieces", "half a line at the end"],
)
def test_lines_are_kept_when_they_are_whole(pieces):
    """However they come; what has no end is no line."""
    kept = Kept()
    with lines.standing(kept, Faults()) as address:
        assert address.startswith("tcp://127.0.0.1:")
        assert said(address, *pieces)
    assert kept.lines == [b"1", b"2", b"3"]
    assert kept.count == 3


@pytest.mark.parametrize("fault", ["refuse", "close", "half-close"])
def test_a_fault_breaks_the_connection(fault):
    """So that whoever sends hears of it; half a piece is kept where that is the fault."""
    kept = Kept()
    with lines.standing(kept, Faults([f"{fault}=100%"])) as address:
        assert not said(address, b"1\n2\n3\n")
    assert kept.lines == ([b"1"] if fault == "half-close" else [])


def test_a_slow_one_keeps_everything():
    """It takes its time."""
    kept = Kept()
    with lines.standing(kept, Faults(["slow=100%:5ms"])) as address:
        assert said(address, b"1\n2\n")
    assert kept.lines == [b"1", b"2"]


def test_a_slow_one_is_not_waited_for_when_it_ends():
    """It keeps at once what has come by then."""
    kept, drawn = Kept(), threading.Event()

    class Noted(Faults):
        """Tells that the connection is being read."""

        def next(self):
            """See `Faults.next`."""
            drawn.set()
            return super().next()

    with (
        lines.standing(kept, Noted(["slow=100%:1h"])) as address,
        connected(address) as made,
    ):
        made.sendall(b"1\n")
        assert drawn.wait(20)
    assert kept.lines == [b"1"]


def test_connections_are_kept_apart():
    """A line that begins on one does not end on another."""
    kept = Kept()
    with (
        lines.standing(kept, Faults()) as address,
        connected(address) as first,
        connected(address) as second,
    ):
        first.sendall(b"1")
        second.sendall(b"2")
        for made in (first, second):
            made.sendall(b"\n")
            made.shutdown(socket.SHUT_WR)
            assert made.recv(1) == b""
    assert sorted(kept.lines) == [b"1", b"2"]


@pytest.mark.parametrize("standin", [lines, syslog])
def test_it_leaves_nothing_behind(standin):
    """No threads and no listener, also while somebody is connected."""
    before = set(threading.enumerate())
    with standin.standing(Kept(), Faults()) as address, connected(address) as made:
        made.sendall(b"1")
        port = int(address.rpartition(":")[2])
    assert set(threading.enumerate()) <= before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 5)


def test_a_port_that_is_taken_is_told():
    """With its number."""
    with (
        lines.standing(Kept(), Faults()) as address,
        pytest.raises(OutputError, match=r"cannot listen at 127\.0\.0\.1:"),
        lines.standing(Kept(), Faults(), port=int(address.rpartition(":")[2])),
    ):
        pytest.fail("it is taken")


def test_faults_it_cannot_do_are_refused():
    """It has no answers that could be 503."""
    with pytest.raises(RequestError, match="expected NAME=SHARE%"):
        Faults(["503=10%"], known=lines.FAULTS)
