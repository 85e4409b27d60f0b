"""Syslog messages, octet by octet as RFC 5424 and RFC 6587 have them."""

from __future__ import annotations

import pytest

from simulator.errors import RequestError
from tests.services.streams import sink_at
from tests.unit.streaming.sinks.test_lines import a_batch

AT = b"2025-01-13T08:00:00.000Z"


def header(*settings):
    """Return what stands before each record."""
    return sink_at("syslog+tcp://127.0.0.1", *settings).header


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ((), b"<133>1 %s cloudtrail trailwright - CloudTrail - {}"),
        (("facility=user", "severity=emerg"), b"<8>1 %s cloudtrail trailwright - CloudTrail - {}"),
        (("facility=local7", "severity=debug"),
         b"<191>1 %s cloudtrail trailwright - CloudTrail - {}"),
        (("hostname=h.example", "app-name=aws"), b"<133>1 %s h.example aws - CloudTrail - {}"),
        (('sd=[a@1 b="c\\]"][d]',),
         b'<133>1 %s cloudtrail trailwright - CloudTrail [a@1 b="c\\]"][d] {}'),
        (("bom=yes",), b"<133>1 %s cloudtrail trailwright - CloudTrail - \xef\xbb\xbf{}"),
    ],
    ids=["usual", "lowest", "highest", "names", "structured data", "byte order mark"],
)  # fmt: skip
def test_a_message_has_its_header(settings, message):
    """PRI is facility times 8 plus severity (RFC 5424, 6.2.1); times have milliseconds."""
    assert header(*settings).messages(a_batch(b"{}")) == [message % AT]


def test_octets_are_counted():
    """As octets, not characters: MSG-LEN SP SYSLOG-MSG (RFC 6587, 3.4.1)."""
    made = header("hostname=h", "app-name=a", "bom=yes")
    message = b"<133>1 %s h a - CloudTrail - \xef\xbb\xbf" % AT + '"é"'.encode()
    assert made.counted(a_batch('"é"'.encode())) == b"%d %s" % (len(message), message)
    assert len(message) == 58


def test_lines_end_with_a_line_feed():
    """As most receivers have it (RFC 6587, 3.4.2)."""
    assert header("hostname=h").lines(a_batch(b"1", b"2")).count(b"\n") == 2


@pytest.mark.parametrize("scheme", ["syslog+tcp", "syslog+tls", "syslog+udp"])
def test_each_has_its_usual_port(scheme):
    """RFC 6587, RFC 5425 and RFC 5426 name them."""
    sink = sink_at(f"{scheme}://127.0.0.1")
    port = sink.port if scheme == "syslog+udp" else sink.peer.port
    assert port == {"syslog+tcp": 601, "syslog+tls": 6514, "syslog+udp": 514}[scheme]


def test_a_datagram_has_room_for_header_and_record():
    """The largest record and its header are one datagram exactly."""
    sink = sink_at("syslog+udp://127.0.0.1", "max-size=500", "bom=yes")
    (message,) = sink.frame(a_batch(b"x" * sink.limits.record))
    assert len(message) == 500


@pytest.mark.parametrize(
    "data",
    ["none", "[a b]", "[a b=c]", '[a b="c]"]', '[a b="c"', '[a b="c"] ', '[a=b c="d"]', "[]",
     '[a b="\n"]', f"[{'a' * 33}]"],
)  # fmt: skip
def test_what_is_no_structured_data_is_refused(data):
    """A strict receiver would drop every message."""
    with pytest.raises(RequestError, match="--with sd: expected"):
        header(f"sd={data}")


@pytest.mark.parametrize(
    ("scheme", "setting", "message"),
    [
        ("syslog+udp", "framing=lines", "framing is for TCP, and this is UDP"),
        ("syslog+udp", "doubt=1", "doubt is for TCP"),
        ("syslog+udp", "ca=x", "ca is for TCP"),
        ("syslog+tcp", "max-size=1000", "max-size is for UDP, and this is TCP"),
        ("syslog+tls", "max-size=1000", "max-size is for UDP, and this is TCP"),
        ("syslog+tcp", f"app-name={'a' * 49}", "at most 48 printable"),
        ("syslog+tcp", f"hostname={'a' * 256}", "at most 255 printable"),
        ("syslog+tcp", "hostname=é", "printable ASCII"),
    ],
)
def test_settings_that_would_do_nothing_or_harm_are_refused(scheme, setting, message):
    """Before anything is sent."""
    with pytest.raises(RequestError, match=message):
        sink_at(f"{scheme}://127.0.0.1", setting)
