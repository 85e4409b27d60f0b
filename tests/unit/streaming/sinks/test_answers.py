"""What sinks over HTTP share: what an answer means, and what no message tells."""

from __future__ import annotations

import pytest

from simulator.errors import OutputError, RequestError
from simulator.standins.http_server import Reply
from simulator.streaming.sinks.interface import Trouble
from tests.services.answering import Scripted, a_batch, connected
from tests.services.streams import sink_at


@pytest.mark.parametrize(
    ("status", "is_doubtful"), [(429, False), (503, False), (500, True), (502, True), (408, True)]
)
def test_a_server_that_cannot_now_is_tried_again(status, is_doubtful):
    """It says how long to wait; an error inside may come after the records were taken."""
    reply = Reply(status, {"text": "later"}, {"Retry-After": "7"})
    with connected("http:/x", Scripted(reply)) as made, pytest.raises(Trouble) as raised:
        made.send(a_batch())
    assert raised.value.may_have_arrived == is_doubtful
    assert raised.value.after == 7
    assert f"status {status}" in raised.value.why


def test_a_redirect_ends_the_stream():
    """A body is not posted twice to find out where it belongs."""
    reply = Reply(307, None, {"Location": "https://elsewhere/"})
    scripted = Scripted(reply)
    with connected("http:/x", scripted) as made, pytest.raises(OutputError, match="elsewhere"):
        made.send(a_batch())
    assert len(scripted.requests) == 1


def test_bodies_are_compressed_where_that_is_asked():
    """And the server is told; what is counted is what was in them."""
    scripted = Scripted()
    batch = a_batch(2)
    with connected("http:/x", scripted, "gzip=yes") as made:
        receipt = made.send(batch)
    _, headers, body = scripted.requests[0]
    assert headers["content-encoding"] == "gzip"
    assert int(headers["content-length"]) != len(body)
    assert body == b"".join(record + b"\n" for record in batch.records)
    assert receipt.size == len(body)


@pytest.mark.parametrize(
    ("address", "settings", "secret"),
    [
        ("http:/x", ("header.X-Key=secret-word",), "secret-word"),
        ("http:/x", ("header.Authorization=Bearer secret-word",), "secret-word"),
        ("http:/x?key=secret-word&a=b", (), "secret-word"),
        ("http:/receiver/v1/http/secret-word", ("style=sumo",), "secret-word"),
        ("hec+http:", ("token=secret-word",), "secret-word"),
        ("elasticsearch+http:/x", ("api-key=secret-word",), "secret-word"),
        ("elasticsearch+http:/x", ("user=u", "password=secret-word"), "dTpzZWNyZXQtd29yZA=="),
    ],
)
@pytest.mark.parametrize("status", [307, 418, 503])
def test_no_message_tells_a_secret(address, settings, secret, status):
    """Not even one that repeats what the server says."""
    reply = Reply(status, {"text": f"no such key: {secret}"}, {"Location": f"/{secret}"})
    with (
        connected(address, Scripted(reply), *settings) as made,
        pytest.raises((Trouble, OutputError)) as raised,
    ):
        made.send(a_batch())
    assert "***" in str(raised.value)
    assert secret not in str(raised.value)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://h:1/x?key=secret", "http://h:1/x?***"),
        ("http://h:1/x", "http://h:1/x"),
    ],
)
def test_a_name_tells_no_secret(address, expected):
    """Reports have it."""
    assert sink_at(address).name == expected
    assert sink_at("https://h/receiver/secret", "style=sumo").name == "https://h/***"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("header.Content-Length=1", "follows from the body"),
        ("header.transfer-encoding=chunked", "follows from the body"),
        ("header.X-Key=ä", "cannot be written"),
        ("timeout=0", "whole number from 1"),
        ("gzip=maybe", "expected yes or no"),
    ],
)
def test_headers_and_settings_that_cannot_be_are_refused(setting, message):
    """Before anything is sent."""
    with pytest.raises(RequestError, match=message):
        sink_at("http://127.0.0.1:1/", setting)


def test_a_header_that_is_asked_for_stands():
    """However its name is written; it is there once."""
    scripted = Scripted()
    with connected("http:/x", scripted, "header.content-type=text/plain") as made:
        made.send(a_batch())
    assert scripted.requests[0][1]["content-type"] == "text/plain"
