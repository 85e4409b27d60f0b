"""What a scenario says to be used in others: parameters, what a play is, and its use.

These are written out before a scenario is typed (`expansion`), so that nothing after it
knows of them: a resolved scenario has its plays as plain entries.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from simulator.scenario.actions import Part
from simulator.scenario.scalars import Duration, Id, Instant, Name


class Parameter(Part):
    """A value that whoever uses a scenario may change: `$name` stands for it."""

    meaning: str
    """What it is for."""
    default: Any
    """What it is unless given."""


class Play(Part):
    """What makes a scenario a play: an attack to be told from its near-miss, or that near-miss."""

    prerequisites: str = ""
    """What the scenario that uses it must have."""
    signs: str
    """What an analyst should see."""
    near_miss: Name | None = None
    """The benign scenario that looks like it."""
    near_miss_of: Name | None = None
    """The attack that this looks like, and is not."""


class For(Part):
    """An entry once for each of several values: `$name` stands for the value."""

    each: Annotated[tuple[Any, ...], Field(min_length=1)]
    """The values."""
    as_: Annotated[Name, Field(alias="as")]
    """The name."""
    every: Duration
    """From one to the next: between starts at the top of the storyline, and under `then` from an
    end to a start."""


class Use(Part):
    """A play, in place of an entry at the top of a storyline."""

    use: Name
    """A shipped scenario's name, or a file beside this one."""
    at: Instant
    """When its first entry begins; what lies between its entries stays as it is."""
    id: Id | None = None
    """Names this playing in the truth, and its entries' ids begin with it; without, the play's
    name and a number do, and its entries have no ids."""
    with_: Annotated[dict[Name, Any], Field(alias="with")] = Field(default_factory=dict)
    """Its parameters."""
