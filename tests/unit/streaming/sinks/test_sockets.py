"""Lines, syslog messages and datagrams, against receivers that go wrong."""

from __future__ import annotations

import socket
import struct
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest

from simulator.delivery.trail import Stream
from simulator.errors import InputError, OutputError, RequestError
from simulator.standins import datagrams, lines, syslog
from simulator.standins.faults import Faults
from simulator.standins.keeping import Kept
from simulator.streaming.sending import Patience
from simulator.streaming.sinks.interface import Batch, Trouble
from simulator.streaming.sinks.sockets import Tcp
from tests.services.streams import (
    SECOND,
    ids,
    nothing_is_lost_or_repeated_without_a_word,
    sent,
    sink_at,
)

STANDINS = {"lines": lines, "syslog": syslog}


@pytest.mark.parametrize("name", STANDINS)
@pytest.mark.parametrize(
    "faults",
    [(), ("refuse=20%",), ("half-close=20%",), ("close=20%",), ("slow=20%:5ms",),
     ("close=10%", "half-close=10%", "refuse=10%", "slow=10%:2ms")],
    ids=lambda faults: "+".join(faults) or "none",
)  # fmt: skip
def test_nothing_is_lost_or_repeated_without_a_word(name, faults):
    """Whatever goes wrong with a connection."""
    kept = Kept()
    with STANDINS[name].standing(kept, Faults(faults)) as address:
        came = sent(sink_at(address), 400)
    nothing_is_lost_or_repeated_without_a_word(came, kept.lines)
    assert came.report.settled == 400
    if not faults:
        assert ids(kept.lines) == came.expected
        assert not came.uncertain


@contextmanager
def dropping_what_was_settled(kept: Kept, monkeypatch):
    """Serve a first connection that is dropped unread once something is settled, then others."""
    settled = Event()
    told = Tcp.settled

    def heard(self):
        done = told(self)
        if len(done):
            settled.set()
        return done

    monkeypatch.setattr(Tcp, "settled", heard)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            first, _ = server.accept()
            settled.wait(20)
            first.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            first.close()
            other, _ = server.accept()
            with other:
                reader = lines.Lines()
                while data := other.recv(1 << 16):
                    kept.keep(reader(data))

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def test_what_nobody_had_read_when_a_connection_broke_is_sent_again(monkeypatch):
    """Though the network stack had acknowledged it; it is told as uncertain."""
    kept = Kept()
    with dropping_what_was_settled(kept, monkeypatch) as address:
        came = sent(sink_at(address), 400, rate="50/s")
    nothing_is_lost_or_repeated_without_a_word(came, kept.lines)
    assert came.uncertain
    assert came.report.settled == 400


def test_without_doubt_it_would_be_gone(monkeypatch):
    """The control: what is not sent again after a break is lost, and nobody says so."""
    kept = Kept()
    with dropping_what_was_settled(kept, monkeypatch) as address:
        came = sent(sink_at(address, "doubt=0"), 400, rate="50/s")
    with pytest.raises(AssertionError):
        nothing_is_lost_or_repeated_without_a_word(came, kept.lines)


def test_a_receiver_that_is_not_there_is_given_up():
    """With what the system says, and everything told as not delivered."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    came = sent(sink_at(f"tcp://127.0.0.1:{port}"), 20, patience=Patience(SECOND, SECOND))

    assert came.report.ended_by is not None
    assert "connection refused; gave up after 1 s" in came.report.ended_by
    assert came.lost == set(came.expected)
    assert not came.uncertain


@pytest.mark.parametrize("scheme", ["udp", "syslog+udp"])
def test_datagrams_are_sent_once_each(scheme):
    """All of them arrive where somebody is quick enough to read."""
    kept = Kept()
    with datagrams.standing(kept, Faults()) as address:
        came = sent(sink_at(address.replace("udp", scheme)), 200)
    nothing_is_lost_or_repeated_without_a_word(came, kept.lines)
    assert ids(kept.lines) == came.expected
    assert came.report.promise == "sent"


def test_lost_datagrams_are_nobodys_knowledge():
    """The report says what was sent, and promises nothing."""
    kept = Kept()
    with datagrams.standing(kept, Faults(["close=30%"])) as address:
        came = sent(sink_at(address), 200)
    assert 0 < len(kept.lines) < 200
    assert came.report.settled == 200


def test_a_record_larger_than_a_datagram_is_refused():
    """And told; a syslog header counts."""
    kept = Kept()
    with datagrams.standing(kept, Faults()) as address:
        came = sent(sink_at(address.replace("udp", "syslog+udp"), "max-size=1200"), 200)
    assert came.refused
    assert all("larger than" in row["why"] for one in came.batches for row in one["refused"])
    nothing_is_lost_or_repeated_without_a_word(came, kept.lines)
    room = 1200 - 24 - len(b"<133>1  cloudtrail trailwright - CloudTrail - ")
    assert max(map(len, kept.lines)) <= room


@pytest.mark.parametrize(
    "settings",
    [(), ("framing=lines",), ("bom=yes",), ('sd=[meta@32473 test="yes"]',), ("severity=debug",)],
)
def test_syslog_messages_are_read_by_a_strict_reader(settings):
    """In each form that can be chosen."""
    kept = Kept()
    with syslog.standing(kept, Faults()) as address:
        came = sent(sink_at(address, *settings), 50)
    assert ids(kept.lines) == came.expected


def test_a_syslog_message_is_as_the_standard_says():
    """Priority, version, time with milliseconds, names, the record."""
    sink = sink_at("syslog+tcp://127.0.0.1:1", "facility=auth", "severity=info", "hostname=h")
    batch = _batch(b'{"eventID":"1"}')
    assert sink.header.counted(batch) == (
        b"68 <38>1 2025-01-13T08:00:00.250Z h trailwright - CloudTrail - " + batch.records[0]
    ).replace(b"68", str(len(sink.header.messages(batch)[0])).encode(), 1)


def _batch(record):
    return Batch(0, [record], [1_736_755_200_250], [Stream("111122223333", "us-east-1")])


@pytest.mark.parametrize(
    ("address", "settings", "message"),
    [
        ("tcp://127.0.0.1", (), "expected tcp://HOST:PORT"),
        ("tcp://127.0.0.1:0", (), "expected tcp://HOST:PORT"),
        ("tcp://127.0.0.1:99999", (), "expected tcp://HOST:PORT"),
        ("tcp://u:p@127.0.0.1:1", (), r"u:\*\*\*@127"),
        ("syslog+tcp://127.0.0.1", ("facility=kernel",), "expected user or daemon"),
        ("syslog+tcp://127.0.0.1", ("hostname=two words",), "printable"),
        ("syslog+tcp://127.0.0.1", ("sd=none",), "expected \\[NAME"),
        ("syslog+tcp://127.0.0.1", ("framing=none",), "expected octets or lines"),
        ("udp://127.0.0.1:1", ("max-size=many",), "whole number"),
        ("udp://127.0.0.1:1", ("index=a",), "has max-size"),
        ("tcp://127.0.0.1:1", ("doubt",), "expected NAME=VALUE"),
        ("tcp://127.0.0.1:1", ("doubt=1", "doubt=2"), "given twice"),
        ("gopher://127.0.0.1:1", (), "cannot tell where"),
    ],
)
def test_what_is_no_address_or_setting_is_refused(address, settings, message):
    """Before anything is sent."""
    with pytest.raises(RequestError, match=message):
        sink_at(address, *settings)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Return files of a certificate for localhost and of its key."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415  # an extra
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415  # as above

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)  # noqa: TID251  # a certificate is valid on the day of the test
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(folder / "cert.pem"), str(folder / "key.pem")


@pytest.mark.parametrize("faults", [(), ("close=4%", "half-close=4%")], ids=["none", "faults"])
@pytest.mark.parametrize("name", STANDINS)
def test_tls_keeps_the_same_promise(certificate, name, faults):
    """With a certificate that is trusted for its name."""
    kept = Kept()
    with STANDINS[name].standing(kept, Faults(faults), tls=certificate) as address:
        settings = (f"ca={certificate[0]}", "server-name=localhost")
        came = sent(sink_at(address, *settings), 100)
    nothing_is_lost_or_repeated_without_a_word(came, kept.lines)
    assert came.report.settled == 100


def test_a_certificate_that_is_not_trusted_ends_the_stream(certificate):
    """Unless nobody is to look."""
    kept = Kept()
    with lines.standing(kept, Faults(), tls=certificate) as address:
        came = sent(sink_at(address), 20)
        assert came.report.ended_by is not None
        assert "say --with ca=FILE, or insecure=yes" in came.report.ended_by
        assert not kept.lines
        sent(sink_at(address, "insecure=yes"), 20)
    assert len(kept.lines) == 20


def test_a_certificate_that_cannot_be_read_is_refused(tmp_path):
    """It is named by its setting."""
    (tmp_path / "ca.pem").write_text("nothing")
    for settings in (f"ca={tmp_path}/none.pem", f"ca={tmp_path}/ca.pem"):
        with pytest.raises(InputError, match="--with ca, cert or key"):
            sink_at("tls://127.0.0.1:1", settings)


def test_no_tls_where_it_is_expected_is_trouble():
    """It may go better later; it says what is wrong."""
    with lines.standing(Kept(), Faults(["close=100%"])) as address:
        sink = sink_at(address.replace("tcp", "tls"))
        with pytest.raises((Trouble, OutputError)):
            sink.connect()
