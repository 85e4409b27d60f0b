"""The language of flows: which events an action leaves behind, in order.

A flow is a table of steps. Each step says which kind of event it is, when it happens at
all, how long after the one before, and which columns it sets. Repetition is unrolled to a
declared maximum. Flows hold no state and decide nothing: what differs from one episode to
the next stands in the episode's columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from simulator.primitives.conditions import ALWAYS, Condition
from simulator.primitives.keys import purpose, word_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulator.primitives.quantiles import Quantiles

GAP: Final = purpose("gap")
"""What the time before a step is drawn for; the ordinal is the step's place."""

EPISODE_COLUMNS: Final = frozenset({"key_high", "key_low", "start", "address", "agent", "gaps"})
"""Columns that every episode has."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a flow."""

    name: str
    """Unique in the flow; what is drawn for the step does not depend on it."""

    kind: str
    """The event's kind."""

    gap: Quantiles | None = None
    """Milliseconds since the step before; `None` for an event of the same HTTP request,
    which shares its time and requestID."""

    when: Condition = ALWAYS
    """Asked of the episode: whether the step happens."""

    sets: Mapping[str, int] = field(default_factory=dict)
    """Columns that this step fixes."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What one action leaves behind."""

    name: str
    """Such as `sign-in`."""

    steps: tuple[Step, ...]
    """In order of time. The first one's gap counts from the episode's start."""

    columns: frozenset[str]
    """What an episode must say beyond `EPISODE_COLUMNS`; the rest has defaults."""

    def __post_init__(self) -> None:
        """Refuse a table that two steps cannot be told apart in."""
        if len({step.name for step in self.steps}) != len(self.steps):
            message = f"flow {self.name}: two steps of one name"
            raise ValueError(message)

    @property
    def longest(self) -> int:
        """The most time that can pass from start to the last event, in milliseconds."""
        return sum(step.gap.greatest for step in self.steps if step.gap is not None)


@dataclass(frozen=True, slots=True)
class Happening:
    """One step that happens, in one episode."""

    place: int
    """The step's place in its flow."""
    request: int
    """Place of the step that began the HTTP request."""
    at: int
    """When, in milliseconds."""
    step: Step


def happenings(flow: Flow, row: Mapping[str, int], gaps: Sequence[int] = ()) -> Iterator[Happening]:
    """Yield the steps of a flow that happen in an episode, with their times.

    Args:
        row: The episode's columns.
        gaps: Times that a scenario fixes, in place of the drawn ones, for the first
            steps that have a gap; the first of them counts from the episode's start.
    """
    at = row["start"]
    request = 0
    fixed = iter(gaps)
    is_first = True
    for place, step in enumerate(flow.steps):
        if not step.when.one(row):
            continue
        if step.gap is not None:
            drawn = step.gap.at(word_at(row["key_high"], row["key_low"], GAP, place))
            at += next(fixed, drawn)
            request = place
        elif is_first:
            request = place
        is_first = False
        yield Happening(place, request, at, step)
