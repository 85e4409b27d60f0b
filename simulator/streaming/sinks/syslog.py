"""Syslog messages, one a record: RFC 5424, over TCP and TLS (RFC 6587, RFC 5425) or UDP (RFC 5426).

Octet counting says how long each message is; receivers that do not know it want
`framing=lines`. Records have no line ends, so that neither can be mistaken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.errors import RequestError
from simulator.primitives.instants import format_instant
from simulator.streaming.addresses import Option
from simulator.streaming.sinks.datagrams import LARGEST, DatagramsSink
from simulator.streaming.sinks.interface import Limits, Promise
from simulator.streaming.sinks.sockets import DOUBT, TCP_OPTIONS, Tcp, peer_of, refuse_settings

if TYPE_CHECKING:
    from simulator.streaming.addresses import Address, Settings
    from simulator.streaming.sinks.interface import Batch, Sink
    from simulator.streaming.sinks.sockets import Peer

FACILITIES: Final = {
    "user": 1,
    "daemon": 3,
    "auth": 4,
    "syslog": 5,
    "authpriv": 10,
    **{f"local{nth}": 16 + nth for nth in range(8)},
}
SEVERITIES: Final = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")
"""By their number. (RFC 5424, table 2.)"""

PORTS: Final = {"syslog+tcp": 601, "syslog+tls": 6514, "syslog+udp": 514}

_STREAM_OPTIONS: Final = (
    Option("framing", "octets (how long each message is stands before it) or lines: octets"),
    *TCP_OPTIONS,
)
_DATAGRAM_OPTIONS: Final = (
    Option("max-size", f"bytes of a message over UDP; what is larger is refused: {LARGEST}"),
)
OPTIONS: Final = (
    Option("facility", f"local0, or one of {', '.join(FACILITIES)}"),
    Option("severity", f"notice, or one of {', '.join(SEVERITIES)}"),
    Option("hostname", "what HOSTNAME says: cloudtrail"),
    Option("app-name", "what APP-NAME says: trailwright"),
    Option("sd", 'structured data, such as [meta@32473 test="yes"]; without it there is none'),
    Option(
        "bom",
        "yes: a byte order mark before the record, as RFC 5424 has it for UTF-8; many "
        "receivers take it for a part of the record: no",
    ),
    *_STREAM_OPTIONS,
    *_DATAGRAM_OPTIONS,
)
PROMISE: Final = "As for lines over TCP, and datagrams over UDP: syslog has no answers of its own."

_PRINTABLE: Final = re.compile(r"[!-~]{1,255}")
_NAME: Final = r"[!#-<>-\\^-~]{1,32}"
"""SD-NAME of RFC 5424, 6: printable ASCII but =, ], and the quotation mark."""
_VALUE: Final = r'"(?:[^"\\\]\x00-\x1f]|\\["\\\]])*"'
_DATA: Final = re.compile(rf"(?:\[{_NAME}(?: {_NAME}={_VALUE})*\])+")


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before each record."""

    before: bytes
    """Up to the time."""
    after: bytes
    """From the time on."""

    @classmethod
    def of(cls, settings: Settings) -> Header:
        """Read settings.

        Raises:
            RequestError: One is not what it should be.
        """
        facility = FACILITIES[settings.word("facility", FACILITIES, "local0")]
        severity = SEVERITIES.index(settings.word("severity", SEVERITIES, "notice"))
        names = []
        for name, otherwise in (("hostname", "cloudtrail"), ("app-name", "trailwright")):
            text = settings.text(name, otherwise) or ""
            most = 255 if name == "hostname" else 48
            if not _PRINTABLE.fullmatch(text) or len(text) > most:
                message = f"--with {name}: expected at most {most} printable ASCII characters"
                raise RequestError(message)
            names.append(text)
        data = settings.text("sd", "-") or "-"
        if data != "-" and not _DATA.fullmatch(data):
            raise RequestError('--with sd: expected [NAME@NUMBER key="value"], or nothing')
        mark = "\ufeff" if settings.flag("bom") else ""
        rest = f" {names[0]} {names[1]} - CloudTrail {data} {mark}"
        return cls(f"<{facility * 8 + severity}>1 ".encode(), rest.encode())

    def messages(self, batch: Batch) -> list[bytes]:
        """Return a message for each record, without framing."""
        return [
            b"%s%s%s%s" % (self.before, _time(at), self.after, record)
            for at, record in zip(batch.times, batch.records, strict=True)
        ]

    def counted(self, batch: Batch) -> bytes:
        """Return messages with how long each is before it, as RFC 6587, 3.4.1, has it."""
        return b"".join([b"%d %s" % (len(one), one) for one in self.messages(batch)])

    def lines(self, batch: Batch) -> bytes:
        """Return messages with line ends, as RFC 6587, 3.4.2, has it."""
        return b"".join([one + b"\n" for one in self.messages(batch)])


def _time(at: int) -> bytes:
    """Return an instant as RFC 5424 writes it, with milliseconds."""
    return f"{format_instant(at)[:-1]}.{at % 1000:03d}Z".encode()


@dataclass(frozen=True, slots=True)
class SyslogSink:
    """Over TCP. See `interface.Sink`."""

    name: str
    limits: Limits
    peer: Peer
    header: Header
    is_counted: bool
    promise: Promise = Promise.written
    connections: int = 1

    def connect(self) -> Tcp:
        """See `Sink.connect`."""
        frame = self.header.counted if self.is_counted else self.header.lines
        return Tcp(self.peer.connect(), frame)

    def close(self) -> None:
        """See `Sink.close`."""


def sink(address: Address) -> Sink:
    """Return the sink at an address.

    Raises:
        RequestError: The address or a setting is not what it should be.
        InputError: A certificate cannot be read.
    """
    settings, port = address.settings, PORTS[address.scheme]
    header = Header.of(settings)
    if address.scheme == "syslog+udp":
        refuse_settings(address, _STREAM_OPTIONS, "is for TCP, and this is UDP")
        host, at = address.host_and_port(port)
        most = min(settings.count("max-size", LARGEST), LARGEST) - len(header.before + header.after)
        limits = Limits(100, 1 << 20, most - 24)  # the time's own bytes
        return DatagramsSink(address.text, limits, host, at, header.messages)
    refuse_settings(address, _DATAGRAM_OPTIONS, "is for UDP, and this is TCP")
    is_counted = settings.word("framing", ("octets", "lines"), "octets") == "octets"
    doubt = settings.count("doubt", DOUBT, least=0)
    limits = Limits(1000, 1 << 20, doubt=doubt)
    return SyslogSink(address.text, limits, peer_of(address, port), header, is_counted)
