"""A small truth that is played through by hand, and how truths and alerts are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.primitives.jsontext import json_text
from simulator.scoring import Options, Score, score

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

PRE, POST = "pre-january-2025", "post-january-2025"
PHISHING, FATIGUE = "device-code-phishing", "mfa-fatigue"
NEAR_MISS = "device-code-phishing-near-miss"


def a_line(event_id: str, time: str, label: str = "benign", **members: object) -> dict[str, Any]:
    """Return a line of the truth: everyday activity of Ana, unless members say otherwise.

    Args:
        event_id: Its eventID.
        time: When on 13 January 2025 it happened, such as `09:00:00`.
        label: How it is labelled.
        members: Other members.
    """
    return {
        "format": "trailwright-truth/1",
        "eventID": event_id,
        "eventTime": f"2025-01-13T{time}Z",
        "kind": "sso/Federate",
        "era": PRE,
        "actor": "ana.lopez",
        "user": {"id": "u-ana", "name": "ana.lopez"},
        "administrator": None,
        "episode": "0" * 32,
        "flow": "federate",
        "entry": None,
        "action": "background",
        "outcome": "Success",
        "label": label,
        "techniques": [],
        "play": None,
        "play_id": None,
        "step": None,
        "override": False,
        **members,
    }


def _played(play: str, play_id: str, step: str, era: str = PRE) -> dict[str, object]:
    return {"play": play, "play_id": play_id, "step": step, "era": era, "entry": f"entry-{play_id}"}


STORY = (
    a_line("everyday-1", "08:00:00"),
    a_line("a1", "09:00:00", **_played(PHISHING, "a", "sign-in")),
    a_line("a2", "09:01:00", "malicious", **_played(PHISHING, "a", "start")),
    a_line("a3", "09:02:00", "malicious", **_played(PHISHING, "a", "fetch")),
    a_line("a4", "09:02:00", "malicious", **_played(PHISHING, "a", "fetch")),
    a_line("n1", "10:00:00", **_played(NEAR_MISS, "n", "start")),
    a_line("n2", "10:05:00", **_played(NEAR_MISS, "n", "fetch")),
    a_line("alone", "11:00:00", "malicious", era=POST, entry="5"),
    a_line("odd", "11:30:00", "suspicious", era=POST),
    a_line("b1", "12:00:00", "malicious", **_played(FATIGUE, "b", "push", POST)),
    a_line("b2", "12:10:00", "suspicious", **_played(FATIGUE, "b", "settle", POST)),
    a_line("everyday-2", "13:00:00", era=POST),
)
"""Five malicious records, in two playings and alone; a near miss; two suspicious records."""

ALERTS = (
    {"eventIDs": ["a3", "a4"], "rule": "r1", "time": "2025-01-13T09:07:00Z"},
    {"eventID": "n1", "rule": "r1"},
    {"eventID": "a1", "rule": "r2"},
    {"eventIDs": ["everyday-1", "odd"], "rule": "r2"},
    {"eventID": "everyday-2", "rule": "r2"},
    {"eventID": "gone"},
)
"""One that is right, and one false alarm of each kind."""


def lines_of(values: Iterable[Mapping[str, Any]]) -> bytes:
    """Return values as lines of JSON."""
    return b"".join(json_text(value) + b"\n" for value in values)


def score_of(
    folder: Path,
    alerts: Iterable[Mapping[str, Any]],
    truth: Iterable[Mapping[str, Any]] = STORY,
    **options: Any,
) -> Score:
    """Return the score of alerts, written to a folder with the truth and read again."""
    (folder / "truth.ndjson").write_bytes(lines_of(truth))
    (folder / "alerts.ndjson").write_bytes(lines_of(alerts))
    return score(
        str(folder / "truth.ndjson"), str(folder / "alerts.ndjson"), options=Options(**options)
    )
