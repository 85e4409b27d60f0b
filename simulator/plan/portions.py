"""Portions of episodes, kept around the time that somebody asks for.

A run asks for one window of time after another. The portions near the window are kept: they
are planned as the windows come to them, and what lies behind is let go. That is a matter of
speed alone. Whoever asks for another time has the portions planned again, and gets the same
episodes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.plan.episodes import Block, compact, joined, merged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

_EVER: Final = 1 << 62

_FEW: Final = 2_048
"""Episodes below which blocks of one flow are joined: an engine has some work for each."""


def touched(blocks: Iterable[Block], first: int, last: int) -> Iterator[Block]:
    """Yield what may have events from `first` until before `last`, of blocks of one flow.

    Of many blocks with few episodes each, those are one block.
    """
    few: list[Block] = []
    for block in blocks:
        part = block.between(first - block.longest, last)
        if len(part) >= _FEW:
            yield part
        elif len(part):
            few.append(part)
    if few:
        yield joined(few)


@dataclass(slots=True)
class Nearby:
    """The episodes of some neighbouring portions."""

    portion: Callable[[int], tuple[Block, ...]]
    """Plans one."""
    begins: NDArray[np.int64]
    """By portion: no event of it is before this."""
    ends: NDArray[np.int64]
    """By portion: all events of it are before this."""
    held: range = range(0)
    """The portions whose episodes are here."""
    since: int = -_EVER
    """Episodes that are over before this may be missing."""
    blocks: dict[str, list[Block]] = field(default_factory=dict)
    """By the flow's name: what is left of earlier portions, and those that were brought last."""

    def touching(self, first: int, last: int) -> Iterator[Block]:
        """Yield the episodes that may have events from `first` until before `last`."""
        self._bring(first, last)
        for blocks in self.blocks.values():
            yield from touched(blocks, first, last)

    def starts(self, since: int, first: int, last: int) -> Iterator[NDArray[np.int64]]:
        """Yield when episodes begin from `first` until before `last`, in pieces."""
        self._bring(since, last)
        limits = np.array([first, last], np.int64)
        for blocks in self.blocks.values():
            for block in blocks:
                start = block.columns["start"]
                low, high = np.searchsorted(start, limits)
                yield start[low:high].astype(np.int64, copy=False)

    def _bring(self, first: int, last: int) -> None:
        """Have the portions that touch a time, with those episodes that last until `first`."""
        there = ((self.begins < last) & (self.ends > first)).nonzero()[0]
        if not len(there) or first >= last:
            self.blocks = {} if first < last else self.blocks
            self.held = range(0) if first < last else self.held
            return
        needed = range(int(there[0]), int(there[-1]) + 1)
        goes_on = self.since <= first and self.held.start <= needed.start < self.held.stop
        if not goes_on:
            self.since, self.held, self.blocks = -_EVER, range(needed.start, needed.start), {}
        if needed.stop <= self.held.stop:
            return
        if goes_on:
            self._let_go(first)
        for nth in range(self.held.stop, needed.stop):
            for block in self.portion(nth):
                self.blocks.setdefault(block.flow.name, []).append(block)
        self.held = range(self.held.start, needed.stop)

    def _let_go(self, first: int) -> None:
        """Forget the episodes that are over, and bring together what is left."""
        self.since = first
        for name, blocks in list(self.blocks.items()):
            left = [block.between(first - block.longest, _EVER) for block in blocks]
            kept = [block for block in left if len(block)]
            if not kept:
                del self.blocks[name]
            elif len(kept) > 1:
                self.blocks[name] = [merged(kept)]
            else:
                # A view keeps all the memory that it is a view of.
                self.blocks[name] = [compact(kept[0])]
