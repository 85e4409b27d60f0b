"""Scenario files: the office as it is measured, and with so many people in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.scenario import library

if TYPE_CHECKING:
    from pathlib import Path

SCENARIO: Final = """\
scenario: population-{users}
description: The office with {users} people.
window: {{start: 2025-01-06, days: 14}}
organization:
  member_account_events: false
  management_account: {{name: management, id: "111122223333"}}
  accounts:
    - {{name: intranet, id: "444455556666"}}
    - {{name: reporting, count: 3}}
instance:
  identity_store_id: d-9067f3a1b2
  mfa: {{prompt: context-aware, devices: [totp, webauthn], without_device: allow}}
permission_sets:
  - {{name: ViewOnlyAccess, managed_policies: [ViewOnlyAccess]}}
groups:
  - name: Staff
    assignments: [{{permission_set: ViewOnlyAccess, accounts: [intranet, reporting]}}]
users:
  - count: {users}
    persona: office-worker
    groups: {{Staff: 100%}}
    mfa: {{totp: 85%, webauthn: 5%}}
administrators:
  - {{name: help-desk, kind: role, background: true}}
background: {{events: 10_000}}
"""


def office_of(folder: Path) -> Path:
    """Write `baseline/office` into a folder, without records of member accounts.

    Others write what Identity Center itself records, and we are measured at the same.
    """
    file = folder / "office.yaml"
    text = (library.folder() / "baseline" / "office.yaml").read_text(encoding="utf-8")
    own = text.replace("organization:\n", "organization:\n  member_account_events: false\n", 1)
    file.write_text(own, encoding="utf-8")
    return file


def scenario_of(users: int, folder: Path) -> Path:
    """Write the scenario of so many people into a folder, and return its file."""
    file = folder / f"population-{users}.yaml"
    file.write_text(SCENARIO.format(users=users), encoding="utf-8")
    return file
