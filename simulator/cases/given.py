"""What a scenario gives: its records with what each comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.flows import FLOWS
from simulator.plan.compiler import compile_scenario
from simulator.records.kinds import KIND_NAMES
from simulator.run import generate

if TYPE_CHECKING:
    from simulator.run.request import Engine
    from simulator.scenario.document import Scenario

MANY: Final = 200
"""Entries from which on the vectorised engine is the faster one."""


@dataclass(frozen=True, slots=True)
class Given:
    """One record that a scenario gives."""

    place: int
    """Which of them it is, from 0."""
    record: dict[str, Any]
    line: bytes
    kind: str
    entry: str
    """The id of the storyline entry that it comes from, or its place."""
    episode: tuple[int, int]
    at: int
    """When it happens, in milliseconds."""
    is_own_request: bool
    """Whether it has a time of its own: not what happens in the request before it."""


def replayed(scenario: Scenario) -> list[Given]:
    """Return the records of a resolved scenario, in order.

    Raises:
        ScenarioError: The storyline asks for what cannot be at that time.
        RequestError: An override leads through a value that has no members.
    """
    plan, truth = compile_scenario(scenario)
    engine: Engine = "vectorised" if len(scenario.storyline) > MANY else "stepwise"
    found: list[Given] = []
    for batch in generate(plan, engine=engine):
        columns = [batch.columns[name].tolist() for name in ("key_high", "key_low", "step", "time")]
        kinds, flows = batch.kind.tolist(), batch.flow.tolist()
        for place, line in enumerate(batch.lines):
            high, low, step, at = (column[place] for column in columns)
            found.append(
                Given(
                    place=len(found),
                    record=orjson.loads(line),
                    line=line,
                    kind=KIND_NAMES[kinds[place]],
                    entry=truth.of(high, low).entry or "",
                    episode=(high, low),
                    at=at,
                    is_own_request=FLOWS[flows[place]].steps[step].gap is not None,
                )
            )
    return found
