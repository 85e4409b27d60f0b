"""Delta debugging: the least part of a list with which something still fails.

After Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002), of
whose ddmin this has the complements: a piece of half the list is left out, then pieces half as
large, down to single items. What is left when no single item can be left out is 1-minimal. A
pass goes on where it was when a piece could be left out, instead of beginning anew, so that a
list of which all is needed takes twice as many attempts as it has items, not their square.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    T = TypeVar("T")


def least(items: Sequence[T], fails: Callable[[Sequence[T]], bool]) -> list[T]:
    """Return a part of some items with which it still fails, and without none of which it does.

    Args:
        items: All of them fail together.
        fails: Tells of a part, in the same order. Must always say the same of the same.
    """
    kept = list(items)
    if not kept or fails([]):
        return []
    size = max(len(kept) // 2, 1)
    while True:
        at, count = 0, len(kept)
        while at < len(kept):
            rest = [*kept[:at], *kept[at + size :]]
            # That nothing fails with no item is known.
            if rest and fails(rest):
                kept = rest
            else:
                at += size
        if size > 1:
            size = min((size + 1) // 2, max(len(kept) // 2, 1))
        elif len(kept) == count:
            return kept


def lowest(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """Return a number above `low` that holds, as low as halving finds one; `high` does."""
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle
    return high
