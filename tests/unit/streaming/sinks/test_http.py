"""Sinks over HTTP, against receivers that go wrong."""

from __future__ import annotations

import orjson
import pytest

from simulator.errors import InputError, RequestError
from simulator.standins import bulk, hec, http_server, webhook
from simulator.standins.faults import Fault, Faults
from simulator.standins.http_server import Reply
from simulator.standins.keeping import Kept
from simulator.streaming.sending import Patience
from simulator.streaming.sinks.posting import Answer, _date
from simulator.streaming.sinks.webhook import STYLES
from tests.services.streams import (
    SECOND,
    ids,
    nothing_is_lost_or_repeated_without_a_word,
    sent,
    sink_at,
)

TOKEN = "token=11111111-2222-4333-8444-555555555555"  # noqa: S105  # of nobody
ROWS = {
    "hec": (hec, (TOKEN,)),
    "hec-ack": (hec, (TOKEN, "ack=yes")),
    "bulk": (bulk, ()),
    "bulk-without-ids": (bulk, ("id=none",)),
    "webhook": (webhook, ("gzip=yes",)),
}
EVERY = tuple(f"{name}=6%" for name in http_server.FAULTS if name != "slow")


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize(
    "faults",
    [(), ("lost-answer=25%",), EVERY, ("slow=20%:2ms",)],
    ids=["none", "lost-answer", "every", "slow"],
)
def test_nothing_is_lost_or_repeated_without_a_word(name, faults):
    """Whatever goes wrong with a request."""
    standin, settings = ROWS[name]
    kept = Kept()
    with standin.standing(kept, Faults(faults)) as address:
        came = sent(sink_at(address, *settings), 400, connections=2)
    nothing_is_lost_or_repeated_without_a_word(came, kept.lines)
    assert came.report.settled == 400
    assert came.report.promise == ("accepted" if name in {"hec", "webhook"} else "kept")
    if not faults:
        assert sorted(ids(kept.lines)) == sorted(came.expected)
        assert not came.uncertain
    if faults == ("lost-answer=25%",):
        assert came.uncertain
        assert (len(kept.lines) > 400) == (name != "bulk")


def test_documents_with_ids_are_kept_once_however_often_they_are_sent():
    """What arrived without an answer is a conflict the next time, and counts as taken."""
    kept = Kept()
    with bulk.standing(kept, Faults(["lost-answer=40%"])) as address:
        came = sent(sink_at(address), 300)
    assert sorted(ids(kept.lines)) == sorted(came.expected)
    assert came.report.uncertain > 0
    assert came.report.settled == 300


@pytest.mark.parametrize(
    "faults", [("partial=40%",), ("reject=30%",), ("partial=20%", "reject=20%")]
)
def test_what_became_of_each_document_is_heard(faults):
    """Those that are refused for now are sent again alone, those refused for good are told."""
    kept = Kept()
    with bulk.standing(kept, Faults(faults)) as address:
        came = sent(sink_at(address), 400)
    nothing_is_lost_or_repeated_without_a_word(came, kept.lines)
    has_rejects = any(one.startswith("reject") for one in faults)
    assert bool(came.refused) == has_rejects
    assert set(ids(kept.lines)) == set(came.expected) - came.refused
    whys = {row["why"] for one in came.batches for row in one["refused"]}
    assert whys <= {"mapper_parsing_exception: failed to parse field"}


def test_an_event_that_the_collector_refuses_is_told_and_the_others_are_sent_again():
    """Those before it may have been taken: they are uncertain."""
    kept = Kept()
    with hec.standing(kept, Faults(["reject=30%"])) as address:
        came = sent(sink_at(address, TOKEN), 400)
    nothing_is_lost_or_repeated_without_a_word(came, kept.lines)
    assert came.refused
    assert came.report.settled == 400 - len(came.refused)


class Deaf(hec.Collector):
    """Acknowledges nothing for the first channel that comes."""

    first: str | None = None

    def _acks(self, channel, body):
        self.first = self.first or channel
        if channel == self.first:
            return Reply(200, {"acks": {}})
        return super()._acks(channel, body)


def test_what_the_indexers_do_not_acknowledge_is_sent_again():
    """On another channel, when patience is at its end; it may be there twice."""
    kept = Kept()
    collector = Deaf(kept)
    with http_server.serving("hec+http", collector, Faults(), host="127.0.0.1", port=0) as address:
        sink = sink_at(address, TOKEN, "ack=yes")
        came = sent(sink, 100, connections=1, patience=Patience(600 * SECOND, 10 * SECOND))
    nothing_is_lost_or_repeated_without_a_word(came, kept.lines)
    assert came.uncertain == set(came.expected)
    assert "not confirmed for 10 s" in came.report.troubles


@pytest.mark.parametrize("style", STYLES)
def test_each_style_is_what_an_intake_reads(style):
    """Records come out as they went in."""
    kept = Kept()
    settings = [f"style={style}", *(["api-key=abc"] if style == "datadog" else [])]
    with webhook.standing(kept, Faults()) as address:
        came = sent(sink_at(address.removesuffix("/intake"), *settings), 30)
    assert came.report.settled == 30
    assert sorted(kept.lines) == sorted(came.records)


class Seen:
    """Keeps requests."""

    def __init__(self, status: int = 200) -> None:
        self.requests = []
        self.status = status

    def __call__(self, path, headers, body, fault):  # noqa: ARG002
        """See `Service`."""
        self.requests.append((path, headers, body))
        return Reply(self.status, {"text": "as told", "errors": False, "items": []})


@pytest.mark.parametrize(
    ("scheme", "path", "settings", "expected"),
    [
        ("hec+http", "", (TOKEN,), ("/services/collector/event", "authorization", "Splunk 1111")),
        ("http", "/x?y=1", ("header.X-Key=abc",), ("/x?y=1", "x-key", "abc")),
        ("http", "", ("style=datadog", "api-key=k1"), ("/api/v2/logs", "dd-api-key", "k1")),
        ("http", "/r", ("style=sumo", "category=c"), ("/r", "x-sumo-category", "c")),
        ("http", "", ("style=loki", "tenant=t"), ("/loki/api/v1/push", "x-scope-orgid", "t")),
        (
            "opensearch+http",
            "/trail",
            ("user=u", "password=p", "pipeline=cut"),
            ("/trail/_bulk?filter_path=errors", "authorization", "Basic dTpw"),
        ),
        (
            "elasticsearch+http",
            "/trail",
            ("api-key=k2",),
            ("/trail/_bulk", "authorization", "ApiKey k2"),
        ),
    ],
)
def test_requests_say_who_they_are(scheme, path, settings, expected):
    """Where they go, and the headers that settings give."""
    seen = Seen()
    with http_server.serving(scheme, seen, Faults(), host="127.0.0.1", port=0) as address:
        sent(sink_at(f"{address}{path}", *settings), 3, patience=Patience(SECOND, SECOND))
    where, headers, _ = seen.requests[0]
    assert where.startswith(expected[0])
    assert headers[expected[1]].startswith(expected[2])
    if "pipeline=cut" in settings:
        assert where.endswith("&pipeline=cut")


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404])
def test_what_will_not_change_ends_the_stream(status):
    """At once, with what to do, and without the secret."""
    seen = Seen(status)
    with http_server.serving("hec+http", seen, Faults(), host="127.0.0.1", port=0) as address:
        came = sent(sink_at(address, "token=secret-word"), 5, connections=1)
    assert len(seen.requests) == 1
    assert came.report.lost == 5
    assert came.report.ended_by is not None
    assert "secret-word" not in str(came.report)


def test_a_token_without_acknowledgement_is_told():
    """Where it was asked for."""
    seen = Seen()
    with http_server.serving("hec+http", seen, Faults(), host="127.0.0.1", port=0) as address:
        came = sent(sink_at(address, TOKEN, "ack=yes"), 5, connections=1)
    assert came.report.ended_by is not None
    assert "leave ack=yes away" in came.report.ended_by


@pytest.mark.parametrize(
    ("said", "date", "after"),
    [
        ("7", None, 7),
        ("Fri, 27 Nov 2026 10:00:30 GMT", "Fri, 27 Nov 2026 10:00:00 GMT", 30),
        ("Fri, 27 Nov 2026 10:00:30 GMT", None, None),
        ("soon", "Fri, 27 Nov 2026 10:00:00 GMT", None),
        (None, None, None),
    ],
)
def test_how_long_to_wait_is_read(said, date, after):
    """As seconds or as a date, which the server's own clock makes seconds of."""
    assert Answer(429, b"", _date(date), said).after == after


@pytest.mark.parametrize(
    ("address", "settings", "message"),
    [
        ("hec+http://127.0.0.1", (), "the collector's token is missing"),
        ("hec+http://", (TOKEN,), "expected hec\\+http://HOST"),
        ("hec+http://u:pass@127.0.0.1", (TOKEN,), r"u:\*\*\*@127.*a password goes into a setting"),
        ("http://127.0.0.1:none", (), "expected http://HOST"),
        ("http://127.0.0.1", ("style=none",), "expected ndjson or array"),
        ("http://127.0.0.1", ("style=datadog",), "the intake's key is missing"),
        ("elasticsearch+http://127.0.0.1", (), "expected an index"),
        ("elasticsearch+http://127.0.0.1/a/b", (), "expected an index"),
        ("elasticsearch+http://127.0.0.1/a", ("user=u",), "password is missing"),
        ("elasticsearch+http://127.0.0.1/a", ("user=u", "password=p", "api-key=k"), "one of them"),
        ("elasticsearch+http://127.0.0.1/a", ("pipeline=a b",), "expected a name"),
        ("hec+http://127.0.0.1", (TOKEN, "ack=maybe"), "expected yes or no"),
        ("hec+http://127.0.0.1", (TOKEN, "tocken=a"), "has token, ack"),
    ],
)
def test_what_is_no_address_or_setting_is_refused(address, settings, message):
    """Before anything is sent, and no secret is told."""
    with pytest.raises(RequestError, match=message) as raised:
        sink_at(address, *settings)
    assert "pass@" not in str(raised.value)


def test_settings_are_read_from_files(tmp_path):
    """Without the line end; one that is not there is told."""
    (tmp_path / "token").write_text("abc\n")
    sink = sink_at("hec+http://127.0.0.1", f"token=@{tmp_path}/token")
    assert sink.place.headers["Authorization"] == "Splunk abc"
    with pytest.raises(InputError, match="--with token: cannot read"):
        sink_at("hec+http://127.0.0.1", f"token=@{tmp_path}/none")


def test_envelopes_are_cut_where_they_end():
    """Braces inside of records end nothing."""
    record = orjson.dumps({"eventID": "1", "text": '}{"event":{}}', "empty": {}})
    kept = Kept()
    collector = hec.Collector(kept)
    body = b'{"time":1.000,"event":%s}' % record * 3
    reply = collector("/services/collector/event", {"authorization": "Splunk x"}, body, None)
    assert reply.status == 200
    assert kept.lines == [record] * 3
    strange = collector("/services/collector/event", {"authorization": "Splunk x"}, b"{}", None)
    assert strange.status == 400
    assert Fault("partial", 0, 3).chosen(4) == Fault("partial", 0, 3).chosen(4)
