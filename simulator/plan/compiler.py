"""From a resolved scenario to a plan and its truth.

Theory of operation. First the population becomes tables. Then the storyline is played in
order of time on a stage that holds the present; it writes episodes and notes in the
timeline what changed for whom. The timeline is frozen. Last, everyday activity is planned
a column at a time; it reads the timeline and changes nothing. State is thus only ever held
here, and the plan that comes out is a pure function of the scenario.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.errors import RequestError
from simulator.flows.steps import happenings
from simulator.plan.background import plan_background
from simulator.plan.constants import constants_of
from simulator.plan.episodes import Mutation, Plan
from simulator.plan.population import filled, populate
from simulator.plan.stage import Stage
from simulator.plan.storyline import overrides, overrides_by_id, play_storyline
from simulator.plan.timeline import Timeline
from simulator.plan.truth import Truth
from simulator.records.eras import boundaries
from simulator.scenario.mutations import DEPTH, OF_RECORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from simulator.plan.episodes import Block
    from simulator.scenario.document import Scenario


def records_of(blocks: Iterable[Block], gaps: Sequence[tuple[int, ...]]) -> int:
    """Return how many records some episodes leave, before any is left out."""
    return sum(
        1
        for block in blocks
        for row in block.rows()
        for _ in happenings(block.flow, row, gaps[row["gaps"]])
    )


def _mutations(scenario: Scenario) -> tuple[Mutation, ...]:
    """Return what is done to finished records, in the order of the menu."""
    asked = [(name, scenario.mutations[name]) for name in OF_RECORDS if name in scenario.mutations]
    return tuple(
        Mutation(
            name,
            damage.share,
            tuple(damage.member.split(".")) if damage.member else (),
            damage.by,
            damage.depth or DEPTH,
        )
        for name, damage in asked
    )


def compile_scenario(scenario: Scenario, *, events: int | None = None) -> tuple[Plan, Truth]:
    """Decide everything a run of a resolved scenario does.

    Args:
        scenario: As `load` and `prepare` return it.
        events: Number of records in all: everyday activity is sized to what the
            storyline leaves of it. By default the scenario says.

    Returns:
        The plan, which `generate` renders; and the truth, which no record depends on: why
        each episode happened, by its key.

    Raises:
        ScenarioError: The storyline asks for what cannot be at that time.
        RequestError: The storyline alone has more records than `events`.
    """
    directory = populate(scenario)
    timeline = Timeline(directory.people)
    stage = Stage(directory, timeline)
    play_storyline(stage)
    edits = overrides(stage)
    timeline.freeze()
    wanted = scenario.background.events
    if events is not None:
        scripted = records_of(stage.blocks(), stage.fixed)
        if scripted > events:
            message = (
                f"--events {events} is less than the {scripted} records of the storyline alone: "
                f"ask for {scripted} or more"
            )
            raise RequestError(message)
        wanted = events - scripted
    everyday = plan_background(directory, timeline, wanted=wanted)
    plan = Plan(
        blocks=tuple(stage.blocks()),
        tables=directory.registry.tables(),
        gaps=tuple(stage.fixed),
        boundaries=boundaries(scenario.cutover, scenario.instance.region, scenario.era),
        constants=constants_of(scenario.switches),
        escapes=scenario.switches.escape == "java",
        overrides=edits,
        start=scenario.window.start,
        end=filled(scenario.window.end),
        everyday=everyday,
        by_id=overrides_by_id(scenario),
        only=frozenset(scenario.only),
        mutations=_mutations(scenario),
    )
    return plan, Truth(stage.intents)
