"""Splunk's HTTP Event Collector: what is sent, and what its answers mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import orjson
import pytest

from simulator.errors import OutputError
from simulator.standins import hec, http_server
from simulator.standins.faults import Faults
from simulator.standins.http_server import Reply
from simulator.standins.keeping import Kept
from simulator.streaming.sending import Patience
from simulator.streaming.sinks.interface import Promise, Trouble
from tests.services.answering import Scripted, a_batch, connected
from tests.services.streams import (
    SECOND,
    nothing_is_lost_or_repeated_without_a_word,
    sent,
    sink_at,
)

TOKEN = "token=any"  # noqa: S105  # of nobody
TAKEN = {"text": "Success", "code": 0}


@dataclass
class Hands:
    """A clock that is moved by hand."""

    at: float = 0.0

    def __call__(self) -> float:
        """Return seconds."""
        return self.at


def test_events_are_framed_as_a_collector_reads_them():
    """With the time to a millisecond, what settings say, and the record as it is."""
    scripted = Scripted(Reply(200, TAKEN))
    batch = a_batch(2)
    settings = (TOKEN, "index=trail", "source=made", "host=here")
    with connected("hec+http:", scripted, *settings) as made:
        receipt = made.send(batch)
    path, headers, body = scripted.requests[0]
    around = b'{"index":"trail","source":"made","sourcetype":"aws:cloudtrail","host":"here",'
    assert path == "/services/collector/event"
    assert headers["authorization"] == "Splunk any"
    assert "x-splunk-request-channel" not in headers
    assert body == b"".join(
        b'%s"time":%s,"event":%s}' % (around, time, record)
        for time, record in zip((b"1736755200.000", b"1736755201.001"), batch.records, strict=True)
    )
    assert (receipt.refused, receipt.again, receipt.ticket) == ({}, {}, None)
    assert receipt.size == len(body)


def test_what_it_promises_follows_from_acknowledgement():
    """Accepted without it, kept with it."""
    assert sink_at("hec+http://h", TOKEN).promise == Promise.accepted
    assert sink_at("hec+http://h", TOKEN, "ack=yes").promise == Promise.kept


def channels(*settings, sinks=2, connections=2):
    """Return the channels of several sinks' connections."""
    with hec.standing(Kept(), Faults()) as address:
        found = []
        for sink in [sink_at(address, TOKEN, "ack=yes", *settings) for _ in range(sinks)]:
            for _ in range(connections):
                made = sink.connect()
                found.append(made.channel)
                made.close()
    return found


def test_every_connection_of_every_stream_has_a_channel_of_its_own():
    """It is a UUID; tickets are a channel's."""
    found = channels()
    assert len(set(found)) == 4
    uuid = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert all(uuid.fullmatch(one) for one in found)


def test_a_channel_can_be_named():
    """The control: the same name gives the same channels, and another others."""
    assert len(set(channels("channel=a"))) == 2
    assert not set(channels("channel=a")) & set(channels("channel=b"))


def test_tickets_are_asked_for_until_they_are_confirmed_and_not_too_often():
    """Ten times a second at most, and not at all when nothing is waited for."""
    acks = [Reply(200, {"acks": {"0": n > 0, "1": False}}) for n in range(2)]
    scripted = Scripted(Reply(200, {**TAKEN, "ackId": 0}), Reply(200, {**TAKEN, "ackId": 1}), *acks)
    clock = Hands()
    with http_server.serving("hec+http", scripted, Faults(), host="127.0.0.1", port=0) as address:
        made = replace(sink_at(address, TOKEN, "ack=yes"), monotonic=clock).connect()
        assert made.settled() == []
        assert [made.send(a_batch()).ticket for _ in range(2)] == [0, 1]
        assert len(scripted.requests) == 2
        told = []
        for at in (10.0, 10.05, 10.09, 10.11, 10.2):
            clock.at = at
            told.append(made.settled())
        made.close()
    assert told == [[], [], [], [0], []]
    asked = [orjson.loads(body)["acks"] for path, _, body in scripted.requests if "/ack" in path]
    assert asked == [[0, 1], [0, 1]]
    assert len({headers["x-splunk-request-channel"] for _, headers, _ in scripted.requests}) == 1


def test_a_question_without_an_answer_confirms_nothing():
    """It is asked again: what was sent is still waited for."""
    replies = [Reply(200, {**TAKEN, "ackId": 0}), Reply(503, {}), Reply(200, {"acks": {"0": True}})]
    scripted, clock = Scripted(*replies), Hands()
    with http_server.serving("hec+http", scripted, Faults(), host="127.0.0.1", port=0) as address:
        made = replace(sink_at(address, TOKEN, "ack=yes"), monotonic=clock).connect()
        made.send(a_batch())
        told = []
        for at in (1.0, 2.0):
            clock.at = at
            told.append(made.settled())
        made.close()
    assert told == [[], [0]]


class Forgetful(hec.Collector):
    """Starts again after some requests: it keeps what it has, and knows no ticket any more."""

    left = 3

    def _acks(self, channel, body):
        if self.left > 0:
            return Reply(200, {"acks": {}})
        return super()._acks(channel, body)

    def _events(self, channel, body, fault):
        self.left -= 1
        if self.left == 0:
            self._channels.clear()
        return super()._events(channel, body, fault)


def test_a_collector_that_counts_anew_is_not_believed():
    """What had a ticket from before is sent again: that number now means something else."""
    kept = Kept()
    collector = Forgetful(kept)
    with http_server.serving("hec+http", collector, Faults(), host="127.0.0.1", port=0) as address:
        sink = sink_at(address, TOKEN, "ack=yes")
        # Longer than the test: only the number tells.
        patience = Patience(100_000 * SECOND, 100_000 * SECOND)
        came = sent(sink, 200, connections=1, rate="500/s", patience=patience)
    nothing_is_lost_or_repeated_without_a_word(came, kept.lines)
    assert came.report.settled == 200
    assert came.uncertain
    assert any("counts its ackIds anew" in why for why in came.report.troubles)


@pytest.mark.parametrize("code", [6, 12, 13, 15])
def test_an_event_that_is_refused_is_told_and_the_others_are_sent_again(code):
    """Those before it may have been taken."""
    reply = Reply(400, {"text": "no", "code": code, "invalid-event-number": 1})
    with connected("hec+http:", Scripted(reply), TOKEN) as made:
        receipt = made.send(a_batch(3))
    assert receipt.refused == {1: "no"}
    assert [*receipt.again] == [0, 2]
    assert receipt.is_doubtful


@pytest.mark.parametrize(
    ("status", "said", "advice"),
    [
        (400, {"text": "Incorrect index", "code": 7, "invalid-event-number": 0}, "--with index="),
        (400, {"text": "Data channel is missing", "code": 10}, "say --with ack=yes"),
        (400, {"text": "Invalid data channel", "code": 11}, "--with channel="),
        (400, {"text": "ACK is disabled", "code": 14}, "leave ack=yes away"),
        (401, {"text": "Token is required", "code": 2}, "--with token="),
        (403, {"text": "Invalid token", "code": 4}, "another --with token="),
        (404, {"text": "not found", "code": 404}, "/services/collector"),
        (413, {"text": "too large"}, "max_content_length"),
    ],
)
def test_what_is_wrong_with_every_event_ends_the_stream(status, said, advice):
    """With what to do; refusing event by event would tell as much a million times."""
    reply = Reply(status, said)
    with (
        connected("hec+http:", Scripted(reply), TOKEN) as made,
        pytest.raises(OutputError, match=re.escape(advice)),
    ):
        made.send(a_batch())


def test_a_collector_that_is_busy_is_tried_again_on_the_same_channel():
    """With the wait it asks for; what has a ticket may still be confirmed."""
    reply = Reply(503, {"text": "Server is busy", "code": 9}, {"Retry-After": "3"})
    with connected("hec+http:", Scripted(reply), TOKEN) as made, pytest.raises(Trouble) as raised:
        made.send(a_batch())
    assert (raised.value.is_open, raised.value.after) == (True, 3)
    assert not raised.value.may_have_arrived
