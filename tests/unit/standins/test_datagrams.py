"""A stand-in for what reads datagrams."""

from __future__ import annotations

import socket
import threading
from contextlib import closing

import pytest

from simulator.errors import OutputError
from simulator.standins import datagrams
from simulator.standins.faults import Faults
from simulator.standins.keeping import Kept
from tests.unit.standins.test_syslog import GOOD


def say(address, *records):
    """Send datagrams."""
    host, port = address.removeprefix("udp://").split(":")
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as made:
        for record in records:
            made.sendto(record, (host, int(port)))


def test_each_datagram_is_a_record():
    """Of syslog messages the record is kept; what came before the end is read to the last."""
    kept = Kept()
    with datagrams.standing(kept, Faults()) as address:
        say(address, b"{}", GOOD, b"x" * 65_000)
    assert kept.lines == [b"{}", b"{}", b"x" * 65_000]


@pytest.mark.parametrize(("fault", "count"), [("close=100%", 0), ("slow=100%:1ms", 20)])
def test_a_fault_loses_it_or_takes_time(fault, count):
    """Nobody hears of either."""
    kept = Kept()
    with datagrams.standing(kept, Faults([fault])) as address:
        say(address, *[b"{}"] * 20)
    assert kept.count == count


def test_it_leaves_nothing_behind():
    """No thread, and the port is free."""
    before = set(threading.enumerate())
    with datagrams.standing(Kept(), Faults()) as address:
        port = int(address.rpartition(":")[2])
        with (
            pytest.raises(OutputError, match=r"cannot listen at 127\.0\.0\.1:"),
            datagrams.standing(Kept(), Faults(), port=port),
        ):
            pytest.fail("it is taken")
    assert set(threading.enumerate()) <= before
    with datagrams.standing(Kept(), Faults(), port=port):
        pass
