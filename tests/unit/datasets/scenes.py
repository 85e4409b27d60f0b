"""Scenarios and lines of truth that the tests of datasets share."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from simulator import run
from simulator.datasets.asked import Asked
from simulator.scenario.library import read
from simulator.scenario.resolve import resolve

if TYPE_CHECKING:
    from pathlib import Path

STOLEN: Final = """\
scenario: stolen
description: Somebody uses a stolen password, across the change of January 2025.
window: {start: 2025-01-10, days: 6}
users:
  - {name: ana.lopez, mfa: [totp]}
  - {name: bo.lind, mfa: [totp]}
  - {count: 25, persona: office-worker, mfa: {totp: 80%}}
administrators: [{name: help-desk, kind: role}]
background: {events: 600}
storyline:
  - at: 2025-01-12T23:59:50Z
    user: ana.lopez
    id: stolen
    label: malicious
    does: sign-in
    then:
      - {after: 20s, does: browse-portal, label: malicious}
  - {at: 2025-01-14T09:00:00Z, user: bo.lind, does: sign-in, label: suspicious,
     with: {password: [wrong, right]}}
  - {at: 2025-01-14T10:00:00Z, admin: help-desk, does: reset-password, user: bo.lind, mode: otp}
"""
"""The first sign-in goes on past midnight, and past the change."""

ODD: Final = f"""{STOLEN}
records:
  - {{where: {{entry: stolen, event: UserAuthentication}},
     set: {{eventTime: yesterday, userIdentity.type: 7, extra: [1], eventID: odd}}}}
"""
"""One record is as no shape has it."""


def asked_for(text: str = STOLEN, **changes: Any) -> Asked:
    """Return a request for a dataset of a scenario."""
    events = changes.pop("events", None)
    workers = changes.pop("workers", 1)
    request = run.Request(
        scenario=resolve(read(text, "scene.yaml")),
        source_sha256=hashlib.sha256(text.encode()).hexdigest(),
        events=events,
        workers=workers,
    )
    usual = {"command": "trailwright dataset scene.yaml", "shares": (70, 15, 15)}
    return Asked(request, **{**usual, **changes})


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def a_line(**members: Any) -> dict[str, Any]:
    """Return a line of truth; all that is not given is of a benign sign-in by Ana."""
    usual = {
        "format": "trailwright-truth/1",
        "eventID": "00000000-0000-4000-8000-000000000001",
        "eventTime": "2025-01-14T09:00:00Z",
        "kind": "signin/CredentialChallenge",
        "era": "post-january-2025",
        "actor": "ana.lopez",
        "user": {"id": "94d8a4b8-30a1-70f2-1c6e-5b7d9f1a3c5e", "name": "ana.lopez"},
        "administrator": None,
        "episode": "0" * 32,
        "flow": "sign-in",
        "entry": None,
        "action": "background",
        "outcome": "Success",
        "label": "benign",
        "techniques": [],
        "play": None,
        "play_id": None,
        "step": None,
        "override": False,
    }
    return usual | members
