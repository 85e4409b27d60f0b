"""A stand-in for the bulk interface: what becomes of each document is said."""

from __future__ import annotations

import pytest

from simulator.standins.bulk import Index
from simulator.standins.faults import Fault
from simulator.standins.keeping import Kept

HEADERS = {"content-type": "application/x-ndjson"}


def answered(index, body, *, path="/trail/_bulk?filter_path=errors", fault=None):
    """Return the answer to a request."""
    return index(path, HEADERS, body, fault)


def statuses(reply):
    """Return what became of each document."""
    return [item["status"] for one in reply.body["items"] for item in one.values()]


def test_a_document_with_an_id_is_created_once():
    """The next is a conflict, is counted and not kept; those without an id are all kept."""
    kept = Kept()
    index = Index(kept)
    body = b'{"create":{"_id":"1"}}\n{"a":1}\n{"create":{}}\n{"a":2}\n'
    first, second = (answered(index, body) for _ in range(2))
    assert (statuses(first), first.body["errors"]) == ([201, 201], False)
    assert (statuses(second), second.body["errors"]) == ([409, 201], True)
    assert kept.lines == [b'{"a":1}', b'{"a":2}', b'{"a":2}']
    assert index.conflicts == 1


def test_a_document_that_is_indexed_again_is_replaced():
    """That is no error, and it is there once all the same."""
    kept = Kept()
    index = Index(kept)
    body = b'{"index":{"_id":"1"}}\n{"a":1}\n'
    assert statuses(answered(index, body)) == [201]
    again = answered(index, body, path="/_bulk")
    assert (statuses(again), again.body["errors"]) == ([200], False)
    assert kept.lines == [b'{"a":1}']


@pytest.mark.parametrize(("fault", "status"), [("partial", 429), ("reject", 400)])
def test_some_documents_are_refused_and_the_others_kept(fault, status):
    """For now, or for good; what is refused for now can be created later."""
    kept = Kept()
    index = Index(kept)
    body = b"".join(b'{"create":{"_id":"%d"}}\n{"a":%d}\n' % (n, n) for n in range(8))
    struck = Fault(fault, 0, 1).chosen(8)
    reply = answered(index, body, fault=Fault(fault, 0, 1))
    assert statuses(reply) == [status if n in struck else 201 for n in range(8)]
    assert len(kept.lines) == 8 - len(struck)
    assert statuses(answered(index, body)) == [201 if n in struck else 409 for n in range(8)]
    assert len(set(kept.lines)) == len(kept.lines) == 8


@pytest.mark.parametrize(
    "body",
    [b'{"create":{}}\n', b'{"create":{}}\n{}', b'{"drop":{}}\n{}\n', b"[]\n{}\n", b"1\n2\n3\n"],
)
def test_what_is_no_request_is_refused_as_a_whole(body):
    """Nothing of it is kept."""
    kept = Kept()
    assert answered(Index(kept), body).status == 400
    assert not kept.lines


def test_what_a_client_asks_first_is_answered():
    """Which version it is; and what is asked elsewhere, or in another type, is refused."""
    index = Index(Kept())
    assert index("/", {}, b"", None).body["version"]["number"]
    assert index("/trail/_search", HEADERS, b"{}", None).status == 404
    assert index("/trail/_bulk", {"content-type": "text/plain"}, b"{}", None).status == 406
