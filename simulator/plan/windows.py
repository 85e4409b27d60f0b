"""A plan as a row of windows of time, in each of which few episodes begin.

No window needs more of everyday activity than has been planned by then, so that the first
one is there at once, however long the run is.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.plan.episodes import Plan


def windows(
    plan: Plan, start: int | None, end: int | None, episodes_at_once: int
) -> Iterator[tuple[int, int]]:
    """Yield consecutive windows in which at most so many episodes begin, or one millisecond."""
    # Nothing happens before the plan's start or from its horizon on.
    first = plan.start if start is None else max(start, plan.start)
    limit = plan.horizon if end is None else min(end, plan.horizon)
    known, pending = first, np.zeros(0, np.int64)
    for last in _cuts(plan, first, limit):
        pending = np.concatenate([pending, _starts(plan, first, known, last)])
        known = last
        while len(pending) > episodes_at_once:
            # At least a millisecond, however many begin in it.
            close = max(int(pending[episodes_at_once]), first + 1)
            yield first, close
            pending = pending[np.searchsorted(pending, np.int64(close)) :]
            first = close
    if first < limit:
        yield first, limit


def _cuts(plan: Plan, first: int, limit: int) -> list[int]:
    """Return the instants between two others before which a further portion has no event."""
    if first >= limit:
        return []
    everyday = plan.everyday
    begins = [everyday.bounds(nth)[0] for nth in range(len(everyday))]
    lowest = np.minimum.accumulate(np.array(begins[::-1], np.int64))[::-1]
    return [*(at for at in dict.fromkeys(lowest.tolist()) if first < at < limit), limit]


def _starts(plan: Plan, first: int, known: int, last: int) -> NDArray[np.int64]:
    """Return when episodes begin from `known` until before `last`, in order.

    Args:
        first: The time from which on episodes are still to be had.
    """
    found = [np.zeros(0, np.int64), *plan.everyday.starts(first, known, last)]
    for block in plan.blocks:
        start = block.columns["start"]
        low, high = np.searchsorted(start, np.array([known, last], np.int64))
        found.append(start[low:high].astype(np.int64, copy=False))
    # They are a few rows in order already, which this kind of sorting merges.
    return np.sort(np.concatenate(found), kind="stable")


def begun(plan: Plan, at: int) -> int:
    """Return about how many episodes begin before an instant, without planning any.

    Of the storyline it is known how many.
    """
    instant = np.int64(at)
    scripted = (int(np.searchsorted(one.columns["start"], instant)) for one in plan.blocks)
    return sum(scripted) + plan.everyday.begun(at)


def parted(plan: Plan, first: int, limit: int, nth: int, of: int) -> int:
    """Return an instant before which about `nth` of `of` parts of the episodes begin.

    No more of everyday activity is planned than what the instant lies in.

    Args:
        plan: Whose episodes.
        first: Episodes from this instant on.
        limit: Episodes before this instant.
        nth: How many parts begin before, more than 0 and less than `of`.
        of: How many parts there are.
    """
    skipped = begun(plan, first)
    wanted = (begun(plan, limit) - skipped) * nth // of
    for low, high in pairwise([first, *_cuts(plan, first, limit)]):
        before, after = begun(plan, low) - skipped, begun(plan, high) - skipped
        if wanted < after:
            # Within a portion `begun` knows nothing of nights and weekends.
            starts = _starts(plan, low, low, high)
            place = (wanted - before) * len(starts) // (after - before)
            return int(starts[place]) if len(starts) else low
    return limit
