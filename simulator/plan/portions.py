"""Portions of episodes, brought together around the time that somebody asks for.

A run asks for one window of time after another. The episodes near the window are kept in
one block a flow, in order: portions are added as the windows come to them, and what lies
behind is let go. That is a matter of speed alone. Whoever asks for another time has the
portions planned again, and gets the same episodes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from simulator.plan.episodes import Block, merged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray


_EVER = 1 << 62


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
    blocks: dict[str, Block] = field(default_factory=dict)
    """By the flow's name."""

    def touching(self, first: int, last: int) -> Iterator[Block]:
        """Yield the episodes that may have events from `first` until before `last`."""
        there = np.flatnonzero((self.begins < last) & (self.ends > first))
        if not len(there) or first >= last:
            return
        self._bring(range(int(there[0]), int(there[-1]) + 1), first)
        for block in self.blocks.values():
            part = block.between(first - block.flow.longest, last)
            if len(part):
                yield part

    def _bring(self, needed: range, first: int) -> None:
        """Have these portions here, at least those of their episodes that last until `first`."""
        goes_on = self.since <= first and self.held.start <= needed.start < self.held.stop
        if goes_on and needed.stop <= self.held.stop:
            return
        gathered: dict[str, list[Block]] = {}
        if goes_on:
            self.since = first
            for name, block in self.blocks.items():
                gathered[name] = [block.between(first - block.flow.longest, _EVER)]
            more = range(self.held.stop, needed.stop)
        else:
            self.since, self.held, more = -_EVER, needed, needed
        self.blocks = {}
        for nth in more:
            for block in self.portion(nth):
                gathered.setdefault(block.flow.name, []).append(block)
        self.blocks = {name: merged(parts) for name, parts in sorted(gathered.items())}
        self.held = range(self.held.start, needed.stop)
