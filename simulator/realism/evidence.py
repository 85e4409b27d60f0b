"""What is measured: shares and distributions, each with what is declared of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.plan.background.calendar import Schedule
    from simulator.realism.curves import Curve
    from simulator.realism.declared import Calendar
    from simulator.realism.visits import Visit
    from simulator.scenario.document import Persona


@dataclass(frozen=True, slots=True)
class Share:
    """So many of some trials, which are independent of each other."""

    name: str
    """By which the measure is known, such as `slips.wrong-password`."""
    unit: str
    """What a trial is."""
    count: int
    trials: int
    declared: float
    """From 0 to 1."""
    base: int = 0
    """What the share is added to: 1.6 a day is 1 on each day, and one more on 60 % of them."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A sample of a distribution."""

    name: str
    """See `Share.name`."""
    unit: str
    """What one of the sample is."""
    scale: str
    """What its numbers are."""
    sample: Sequence[float]
    declared: Curve


Evidence: TypeAlias = Share | Spread


def share_of(name: str, unit: str, happened: Sequence[bool], declared: float) -> Share:
    """Return how often something happened."""
    return Share(name, unit, sum(happened), len(happened), declared)


@dataclass(frozen=True)
class Group:
    """People of one persona, and their visits."""

    name: str
    """Of the persona."""
    persona: Persona
    """Resolved."""
    schedule: Schedule
    calendar: Calendar
    users: frozenset[int]
    """Who is looked at: those of whom the storyline tells are not."""
    regular: frozenset[int]
    """Those of them who have nothing to go through once, which would move their first days."""
    visits: Sequence[tuple[int, Visit]]
    """User and visit, by user in the order in which they begin."""

    @cached_property
    def days(self) -> dict[tuple[int, int], list[tuple[float, Visit]]]:
        """Visits of regular people by user and local day, with the minute of the day."""
        found = defaultdict(list)
        whole = self.calendar.workdays | self.calendar.weekend
        for user, visit in self.visits:
            day, minute = self.calendar.local(visit.at)
            if user in self.regular and day in whole:
                found[user, day].append((minute, visit))
        return dict(found)
