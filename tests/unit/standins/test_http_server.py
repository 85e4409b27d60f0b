"""What stand-ins over HTTP share: a server that reads strictly, and ends when it is told to."""

from __future__ import annotations

import gzip
import http.client
import socket
import threading
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest

from simulator.errors import OutputError
from simulator.standins import bulk, hec, http_server, webhook
from simulator.standins.faults import Faults
from simulator.standins.http_server import Reply
from simulator.standins.keeping import Kept


class Noted:
    """Notes the bodies that come."""

    def __init__(self) -> None:
        self.bodies = []

    def __call__(self, path, headers, body, fault):  # noqa: ARG002  # see `Service`
        """See `Service`."""
        self.bodies.append(body)
        return Reply(200, {"text": "taken"})


@contextmanager
def asked(*faults, service=None):
    """Give a connection to a server that goes wrong so, and what it notes."""
    noted = service or Noted()
    with http_server.serving("http", noted, Faults(faults), host="127.0.0.1", port=0) as address:
        parts = urlsplit(address)
        with closing(http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)) as made:
            yield made, noted


def posted(made, body, headers=None):
    """Post a body, and return the answer's status; nothing where none comes."""
    try:
        made.request("POST", "/", body, headers or {})
        answer = made.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        made.close()
        return None
    return answer.status


def test_a_connection_is_kept_from_one_request_to_the_next():
    """As senders of many requests need it."""
    with asked() as (made, noted):
        assert posted(made, b"1") == 200
        first = made.sock
        assert posted(made, gzip.compress(b"2"), {"Content-Encoding": "gzip"}) == 200
        assert made.sock is first
    assert noted.bodies == [b"1", b"2"]


@pytest.mark.parametrize("fault", ["refuse", "half-close", "close", "lost-answer"])
def test_a_request_that_is_cut_off_gets_no_answer(fault):
    """It is kept only where the answer is what is lost."""
    with asked(f"{fault}=100%") as (made, noted):
        assert posted(made, b"1" * 1000) is None
    assert len(noted.bodies) == (fault == "lost-answer")


@pytest.mark.parametrize("fault", ["429", "503", "500"])
def test_a_request_that_is_turned_away_is_not_kept(fault):
    """And the connection goes on."""
    with asked(f"{fault}=100%") as (made, noted):
        assert posted(made, b"1") == int(fault)
        assert posted(made, b"1") == int(fault)
    assert not noted.bodies


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"1", {"Content-Encoding": "gzip"}, 400),
        (iter([b"1"]), {"Transfer-Encoding": "chunked"}, 411),
        (None, {"Content-Length": "many"}, 411),
        (None, {"Content-Length": str(1 << 40)}, 413),
    ],
    ids=["no gzip", "chunked", "no number", "too large"],
)
def test_a_body_that_cannot_be_read_is_told(body, headers, status):
    """Rather than taken for an empty one."""
    with asked() as (made, noted):
        assert posted(made, body, headers) == status
    assert not noted.bodies


def test_half_a_body_is_not_kept():
    """A sender that leaves in the middle has sent nothing."""
    with asked() as (made, noted):
        made.connect()
        made.sock.sendall(b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n12")
        made.sock.shutdown(socket.SHUT_WR)
        assert made.sock.recv(1) == b""
    assert not noted.bodies


@pytest.mark.parametrize("standin", [hec, bulk, webhook])
def test_it_leaves_nothing_behind(standin):
    """No threads, no listener, and nobody who answers on a connection that is still open."""
    before = set(threading.enumerate())
    with standin.standing(Kept(), Faults()) as address:
        parts = urlsplit(address)
        made = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
        assert posted(made, b"{}") is not None
        assert made.sock is not None
    with closing(made):
        assert set(threading.enumerate()) <= before
        assert posted(made, b"{}") is None
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((parts.hostname, parts.port), 5)


def test_a_slow_one_is_not_waited_for_when_it_ends():
    """It keeps at once what has come by then."""
    drawn = threading.Event()

    class Told(Faults):
        """Tells that a request came."""

        def next(self):
            """See `Faults.next`."""
            drawn.set()
            return super().next()

    noted = Noted()
    faults = Told(["slow=100%:1h"])
    with http_server.serving("http", noted, faults, host="127.0.0.1", port=0) as address:
        parts = urlsplit(address)
        made = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
        made.request("POST", "/", b"1")
        assert drawn.wait(20)
    made.close()
    assert noted.bodies == [b"1"]


def test_a_port_that_is_taken_is_told():
    """With its number."""
    with (
        webhook.standing(Kept(), Faults()) as address,
        pytest.raises(OutputError, match=r"cannot listen at 127\.0\.0\.1:"),
        webhook.standing(Kept(), Faults(), port=urlsplit(address).port),
    ):
        pytest.fail("it is taken")
