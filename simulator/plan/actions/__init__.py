"""What each action does on the stage: a module for each sort, and a table in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.plan.actions import (
    access,
    applications,
    assignments,
    calls,
    directory,
    instance,
    people,
    permission_sets,
    propagation,
    scim,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.plan.stage import Act, Stage

ACTIONS: Final[dict[str, Callable[[Stage, Act[Any]], int]]] = {
    **people.ACTIONS,
    **access.ACTIONS,
    **directory.ACTIONS,
    **calls.ACTIONS,
    **instance.ACTIONS,
    **applications.ACTIONS,
    **propagation.ACTIONS,
    **scim.ACTIONS,
    **permission_sets.ACTIONS,
    **assignments.ACTIONS,
}
"""Action to what it does: writes episodes, changes the stage, returns when it ends."""
