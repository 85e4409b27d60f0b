"""The bulk interface of Elasticsearch and OpenSearch: what is sent, and what its answers mean."""

from __future__ import annotations

import pytest

from simulator.errors import OutputError
from simulator.standins import bulk
from simulator.standins.faults import Faults
from simulator.standins.http_server import Reply
from simulator.standins.keeping import Kept
from simulator.streaming.sinks.interface import Trouble
from tests.services.answering import Scripted, a_batch, connected
from tests.services.streams import nothing_is_lost_or_repeated_without_a_word, sent, sink_at

TRAIL = "elasticsearch+http:/trail"
CONFLICT = {"type": "version_conflict_engine_exception", "reason": "already exists"}


def receipt_of(*items, batch=None, settings=()):
    """Return what the sink makes of a server's answer."""
    reply = Reply(200, {"errors": True, "items": [{"create": item} for item in items]})
    with connected(TRAIL, Scripted(reply), *settings) as made:
        return made.send(batch or a_batch(len(items)))


@pytest.mark.parametrize(
    ("record", "action"),
    [
        (b'{"eventID":"a-1"}', b'{"create":{"_id":"a-1"}}'),
        (b'{"requestParameters":{"eventID":"b"},"eventID":"a"}', b'{"create":{"_id":"a"}}'),
        (b'{"eventID":"a","more":{"eventID":"b"}}', b'{"create":{"_id":"a"}}'),
        (b'{"text":"\\"eventID\\":\\"b\\"","eventID":"a"}', b'{"create":{"_id":"a"}}'),
        (b'{"eventName":"CreateUser"}', b'{"create":{}}'),
        (b'{"eventID":1}', b'{"create":{}}'),
        (b'{"eventID":"a\\u0022b"}', b'{"create":{}}'),
        (b'{"eventID":"%s"}' % (b"a" * 513), b'{"create":{}}'),
    ],
    ids=["its", "nested before", "nested behind", "in a text", "none", "number", "escape", "long"],
)
def test_a_document_has_the_id_of_its_record(record, action):
    """Its own, and not one of a member within it; the record itself is as it was."""
    scripted = Scripted(Reply(200, {"items": [{"create": {"status": 201}}]}))
    with connected(TRAIL, scripted) as made:
        made.send(a_batch([record]))
    path, headers, body = scripted.requests[0]
    assert path.startswith("/trail/_bulk?filter_path=errors,items.*.status,")
    assert headers["content-type"] == "application/x-ndjson"
    assert body == b"%s\n%s\n" % (action, record)


def test_ids_can_be_left_to_the_server():
    """Then it keeps what is sent again a second time."""
    scripted = Scripted(Reply(200, {"items": [{"create": {"status": 201}}]}))
    with connected(TRAIL, scripted, "id=none") as made:
        made.send(a_batch(1))
    assert scripted.requests[0][2].startswith(b'{"create":{}}\n')


@pytest.mark.parametrize(
    ("status", "is_again", "is_doubtful"),
    [(201, False, False), (429, True, False), (503, True, False), (500, True, True)],
)
def test_a_document_that_was_not_taken_now_is_sent_again(status, is_again, is_doubtful):
    """Alone; what fails inside may have been kept."""
    receipt = receipt_of({"status": 201}, {"status": status})
    assert [*receipt.again] == [1] * is_again
    assert receipt.is_doubtful == is_doubtful
    assert not receipt.refused


def test_a_document_that_is_refused_is_told_with_the_reason():
    """And not sent again."""
    error = {"type": "mapper_parsing_exception", "reason": "no object"}
    receipt = receipt_of({"status": 400, "error": error}, {"status": 201}, {"status": 413})
    assert receipt.refused == {0: "mapper_parsing_exception: no object", 2: '{"status":413}'}
    assert not receipt.again


def test_a_conflict_means_that_it_arrived_the_time_before():
    """Where there was such a time."""
    receipt = receipt_of({"status": 409, "error": CONFLICT}, batch=a_batch(1, attempt=2))
    assert (receipt.refused, receipt.again) == ({}, {})


@pytest.mark.parametrize("settings", [(), ("id=none",)])
def test_a_conflict_at_the_first_try_is_told(settings):
    """The index has a document from elsewhere, and the record was not kept."""
    receipt = receipt_of({"status": 409, "error": CONFLICT}, settings=settings)
    assert receipt.refused[0].startswith("version_conflict_engine_exception: already exists")
    assert ("another index" in receipt.refused[0]) == (not settings)


def test_a_second_run_into_the_same_index_is_told_as_refused():
    """Nothing of it is kept; without ids everything is."""
    kept = Kept()
    with bulk.standing(kept, Faults()) as address:
        first, second, third = (
            sent(sink_at(address, *settings), 50) for settings in ((), (), ("id=none",))
        )
    nothing_is_lost_or_repeated_without_a_word(first, kept.lines[:50])
    assert [one.report.refused for one in (first, second, third)] == [0, 50, 0]
    assert kept.count == 100


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_is_wrong_with_every_document_ends_the_stream(status):
    """With what to do."""
    error = {"type": "index_not_found_exception", "reason": "no such index [trail]"}
    with pytest.raises(OutputError, match="index_not_found_exception"):
        receipt_of({"status": status, "error": error})


@pytest.mark.parametrize("body", [{}, {"items": []}, {"items": [{}]}, {"items": [1]}, []])
def test_an_answer_that_does_not_say_is_not_believed(body):
    """The documents are sent again, and may be there."""
    with (
        connected(TRAIL, Scripted(Reply(200, body))) as made,
        pytest.raises(Trouble, match="what became of each record") as raised,
    ):
        made.send(a_batch(1))
    assert raised.value.may_have_arrived
