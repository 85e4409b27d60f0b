"""What sending a datagram says, and what it cannot know."""

from __future__ import annotations

import errno
import socket
from contextlib import closing

import pytest

from simulator.errors import RequestError
from simulator.streaming.sinks.datagrams import LARGEST, Datagrams, framed
from simulator.streaming.sinks.interface import Trouble
from tests.services.streams import sent, sink_at
from tests.unit.streaming.sinks.test_lines import a_batch


@pytest.fixture
def listening():
    """Give a socket that datagrams come to."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(10)
        yield made


class Failing:
    """A socket that raises what a test says, and takes everything after that."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.taken = []

    def send(self, data):
        """Raise the next error, or take it."""
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error
        self.taken.append(data)


def test_a_record_is_a_datagram_as_it_is(listening):
    """Without a line end, up to the largest there are."""
    connection = sink_at(f"udp://127.0.0.1:{listening.getsockname()[1]}").connect()
    receipt = connection.send(a_batch(b'{"a":1}', b"x" * LARGEST))
    assert [listening.recv(1 << 16) for _ in range(2)] == [b'{"a":1}', b"x" * LARGEST]
    assert receipt.size == 7 + LARGEST
    assert receipt.ticket is None
    assert not connection.settled()
    connection.close()


def test_what_is_larger_than_a_datagram_is_refused(listening):
    """By its limit before it is sent, and by the system where that knows better."""
    sink = sink_at(f"udp://127.0.0.1:{listening.getsockname()[1]}")
    assert sink.limits.record == LARGEST
    connection = sink.connect()
    receipt = connection.send(a_batch(b"1", b"x" * (LARGEST + 1), b"3"))
    assert receipt.refused == {1: "larger than a datagram"}
    assert [listening.recv(1 << 16) for _ in range(2)] == [b"1", b"3"]
    connection.close()


def test_that_nobody_listens_is_no_trouble():
    """UDP promises that a record was sent, and each is, once."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    came = sent(sink_at(f"udp://127.0.0.1:{port}"), 50)
    assert came.report.settled == 50
    assert not came.uncertain
    assert came.report.ended_by is None


def test_word_of_an_earlier_datagram_does_not_cost_this_one():
    """The system tells it in place of sending."""
    made = Failing(None, ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"))
    connection = Datagrams(made, framed)
    receipt = connection.send(a_batch(b"1", b"2", b"3"))
    assert made.taken == [b"1", b"2", b"3"]
    assert not receipt.refused


@pytest.mark.parametrize(("before", "may_have_arrived"), [(0, False), (2, True)])
def test_a_network_that_is_down_is_trouble(before, may_have_arrived):
    """And what was sent before it may have arrived."""
    made = Failing(*[None] * before, OSError(errno.ENETUNREACH, "Network is unreachable"))
    with pytest.raises(Trouble, match="Network is unreachable") as raised:
        Datagrams(made, framed).send(a_batch(b"1", b"2", b"3"))
    assert raised.value.may_have_arrived is may_have_arrived


def test_that_a_datagram_is_too_large_is_known_in_any_language():
    """By its number: the system's words are those of its user."""
    made = Failing(OSError(errno.EMSGSIZE, "Nachricht ist zu lang"))
    receipt = Datagrams(made, framed).send(a_batch(b"1", b"2"))
    assert receipt.refused == {0: "larger than a datagram"}
    assert made.taken == [b"2"]


@pytest.mark.parametrize(
    ("settings", "most"),
    [((), LARGEST), (("max-size=1400",), 1400), (("max-size=70000",), LARGEST)],
)
def test_the_largest_record_can_be_chosen(settings, most):
    """Never more than a datagram has room for."""
    assert sink_at("udp://127.0.0.1:1", *settings).limits.record == most


def test_an_address_without_a_port_is_refused():
    """There is no usual one."""
    with pytest.raises(RequestError, match="expected udp://HOST:PORT"):
        sink_at("udp://127.0.0.1")
