"""Stub."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.scenario.document import Scenario
    from simulator.scenario.wording import Problem


def check(_scenario: Scenario) -> list[Problem]:
    """Return everything wrong with a scenario beyond its form."""
    return []
