"""Scenarios with everyday activity alone, and what was planned for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from simulator.flows.steps import happenings
from simulator.plan.background import plan_background
from simulator.plan.episodes import Plan, merged
from simulator.plan.population import populate
from simulator.plan.timeline import Timeline
from simulator.records.eras import boundaries
from simulator.scenario.document import Scenario
from simulator.scenario.library import prepare

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from simulator.plan.episodes import Block, Everyday
    from simulator.plan.population import Directory

ACCOUNTS: Final = {"accounts": [{"name": "payments"}, {"name": "sandbox", "count": 3}]}
ENGINEERS: Final = {
    "name": "Engineers",
    "assignments": [{"permission_set": "PowerUserAccess", "accounts": ["payments", "sandbox"]}],
}


def a_scenario(**parts: Any) -> Scenario:
    """Return a resolved scenario of 30 people and a week; parts may be others."""
    return prepare(
        Scenario.model_validate(
            {
                "scenario": "office",
                "seed": 7,
                "window": {"start": "2025-01-06", "days": 7},
                "organization": ACCOUNTS,
                "permission_sets": [{"name": "PowerUserAccess"}],
                "groups": [ENGINEERS],
                "users": [
                    {
                        "count": 30,
                        "persona": "developer",
                        "groups": {"Engineers": "90%"},
                        "mfa": {"totp": "50%", "webauthn": "40%"},
                    }
                ],
                "background": {"intensity": "1"},
                **parts,
            }
        )
    )


@dataclass(frozen=True)
class Planned:
    """What was planned for a scenario."""

    directory: Directory
    everyday: Everyday

    @cached_property
    def blocks(self) -> list[Block]:
        """All episodes, a block a flow."""
        found: dict[str, list[Block]] = {}
        for nth in range(len(self.everyday)):
            for block in self.everyday.portion(nth):
                found.setdefault(block.flow.name, []).append(block)
        return [merged(parts) for parts in found.values()]

    @property
    def plan(self) -> Plan:
        """The plan of everyday activity alone."""
        scenario = self.directory.scenario
        return Plan(
            blocks=(),
            tables=self.directory.registry.tables(),
            gaps=((),),
            boundaries=boundaries("announced", scenario.instance.region, "by-date"),
            constants={},
            escapes=False,
            overrides={},
            start=scenario.window.start,
            end=scenario.window.end or 0,
            everyday=self.everyday,
        )

    @cached_property
    def episodes(self) -> list[dict[str, Any]]:
        """Every episode as a row, with its `flow`, its events' `times` and its last one's."""
        found = []
        for block in self.blocks:
            for row in block.rows():
                times = [event.at for event in happenings(block.flow, row)]
                found.append({**row, "flow": block.flow.name, "times": times, "last": times[-1]})
        return sorted(found, key=lambda row: (row["start"], row["key_high"]))

    @property
    def records(self) -> int:
        """How many records there are."""
        return sum(len(row["times"]) for row in self.episodes)

    def of(self, flow: str) -> dict[str, np.ndarray]:
        """Return the columns of a flow's episodes."""
        return next(dict(block.columns) for block in self.blocks if block.flow.name == flow)

    def chains(self) -> dict[tuple[int, int], list[dict[str, Any]]]:
        """Return episodes by portal session, in order."""
        found: dict[tuple[int, int], list[dict[str, Any]]] = {}
        for row in self.episodes:
            if row.get("session_high"):
                found.setdefault((row["session_high"], row["session_low"]), []).append(row)
        return found


def planned(
    wanted: int | None = None,
    change: Callable[[Directory, Timeline], None] | None = None,
    **parts: Any,
) -> Planned:
    """Plan everyday activity: by the scenario's intensity, or exactly so many records."""
    directory = populate(a_scenario(**parts))
    timeline = Timeline(directory.people)
    if change is not None:
        change(directory, timeline)
    timeline.freeze()
    return Planned(directory, plan_background(directory, timeline, wanted=wanted))
