"""Everyday activity as the plan has it: planned a portion at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.plan.portions import Nearby

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.plan.background.calendar import Span
    from simulator.plan.episodes import Block


class Agenda:
    """Everyday activity of a scenario. See `Everyday`."""

    def __init__(self, span: Span, blocks: Sequence[Block]) -> None:
        """Take what is planned."""
        self.span = span
        self._blocks = tuple(blocks)
        self._nearby = Nearby(self.portion, np.array([span.start]), np.array([span.end]))

    def __len__(self) -> int:
        """See `Everyday.__len__`."""
        return 1

    def portion(self, nth: int) -> tuple[Block, ...]:
        """See `Everyday.portion`."""
        return (self._blocks,)[nth]

    def bounds(self, nth: int) -> tuple[int, int]:
        """See `Everyday.bounds`."""
        return (int(self._nearby.begins[nth]), int(self._nearby.ends[nth]))

    def begun(self, at: int) -> int:
        """See `Everyday.begun`."""
        instant = np.int64(at)
        return sum(int(np.searchsorted(one.columns["start"], instant)) for one in self._blocks)

    def touching(self, first: int, last: int) -> Iterator[Block]:
        """See `Everyday.touching`."""
        return self._nearby.touching(first, last)
