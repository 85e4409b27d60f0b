"""The plan: every decision, frozen, as columns of episodes.

An episode is one planned unit: a sign-in, a page opened, an administrator's call. All
episodes of a flow stand in one `Block`, sorted by start. What is left to do after planning
is a pure function of the plan, and a slice of it by time needs nothing from another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.primitives.columns import dtype_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulator.flows.steps import Flow
    from simulator.primitives.columns import Column, Tables
    from simulator.primitives.jsontext import Json
    from simulator.records.eras.ladder import Boundaries


@dataclass(frozen=True, slots=True)
class Block:
    """Episodes of one flow."""

    flow: Flow
    """Which events they leave behind."""

    columns: Mapping[str, Column]
    """Column name to one value an episode. `start` ascends; ties are in order of key."""

    def __len__(self) -> int:
        """Return the number of episodes."""
        return len(self.columns["start"])

    def between(self, first: int, last: int) -> Block:
        """Return the episodes that start at `first` or later and before `last`."""
        starts = self.columns["start"]
        low, high = np.searchsorted(starts, np.array([first, last], np.int64))
        return Block(self.flow, {name: values[low:high] for name, values in self.columns.items()})

    def rows(self) -> Iterator[dict[str, int]]:
        """Yield every episode as a row of Python numbers."""
        names = list(self.columns)
        for values in zip(*(self.columns[name].tolist() for name in names), strict=True):
            yield dict(zip(names, values, strict=True))


def block_of(flow: Flow, rows: Sequence[Mapping[str, int]]) -> Block:
    """Return rows as a block, in order. All rows must name the same columns."""
    names = list(rows[0])
    columns: dict[str, Column] = {
        name: np.array([row[name] for row in rows], dtype_of(name)) for name in names
    }
    return ordered(Block(flow, columns))


def ordered(block: Block) -> Block:
    """Return a block with its episodes in order of start, then key."""
    columns = block.columns
    order = np.lexsort((columns["key_low"], columns["key_high"], columns["start"]))
    return Block(block.flow, {name: values[order] for name, values in columns.items()})


@dataclass(frozen=True, slots=True)
class Override:
    """Members of one finished record that the scenario sets or drops."""

    set: Mapping[str, Json]
    """Member path such as `additionalEventData.UserName` to value, in order."""

    drop: tuple[str, ...]
    """Member paths."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All episodes of a run, and what they point into."""

    blocks: tuple[Block, ...]
    """One or more a flow."""

    tables: Tables
    """Text of users, accounts, addresses and so on."""

    gaps: tuple[tuple[int, ...], ...]
    """Fixed times between records; column `gaps` points into it. The first is empty."""

    boundaries: Boundaries
    """When each era begins."""

    constants: Mapping[str, int]
    """Columns that are the same in all rows: the scenario's switches."""

    escapes: bool
    """Whether records are written with the escapes of older files."""

    overrides: Mapping[tuple[int, int, int], tuple[Override, ...]]
    """Key words and step of a record to what is done to it once it is written."""

    start: int
    """First instant of the window, in milliseconds."""

    end: int
    """First instant after the window. The last episodes may outlast it."""

    def touching(self, first: int, last: int) -> Iterator[Block]:
        """Yield the episodes that may have events from `first` until before `last`."""
        for block in self.blocks:
            part = block.between(first - block.flow.longest - _slack(block, self.gaps), last)
            if len(part):
                yield part

    @property
    def horizon(self) -> int:
        """An instant after the last event of all."""
        ends = [
            int(block.columns["start"][-1]) + block.flow.longest + _slack(block, self.gaps) + 1
            for block in self.blocks
            if len(block)
        ]
        return max([self.end, *ends])


def _slack(block: Block, gaps: tuple[tuple[int, ...], ...]) -> int:
    if "gaps" not in block.columns or len(gaps) == 1:
        return 0
    return max(sum(fixed) for fixed in gaps)
