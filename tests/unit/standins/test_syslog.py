"""A strict reader of syslog: what is no message of RFC 5424 is told from what is."""

from __future__ import annotations

import pytest

from simulator.standins import syslog
from simulator.standins.faults import Faults
from simulator.standins.keeping import Kept
from simulator.standins.syslog import Messages, message_of
from tests.unit.standins.test_lines import said

GOOD = b"<133>1 2025-01-13T08:00:00.000Z h a - CloudTrail - {}"


@pytest.mark.parametrize(
    "message",
    [
        GOOD,
        b"<0>1 - h a - - - {}",
        b'<191>1 2025-01-13T08:00:00Z h a 7 m [x@1 y="z\\]"][w] {}',
        b"<133>1 2025-01-13T08:00:00.123456Z h a - m - \xef\xbb\xbf{}",
    ],
)
def test_a_message_has_its_record(message):
    """Whatever stands before it."""
    assert message_of(message) == b"{}"


@pytest.mark.parametrize(
    "message",
    [
        b"{}",
        GOOD.replace(b"<133>", b"<192>"),
        GOOD.replace(b"<133>", b"<013>"),
        GOOD.replace(b"<133>", b"<>"),
        GOOD.replace(b">1 ", b">2 "),
        GOOD.replace(b">1 ", b"> "),
        GOOD.replace(b"Z", b""),
        GOOD.replace(b"-01-13", b"-13-01"),
        GOOD.replace(b"-01-13", b"-02-30"),
        GOOD.replace(b"T08", b"T24"),
        GOOD.replace(b"T08", b" 08"),
        GOOD.replace(b"CloudTrail", b"C" * 33),
        GOOD.replace(b"CloudTrail - ", b"CloudTrail [x y=z] "),
        GOOD.replace(b"CloudTrail - ", b"CloudTrail "),
    ],
)
def test_what_is_no_message_is_told(message):
    """Whole, with a word before it, so that no law of records holds."""
    assert message_of(message) == b"no syslog message: " + message


@pytest.mark.parametrize("size", [1, 7, 1 << 16])
@pytest.mark.parametrize("framing", ["octets", "lines"])
def test_messages_are_cut_however_they_come(framing, size):
    """Counted, or by their lines; what is not whole yet waits."""
    framed = b"%d %s" % (len(GOOD), GOOD) if framing == "octets" else GOOD + b"\n"
    data, reader, found = framed * 3 + framed[:-1], Messages(), []
    for first in range(0, len(data), size):
        found += reader(data[first : first + size])
    assert found == [b"{}"] * 3


def test_a_count_that_is_wrong_is_told():
    """What follows is no message then."""
    found = Messages()(b"%d %s" % (len(GOOD) - 1, GOOD) * 2 + b"\n")
    assert found[0] == b"{"
    assert found[1].startswith(b"no syslog message: ")


def test_a_count_that_is_none_is_told():
    """It is not waited for for ever."""
    assert Messages()(b"12x" + GOOD + b"\n") == [b"no syslog message: 12x" + GOOD]


def test_it_stands_in_over_tcp():
    """Its address says what it is."""
    kept = Kept()
    with syslog.standing(kept, Faults()) as address:
        assert address.startswith("syslog+tcp://127.0.0.1:")
        assert said(address, b"%d %s" % (len(GOOD), GOOD), GOOD + b"\n")
    assert kept.lines == [b"{}", b"{}"]
