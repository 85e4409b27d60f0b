"""Computers that are not a person's own: where each stands, and what its programs are.

They are fitted out as people's machines are, so that no record tells one from the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.directory import user_agents
from simulator.directory.personas import PERSONAS
from simulator.plan.population import filled
from simulator.plan.population.agents import CLI_DAYS, PROGRAMS, Wardrobe

if TYPE_CHECKING:
    from simulator.plan.registry import Registry
    from simulator.primitives.keys import Key
    from simulator.scenario.document import Scenario


@dataclass(frozen=True, slots=True)
class Machine:
    """One of a scenario's computers."""

    network: str
    """Where it stands."""
    key: Key
    """What its address and programs are drawn from."""
    platform: int
    """Which of `user_agents.PLATFORMS` it is."""
    agents: dict[str, int]
    """Its browser and CLI, in table `agent`, as columns of `People` have them."""
    user_agent: str | None
    """What the scenario says that it calls with; absent where it is drawn."""

    def agent(self, registry: Registry, at: int, command: str, tool: str = "cli") -> int:
        """Return what a command is given with, in table `agent`; the browser, without one."""
        if command in PROGRAMS and (tool == "cli" or not command):
            return self.agents[PROGRAMS[command]]
        updated = user_agents.updated_at(self.key, at, CLI_DAYS)
        text = user_agents.tool_agent(tool, self.platform, updated, command).text
        return registry.intern("agent", text)


def machines(scenario: Scenario, registry: Registry, root: Key) -> dict[str, Machine]:
    """Return the computers of a resolved scenario by name."""
    wardrobe = Wardrobe(registry, scenario.window.start)
    made = {}
    for computer in scenario.computers:
        key = root.child("computer", computer.name)
        persona = PERSONAS[filled(scenario.personas[computer.persona].like)]
        made[computer.name] = Machine(
            computer.network,
            key,
            wardrobe.machine(key, persona)[1],
            wardrobe.agents(key, persona, computer.user_agent),
            computer.user_agent,
        )
    return made
