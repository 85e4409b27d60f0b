"""What tests of streams share."""

from __future__ import annotations

import pytest

from simulator.run import Request
from simulator.scenario import library
from simulator.scenario.resolve import resolve

PEOPLE = """\
scenario: people
window: {start: 2025-01-10, days: 7}
users: [{count: 20, persona: office-worker, mfa: {totp: 80%}}]
background: {events: 300}
"""


@pytest.fixture(scope="session")
def request_of():
    """Return what makes a request of a number of records."""
    scenario = resolve(library.read(PEOPLE, "people.yaml"))
    return lambda events: Request(scenario=scenario, events=events)
