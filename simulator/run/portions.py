"""Portions of everyday activity that were planned in one process and are used in others.

A portion is planned once, by a worker, onto a board: shared memory with room for one.
Whoever renders a window reads the boards of the portions that reach into it; whoever cuts
windows needs no more of them than when episodes start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.plan.portions import touched
from simulator.run.memory import unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from simulator.plan.episodes import Block, Everyday

BOARD: Final = 64 << 20
"""Bytes of a board: more than the planner puts into a portion. Only what is used takes room."""

BOARDS: Final = 64
"""How many portions may be under way at once."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A portion that is planned."""

    nth: int
    """Which one."""

    board: int | None
    """Where it is; absent when it found no room, and each who needs it plans it."""

    sizes: tuple[int, ...]
    """How large its parts are."""


def read(boards: memoryview, posted: Posted, everyday: Everyday) -> tuple[Block, ...]:
    """Return the episodes of a portion, where they lie."""
    if posted.board is None:
        return everyday.portion(posted.nth)
    blocks: tuple[Block, ...] = unpacked(boards[posted.board * BOARD :], posted.sizes)
    return blocks


class Bounds:
    """When all portions begin and end, looked up at once."""

    def __init__(self, everyday: Everyday, portions: Sequence[int]) -> None:
        """Look at these portions alone."""
        self._portions = np.array(portions, np.int64)
        bounds = [everyday.bounds(nth) for nth in portions]
        self._begins, self._ends = np.array(bounds, np.int64).reshape(-1, 2).T

    def reaching(self, first: int, last: int) -> list[int]:
        """Return the portions that may have events from `first` until before `last`."""
        there: list[int] = self._portions[(self._begins < last) & (self._ends > first)].tolist()
        return there


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everyday activity whose portions are fetched. See `Everyday`."""

    everyday: Everyday
    """What it is planned from."""

    at: Bounds
    """Of the portions that can be fetched."""

    fetch: Callable[[int], tuple[Block, ...]]
    """Returns a portion, and may wait for it."""

    def __len__(self) -> int:
        """See `Everyday.__len__`."""
        return len(self.everyday)

    def portion(self, nth: int) -> tuple[Block, ...]:
        """See `Everyday.portion`."""
        return self.fetch(nth)

    def bounds(self, nth: int) -> tuple[int, int]:
        """See `Everyday.bounds`."""
        return self.everyday.bounds(nth)

    def begun(self, at: int) -> int:
        """See `Everyday.begun`."""
        return self.everyday.begun(at)

    def touching(self, first: int, last: int) -> Iterator[Block]:
        """See `Everyday.touching`."""
        by_flow: dict[str, list[Block]] = {}
        for nth in self.at.reaching(first, last):
            for block in self.fetch(nth):
                by_flow.setdefault(block.flow.name, []).append(block)
        for blocks in by_flow.values():
            yield from touched(blocks, first, last)

    def starts(self, since: int, first: int, last: int) -> Iterator[NDArray[np.int64]]:  # noqa: ARG002
        """See `Everyday.starts`."""
        limits = np.array([first, last], np.int64)
        for nth in self.at.reaching(first, last):
            for block in self.fetch(nth):
                start = block.columns["start"]
                low, high = np.searchsorted(start, limits)
                yield start[low:high].astype(np.int64, copy=False)
