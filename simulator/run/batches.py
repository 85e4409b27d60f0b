"""A plan cut into windows of time, and each window rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.delivery.overrides import Delivered, delivered
from simulator.engines import stepwise, vectorised
from simulator.plan.windows import windows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.engines.batches import RecordBatch
    from simulator.plan.episodes import Plan
    from simulator.run.request import Engine

EPISODES_AT_ONCE: Final = 36_864
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
        plan: What to render, of `compile_scenario`.
        engine: Which engine renders: `vectorised`, or `stepwise`, which gives the same bytes
            slowly.
        start: Records from this instant on, in milliseconds since 1970; by default all.
        end: Records before this instant, likewise.
        episodes_at_once: Episodes that begin in one window, at most. No byte depends on it.

    Yields:
        Batches of at least one record. `lines` has each record's JSON as bytes in UTF-8 with no
        line end, `text` all of them with theirs, and `columns` what each is made of, an array a
        column: `time` is in milliseconds since 1970.
    """
    for first, last in windows(plan, start, end, episodes_at_once):
        batch = rendered(plan, engine, first, last).batch
        if len(batch):
            yield batch


def rendered(plan: Plan, engine: Engine, first: int, last: int) -> Delivered:
    """Return the finished records of one window."""
    # Only the episodes that reach into the window, so that a window's cost is its own.
    batch = _RENDER[engine](plan.part(first, last), first, last)
    finished = delivered(batch, plan)
    if not plan.mutations:
        return finished
    from simulator.delivery.mutations import mutated  # noqa: PLC0415  # few runs need it

    return mutated(finished, plan)
