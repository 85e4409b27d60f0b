"""A stand-in for an HTTP Event Collector: it reads what a collector reads, and answers like one."""

from __future__ import annotations

import orjson
import pytest

from simulator.standins import hec
from simulator.standins.faults import Fault
from simulator.standins.hec import Collector
from simulator.standins.keeping import Kept

EVENTS, ACKS = "/services/collector/event", "/services/collector/ack"
WHO = {"authorization": "Splunk any"}
CHANNEL = {**WHO, "x-splunk-request-channel": "c"}


def answered(kept, body, *, path=EVENTS, headers=WHO, fault=None):
    """Return the answer to a request."""
    return Collector(kept)(path, headers, body, fault)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"time":1.000,"event":{"a": 1}}' * 2, [b'{"a": 1}'] * 2),
        (b' {"event": {"a":1} }\n\n{"event":{"a":2},"time":2} ', [b'{"a":1}', b'{"a":2}']),
        (b'{"event":{"a":"}{","b":{}}}{"event":{}}', [b'{"a":"}{","b":{}}', b"{}"]),
        (b'{"event":{"a":"}{\\"event\\":{}}"}}', [b'{"a":"}{\\"event\\":{}}"}']),
        (b'{"fields":{"event":1},"event":{"a":1}}', [b'{"a":1}']),
        (b'{"event":"{\\"a\\":1}"}', [b'{"a":1}']),
        (b'{"a\\"event":1,"event":{"a":1}}', [b'{"a":1}']),
        (b'{"event":{"a":1},"host":{}}', [b'{"a":1}']),
        (b' {"event":{"a":1}}{"event": {"b":2} } ', [b'{"a":1}', b'{"b":2}']),
        ('{"event":{"a":"ä"}}'.encode(), ['{"a":"ä"}'.encode()]),
    ],
    ids=[
        "ours",
        "spaces",
        "braces",
        "an envelope in a text",
        "nested",
        "text",
        "a quotation mark",
        "not last",
        "both",
        "not ASCII",
    ],
)
def test_records_are_taken_out_of_their_envelopes(body, expected):
    """Byte for byte, wherever braces and quotation marks stand."""
    kept = Kept()
    reply = answered(kept, body)
    assert (reply.status, reply.body) == (200, {"text": "Success", "code": 0})
    assert kept.lines == expected


@pytest.mark.parametrize(
    ("body", "code", "nth"),
    [
        (b"", 5, None),
        (b'{"event":{}}{"event":', 6, 1),
        (b'{"event":{}}{"event":{}}{}', 12, 2),
        (b'{"event":{}}[1]', 12, 1),
        (b'{"event":"\xff"}', 6, 0),
    ],
)
def test_a_body_with_something_else_in_it_is_refused_as_a_whole(body, code, nth):
    """And the first event that is none is told by its number."""
    kept = Kept()
    reply = answered(kept, body)
    assert (reply.status, reply.body["code"]) == (400, code)
    assert reply.body.get("invalid-event-number") == nth
    assert not kept.lines


def test_the_quick_way_and_the_careful_one_read_the_same():
    """Of what a stream sends."""
    records = [b'{"n":%d,"text":"}{\\"event\\":{}}"}' % n for n in range(3)]
    body = b"".join(b'{"host":"h","time":1.000,"event":%s}' % record for record in records)
    assert hec._cut(body) == hec._read(body)[0] == records


def test_one_that_rejects_takes_what_comes_before():
    """As the worst of them do, so that senders may not rely on the contrary."""
    kept = Kept()
    fault = Fault("reject", 0, 3)
    bad = min(fault.chosen(6))
    body = b"".join(b'{"event":{"n":%d}}' % n for n in range(6))
    reply = answered(kept, body, fault=fault)
    assert (reply.status, reply.body["invalid-event-number"]) == (400, bad)
    assert [orjson.loads(line)["n"] for line in kept.lines] == [*range(bad)]


def test_tickets_are_counted_by_channel_and_acknowledged_once():
    """What is acknowledged is kept; what was told is forgotten."""
    kept = Kept()
    collector = Collector(kept)
    other = {**WHO, "x-splunk-request-channel": "other"}
    tickets = [
        collector(EVENTS, headers, b'{"event":{}}', None).body["ackId"]
        for headers in (CHANNEL, CHANNEL, other)
    ]
    assert tickets == [0, 1, 0]
    asked = [collector(ACKS, CHANNEL, b'{"acks":[0,1,2]}', None).body["acks"] for _ in range(2)]
    assert asked == [
        {"0": True, "1": True, "2": False},
        {"0": False, "1": False, "2": False},
    ]


@pytest.mark.parametrize(
    ("path", "headers", "body", "status", "code"),
    [
        (EVENTS, {}, b'{"event":{}}', 401, 2),
        (ACKS, WHO, b'{"acks":[0]}', 400, 10),
        (ACKS, CHANNEL, b"{}", 400, 6),
        ("/elsewhere", WHO, b"{}", 404, 404),
        ("/services/collector/health", {}, b"", 200, 17),
    ],
)
def test_other_requests_are_answered_as_a_collector_does(path, headers, body, status, code):
    """With the status and the code that senders look at."""
    reply = answered(Kept(), body, path=path, headers=headers)
    assert (reply.status, reply.body["code"]) == (status, code)
