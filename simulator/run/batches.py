"""A plan cut into windows of time, and each window rendered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.delivery.overrides import Delivered, delivered
from simulator.engines import stepwise, vectorised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.engines.batches import RecordBatch
    from simulator.plan.episodes import Plan
    from simulator.run.request import Engine

EPISODES_AT_ONCE: Final = 16_384
"""What a batch is cut by. Bytes do not depend on it; memory does."""

_RENDER: Final[dict[Engine, Callable[[Plan, int, int], RecordBatch]]] = {
    "vectorised": vectorised.render,
    "stepwise": stepwise.render,
}


def generate(
    plan: Plan,
    *,
    engine: Engine = "vectorised",
    start: int | None = None,
    end: int | None = None,
    episodes_at_once: int = EPISODES_AT_ONCE,
) -> Iterator[RecordBatch]:
    """Yield the records of a plan in order, a window of time after another.

    Args:
        plan: What to render.
        engine: Which engine renders.
        start: Records from this instant on; by default all.
        end: Records before this instant; by default all.
        episodes_at_once: Episodes that begin in one window, at most. No byte depends on it.
    """
    for first, last in windows(plan, start, end, episodes_at_once):
        batch = rendered(plan, engine, first, last).batch
        if len(batch):
            yield batch


def rendered(plan: Plan, engine: Engine, first: int, last: int) -> Delivered:
    """Return the finished records of one window."""
    # Only the episodes that reach into the window, so that a window's cost is its own.
    part = replace(plan, blocks=tuple(plan.touching(first, last)))
    return delivered(_RENDER[engine](part, first, last), plan)


def windows(
    plan: Plan, start: int | None, end: int | None, episodes_at_once: int
) -> Iterator[tuple[int, int]]:
    """Yield consecutive windows in which at most so many episodes begin, or one millisecond."""
    # Nothing happens before the plan's start or from its horizon on.
    first = plan.start if start is None else max(start, plan.start)
    limit = plan.horizon if end is None else min(end, plan.horizon)
    while first < limit:
        last = _window_end(plan, first, limit, episodes_at_once)
        yield first, last
        first = last


def _window_end(plan: Plan, first: int, limit: int, most: int) -> int:
    before = begun(plan, first)
    if begun(plan, limit) - before <= most:
        return limit
    low, high = first + 1, limit
    while low < high:
        middle = (low + high + 1) // 2
        if begun(plan, middle) - before <= most:
            low = middle
        else:
            high = middle - 1
    return low


def begun(plan: Plan, at: int) -> int:
    """Return how many episodes begin before an instant."""
    instant = np.int64(at)
    return sum(int(np.searchsorted(block.columns["start"], instant)) for block in plan.blocks)
