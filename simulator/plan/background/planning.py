"""From a directory and a frozen timeline to everyday activity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.plan.background.agenda import Agenda
from simulator.plan.background.calendar import UNIT
from simulator.plan.background.lookups import office
from simulator.plan.background.workforce import workforce

if TYPE_CHECKING:
    from simulator.plan.population import Directory
    from simulator.plan.timeline import Timeline

_MILLION: Final = 1_000_000


def plan_background(directory: Directory, timeline: Timeline, *, wanted: int | None) -> Agenda:
    """Lay out everyday activity. All text that it may show is in the directory's tables then.

    Args:
        timeline: Frozen.
        wanted: Exactly so many records; without it, as much as the scenario's intensity
            says.
    """
    force = workforce(directory, timeline)
    # Neither number nor intensity: nothing.
    intensity = directory.scenario.background.intensity or 0
    return Agenda(
        force,
        office(directory, timeline, force.span),
        wanted=wanted,
        intensity=intensity * (UNIT // _MILLION),
    )
