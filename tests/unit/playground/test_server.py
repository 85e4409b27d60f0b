"""Who may ask the playground, and what it answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import orjson
import pytest

from simulator.playground import limits
from simulator.playground.hands import DiedError, Hand, TooLongError
from tests.unit.cli.program import TINY

pytest.importorskip("uvicorn")

from simulator.playground.server import Opened, Playground

TOKEN = "a-token"  # noqa: S105  # of this test alone
PORT = 8_000
USUAL = {
    "host": f"127.0.0.1:{PORT}",
    "x-trailwright-token": TOKEN,
    "content-type": "application/json",
}


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> str:
        """Return what a refusal says."""
        return orjson.loads(self.body)["message"]


def ask(path, body=None, *, headers=None, method="", playground=None) -> Answer:
    """Ask the application as a server would; a header that is None is left out."""
    playground = playground or Playground(Opened("tiny.yaml", "tiny.yaml", TINY))
    application = playground.application(TOKEN, PORT)
    data = body if isinstance(body, bytes) else orjson.dumps(body) if body is not None else b""
    said = {**USUAL, "content-length": str(len(data)), **(headers or {})}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method or ("GET" if body is None else "POST"),
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [
            (name.encode(), value.encode()) for name, value in said.items() if value is not None
        ],
    }
    sent = []

    async def receive():
        return {"type": "http.request", "body": data, "more_body": False}

    async def send(message):
        sent.append(message)

    async def answered():
        await application(scope, receive, send)
        for hand in (playground.checker, playground.runner):
            await hand.end()

    asyncio.run(answered())
    begin, *rest = sent
    found = {name.decode().lower(): value.decode() for name, value in begin["headers"]}
    return Answer(begin["status"], found, b"".join(one.get("body", b"") for one in rest))


@pytest.mark.parametrize(
    ("headers", "status", "word"),
    [
        ({"x-trailwright-token": None}, 403, "token"),
        ({"x-trailwright-token": "another"}, 403, "token"),
        ({"host": "rebound.example.com:8000"}, 421, "address"),
        ({"host": "127.0.0.1:9"}, 421, "address"),
        ({"host": None}, 421, "address"),
        ({"origin": "https://example.com"}, 403, "other pages"),
        ({"origin": "null"}, 403, "other pages"),
        ({"content-length": str(limits.REQUEST + 1)}, 413, "2 MB"),
        ({"content-length": "many"}, 413, "2 MB"),
        ({"content-type": "text/plain"}, 415, "JSON"),
    ],
)
def test_a_request_that_is_not_the_pages_own_is_refused(headers, status, word):
    """By token, host, origin, size and type."""
    answer = ask("/api/compare", {"old": "{}", "new": "{}"}, headers=headers)

    assert (answer.status, word in answer.message) == (status, True)


def test_a_request_is_measured_as_it_comes():
    """Whatever it says of its length."""
    answer = ask("/api/check", b" " * (limits.REQUEST + 1), headers={"content-length": None})

    assert (answer.status, answer.message) == (413, "A request is no longer than 2 MB.")


def test_the_page_may_reach_nothing_else():
    """Nor be framed, nor run what is not its own; the same holds for refusals."""
    page = ask("/", headers={"x-trailwright-token": None})
    refusal = ask("/", headers={"host": "example.com"})

    assert page.status == 200
    assert b"https://" not in page.body
    for answer in (page, refusal):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-")
        assert "connect-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
    nonce = page.headers["content-security-policy"].partition("'nonce-")[2].partition("'")[0]
    assert f'nonce="{nonce}"'.encode() in page.body


def test_files_of_the_page_are_served_and_nothing_else():
    """Each with its type; no path leads out of the page's folder."""
    assert ask("/page.js").headers["content-type"].startswith("text/javascript")
    assert ask("/page.css").headers["content-type"].startswith("text/css")
    assert [ask(path).status for path in ("/server.py", "/../server.py", "/api/nothing")] == [
        404
    ] * 3


def test_shipped_scenarios_are_handed_out_by_name():
    """A name that is none is refused, and is never taken for a path."""
    text = orjson.loads(ask("/api/scenarios/storylines/password-only").body)["text"]

    assert "scenario: password-only" in text
    assert ask("/api/scenarios/../pyproject.toml").status == 404


@pytest.mark.parametrize(
    ("path", "wanted", "word"),
    [
        ("check", {}, "text"),
        ("check", b"{", "text"),
        ("run", {"text": 5}, "text"),
        ("run", {"text": TINY, "seed": "-1"}, "seed"),
        ("run", {"text": TINY, "seed": 1.5}, "seed"),
        ("run", {"text": TINY, "seed": str(1 << 63)}, "seed"),
        ("run", {"text": TINY, "events": "5001"}, "5,000"),
        ("compare", {"old": "{}"}, "records"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(path, wanted, word):
    """With what could be."""
    answer = ask(f"/api/{path}", wanted)

    assert (answer.status, word in answer.message) == (400, True)


class _Fake(Hand):
    """Answers at once, or fails."""

    def __init__(self, answer: dict | Exception, *, is_busy: bool = False) -> None:
        super().__init__(30)
        self.answer = answer
        self.asked: list[tuple] = []
        self._is_busy = is_busy

    @property
    def is_busy(self) -> bool:
        """Whether it says that it has a job."""
        return self._is_busy

    async def do(self, job, **wanted):
        """Remember what was asked."""
        self.asked.append((job, wanted))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_run_is_asked_for_with_what_the_page_says():
    """Seed and events come as text: JavaScript's numbers are not exact. Empty ones are not said."""
    hand = _Fake({"findings": []})
    playground = Playground(Opened("tiny.yaml", "here/tiny.yaml", TINY), runner=hand)

    body = {"text": TINY, "seed": str((1 << 63) - 1), "events": ""}
    answer = ask("/api/run", body, playground=playground)
    ask("/api/run", {"text": TINY, "origin": "quickstart"}, playground=playground)

    assert (answer.status, orjson.loads(answer.body)) == (200, {"findings": []})
    (job, first), (_, second) = hand.asked
    assert (job, first) == ("run", {"text": TINY, "name": "here/tiny.yaml", "seed": (1 << 63) - 1})
    assert second["name"].endswith("quickstart.yaml")


@pytest.mark.parametrize(
    ("hand", "status", "word"),
    [
        (_Fake(TooLongError()), 422, "more than 30 seconds"),
        (_Fake(DiedError()), 422, "memory"),
        (_Fake({"bug": "a bug"}), 500, "a bug"),
        (_Fake({}, is_busy=True), 409, "under way"),
    ],
)
def test_a_run_that_cannot_be_answered_is_told(hand, status, word):
    """What became of it; one that is under way is not disturbed."""
    playground = Playground(Opened("tiny.yaml", "tiny.yaml", TINY), runner=hand)

    answer = ask("/api/run", {"text": TINY}, playground=playground)

    assert (answer.status, word in answer.message) == (status, True)
