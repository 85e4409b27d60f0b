"""A stand-in for any intake over HTTP: it finds the records in whatever form they come."""

from __future__ import annotations

import pytest

from simulator.standins.keeping import Kept
from simulator.standins.webhook import Intake

LOKI = "/loki/api/v1/push"


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/", b'{"a":1}\n{"a":2}\n', [b'{"a":1}', b'{"a":2}']),
        ("/", b'[{"a":1},{"a":2}]', [b'{"a":1}', b'{"a":2}']),
        ("/", b'{"a":1}', [b'{"a":1}']),
        ("/api/v2/logs", b'[{"ddsource":"x","message":"{\\"a\\":1}"}]', [b'{"a":1}']),
        (LOKI, b'{"streams":[{"stream":{},"values":[["1","{\\"a\\":1}"]]}]}', [b'{"a":1}']),
    ],
    ids=["lines", "array", "single", "datadog", "loki"],
)
def test_records_are_found(path, body, expected):
    """In lines, in an array, one by one, and in what Datadog and Loki are sent."""
    kept = Kept()
    reply = Intake(kept)(path, {}, body, None)
    assert reply.status == (204 if path == LOKI else 202)
    assert kept.lines == expected


@pytest.mark.parametrize(
    ("path", "body"), [("/", b"half"), ("/", b'{"a":1}\nhalf'), ("/", b"[1]"), (LOKI, b"{}")]
)
def test_what_is_none_is_refused(path, body):
    """And nothing of it is kept."""
    kept = Kept()
    assert Intake(kept)(path, {}, body, None).status == 400
    assert not kept.lines
