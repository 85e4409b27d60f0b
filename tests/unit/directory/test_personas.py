"""Personas are sound data."""

from __future__ import annotations

import dataclasses

import pytest

from simulator.directory.personas import PERSONAS, WHOLE, Persona
from simulator.directory.user_agents import browsers_at
from simulator.primitives.instants import zone


def test_the_seven_occupations_are_there():
    """As scenarios name them."""
    assert list(PERSONAS) == [
        "office-worker",
        "developer",
        "on-call-engineer",
        "data-scientist",
        "contractor",
        "executive",
        "administrator",
    ]


@pytest.mark.parametrize("persona", PERSONAS.values(), ids=list(PERSONAS))
def test_shares_are_parts_per_million(persona: Persona):
    """Whole numbers, within a million, and summing to it where they divide something."""
    shares = [
        getattr(persona, field.name)
        for field in dataclasses.fields(persona)
        if field.name.endswith("_share")
    ]
    uses = dataclasses.astuple(persona.uses)
    slips = dataclasses.astuple(persona.slips)

    assert all(0 <= share <= WHOLE for share in (*shares, *uses, *slips))
    assert sum(uses) == WHOLE
    assert sum(device.share for device in persona.devices) == WHOLE


@pytest.mark.parametrize("persona", PERSONAS.values(), ids=list(PERSONAS))
def test_hours_zone_and_devices_exist(persona: Persona):
    """A day's minutes in order, a zone that is known, devices that have a browser."""
    devices = {agent.device for agent in browsers_at(0)}

    assert 0 <= persona.hours_from < persona.hours_to <= 24 * 60
    assert zone(persona.time_zone)
    assert {device.device for device in persona.devices} <= devices
    assert persona.sign_ins_per_workday > 0
