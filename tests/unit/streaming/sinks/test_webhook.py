"""Any intake over HTTP: what each style sends, byte for byte."""

from __future__ import annotations

import pytest

from simulator.errors import OutputError, RequestError
from simulator.standins.http_server import Reply
from simulator.streaming.sinks.interface import Trouble
from tests.services.answering import Scripted, a_batch, connected
from tests.services.streams import sink_at

RECORDS = [b'{"a":"\\"1\\""}', '{"a":"ä"}'.encode()]
TEXTS = [b'"{\\"a\\":\\"\\\\\\"1\\\\\\"\\"}"', '"{\\"a\\":\\"ä\\"}"'.encode()]


@pytest.mark.parametrize(
    ("settings", "path", "content", "body"),
    [
        ((), "/", "application/x-ndjson", b"%s\n%s\n" % (*RECORDS,)),
        (("style=array",), "/", "application/json", b"[%s,%s]" % (*RECORDS,)),
        (
            ("style=datadog", "api-key=k", "service=s", "host=h", "tags=a:b", "source=c"),
            "/api/v2/logs",
            "application/json",
            b"[%s]"
            % b",".join(
                b'{"ddsource":"c","ddtags":"a:b","hostname":"h","service":"s","message":%s}' % text
                for text in TEXTS
            ),
        ),
        (("style=sumo", "category=c"), "/", "application/x-ndjson", b"%s\n%s\n" % (*RECORDS,)),
        (
            ("style=loki", "label.env=test"),
            "/loki/api/v1/push",
            "application/json",
            b'{"streams":[{"stream":{"job":"cloudtrail","env":"test"},"values":['
            b'["1736755200000000000",%s],["1736755201001000000",%s]]}]}' % (*TEXTS,),
        ),
    ],
    ids=["ndjson", "array", "datadog", "sumo", "loki"],
)
def test_a_body_is_what_the_style_says(settings, path, content, body):
    """Records are in it as they are, or as texts."""
    scripted = Scripted(Reply(204, None))
    with connected("http:", scripted, *settings) as made:
        receipt = made.send(a_batch(RECORDS))
    assert scripted.requests[0][0] == path
    assert scripted.requests[0][1]["content-type"] == content
    assert scripted.requests[0][2] == body
    assert receipt.size == len(body)
    assert (receipt.refused, receipt.again, receipt.ticket) == ({}, {}, None)


def test_a_single_record_is_a_body_of_its_own():
    """Batches have one."""
    scripted = Scripted()
    with connected("http:/x", scripted, "style=single") as made:
        made.send(a_batch(RECORDS[:1]))
    assert scripted.requests[0][2] == RECORDS[0]
    assert sink_at("http://h/x", "style=single").limits.records == 1


def test_a_path_that_is_given_stands():
    """The style's own holds only where there is none."""
    scripted = Scripted()
    with connected("http:/other/push", scripted, "style=loki") as made:
        made.send(a_batch(RECORDS))
    assert scripted.requests[0][0] == "/other/push"


@pytest.mark.parametrize(
    "settings",
    [
        ("tenant=t",),
        ("api-key=k",),
        ("style=loki", "host=h"),
        ("style=sumo", "label.a=b"),
        ("style=datadog", "api-key=k", "category=c"),
    ],
)
def test_a_setting_of_another_style_is_refused(settings):
    """It would have said nothing."""
    with pytest.raises(RequestError, match=r"style=\w+ has no such setting"):
        sink_at("http://127.0.0.1:1/", *settings)


@pytest.mark.parametrize(
    ("status", "kind", "is_doubtful"),
    [(429, Trouble, False), (500, Trouble, True), (400, OutputError, None)],
)
def test_an_answer_that_is_no_success_is_told(status, kind, is_doubtful):
    """For now, or for good; then with what it may be about."""
    with (
        connected("http:", Scripted(Reply(status, {})), "style=loki") as made,
        pytest.raises(kind) as raised,
    ):
        made.send(a_batch(RECORDS))
    if is_doubtful is None:
        assert "too old for Loki? --now" in str(raised.value)
    else:
        assert raised.value.may_have_arrived == is_doubtful


def test_loki_is_sent_to_in_order():
    """It refuses what comes long after its time; others take records as they come."""
    alone = sink_at("http://127.0.0.1", "style=loki")
    other = sink_at("http://127.0.0.1", "style=ndjson")

    assert (alone.connections, other.connections) == (1, 4)
