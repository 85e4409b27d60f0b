"""What sinks over HTTP share: what may have arrived, and what is never said."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Thread

import pytest

from simulator.errors import OutputError, RequestError
from simulator.standins import http_server
from simulator.standins.faults import Faults
from simulator.standins.http_server import Reply
from simulator.streaming.sinks.interface import Trouble
from simulator.streaming.sinks.posting import Answer, _date
from tests.services.sending import batch_of, record
from tests.services.streams import sink_at

FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
SMALL = batch_of([record(1)])
LARGE = batch_of([record(1, 8 << 20)])
"""More than a connection holds unread."""


@contextmanager
def serving(*scripts):
    """Serve one connection after another, each by its own function."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for script in scripts:
                connection, _ = server.accept()
                with connection:
                    connection.settimeout(10)
                    script(connection)

        thread = Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            thread.join()


def read(connection) -> bytes:
    """Return a small request."""
    found = b""
    while not found.endswith(b"}\n"):
        found += connection.recv(1 << 16)
    return found


def answers(*replies):
    """Return what answers so many requests, and then closes."""

    def script(connection) -> None:
        for reply in replies:
            read(connection)
            connection.sendall(reply)

    return script


def test_a_refused_connection_did_not_arrive():
    """Nobody was there to take it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Trouble, match="connection refused") as raised:
        sink_at(f"http://127.0.0.1:{port}/").connect()
    assert not raised.value.may_have_arrived


def test_an_incomplete_request_did_not_arrive():
    """Its last byte was not handed over."""
    with serving(lambda connection: connection.recv(1000)) as address:
        connection = sink_at(address).connect()
        with pytest.raises(Trouble) as raised:
            connection.send(LARGE)
        connection.close()
    assert not raised.value.may_have_arrived


@pytest.mark.parametrize(
    "reply", [b"", b"HTTP/1.1 2", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", b"what?\r\n"]
)
def test_a_whole_request_without_a_whole_answer_may_have_arrived(reply):
    """On a new connection, and on one that was used before."""
    for replies in ((reply,), (FINE, reply)):
        with serving(answers(*replies)) as address:
            connection = sink_at(address).connect()
            for _ in replies[1:]:
                connection.send(SMALL)
            with pytest.raises(Trouble) as raised:
                connection.send(SMALL)
            connection.close()
        assert raised.value.may_have_arrived


def test_no_answer_in_time_may_have_arrived():
    """The request was whole."""
    done = Event()
    with serving(lambda connection: (read(connection), done.wait(10))) as address:
        sink = sink_at(address)
        connection = replace(sink, place=replace(sink.place, timeout=0.05)).connect()
        with pytest.raises(Trouble, match="no answer in time") as raised:
            connection.send(SMALL)
        done.set()
        connection.close()
    assert raised.value.may_have_arrived


def test_an_idle_connection_that_was_closed_is_made_anew():
    """Before anything is written: nothing is uncertain."""
    closed = Event()

    def then_closes(connection) -> None:
        answers(FINE)(connection)
        connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    with serving(then_closes, answers(FINE)) as address:
        connection = sink_at(address).connect()
        connection.send(SMALL)
        assert closed.wait(10)
        assert connection.send(SMALL).size
        connection.close()


def test_a_server_that_answers_before_it_has_read_everything_is_heard():
    """What it says tells what to do; otherwise it would be tried again for nothing."""

    def too_large(connection) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1 << 20)

    with serving(too_large) as address:
        connection = sink_at(address).connect()
        with pytest.raises((OutputError, Trouble)) as raised:
            connection.send(LARGE)
        connection.close()
    assert not getattr(raised.value, "may_have_arrived", False)


class Echo:
    """Says back who asked."""

    def __init__(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.headers = headers

    def __call__(self, path, headers, body, fault):  # noqa: ARG002
        """See `Service`."""
        said = {"you": headers.get("authorization"), "key": headers.get("x-key")}
        return Reply(self.status, said, self.headers)


@pytest.mark.parametrize("status", [307, 400, 401, 429, 500, 503])
def test_secrets_that_a_server_says_back_are_not_told(status):
    """Neither with their scheme nor without."""
    echo = Echo(status, {"Location": "http://127.0.0.1/?key=a-long-secret"})
    with http_server.serving("http", echo, Faults(), host="127.0.0.1", port=0) as address:
        settings = ("header.Authorization=Bearer a-long-word", "header.X-Key=a-long-secret")
        connection = sink_at(address, *settings).connect()
        with pytest.raises((OutputError, Trouble)) as raised:
            connection.send(SMALL)
        connection.close()
    assert "a-long" not in str(raised.value)
    assert "***" in str(raised.value)


@pytest.mark.parametrize(
    ("address", "settings", "message"),
    [
        ("hec+http://127.0.0.1", ("token=sec\nret",), "header 'Authorization' cannot be written"),
        ("hec+http://127.0.0.1", ("token=sécret",), "header 'Authorization' cannot be written"),
        ("http://127.0.0.1", ("header.X-Key=sec\rret",), "header 'X-Key' cannot be written"),
        ("http://127.0.0.1:0", (), "expected http://HOST"),
        ("http://.a/", (), "expected http://HOST"),
        ("http://127.0.0.1/\x01", (), "write the path with % signs"),
    ],
)
def test_what_cannot_be_sent_is_refused_when_the_sink_is_made(address, settings, message):
    """Before anything is sent, and without the secret."""
    with pytest.raises(RequestError, match=message) as raised:
        sink_at(address, *settings)
    assert "ret" not in str(raised.value).replace("written", "")


@pytest.mark.parametrize(
    "said", ["Fri, 27 Nov 2026 10:00:30 -0000", "Fri, 27 Nov 2026 11:00:30 +0100"]
)
def test_a_date_without_a_zone_is_of_utc(said):
    """As one with the zone -0000."""
    assert Answer(429, b"", _date("Fri, 27 Nov 2026 10:00:00 GMT"), said).after == 30
