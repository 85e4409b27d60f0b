"""The plan: every decision, frozen, as columns of episodes.

An episode is one planned unit: a sign-in, a page opened, an administrator's call. Episodes
of a flow stand in a `Block`, sorted by start. What is left to do after planning is a pure
function of the plan, and a slice of it by time needs nothing from another.

What the storyline says is planned at once. Everyday activity is planned a portion at a time,
when somebody asks for the time that the portion lies in, so that a plan of any length fits
into memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from simulator.primitives.columns import constant, dtype_of, in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

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

    lasts: int | None = None
    """Milliseconds from an episode's start to its last event, at most, where that is known:
    what a flow allows is often a hundred times as much."""

    @property
    def longest(self) -> int:
        """Milliseconds within which all events of an episode happen, unless gaps are fixed."""
        return self.flow.longest if self.lasts is None else self.lasts

    def __len__(self) -> int:
        """Return the number of episodes."""
        return len(self.columns["start"])

    def between(self, first: int, last: int) -> Block:
        """Return the episodes that start at `first` or later and before `last`."""
        starts = self.columns["start"]
        low, high = np.searchsorted(starts, np.array([first, last], np.int64))
        return replace(
            self, columns={name: values[low:high] for name, values in self.columns.items()}
        )

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
    order = order_of(block.columns)
    columns = {name: taken(values, order) for name, values in block.columns.items()}
    return replace(block, columns=columns)


def order_of(columns: Mapping[str, Column]) -> NDArray[np.int64]:
    """Return episodes in order of start, then key."""
    start = columns["start"].astype(np.int64, copy=False)
    order = in_order(start)
    sorted_start = start[order]
    same = sorted_start[1:] == sorted_start[:-1]
    if same.any():
        tied = np.zeros(len(start), np.bool_)
        tied[1:] |= same
        tied[:-1] |= same
        places = np.flatnonzero(tied)
        members = order[places]
        words = (columns["key_low"][members], columns["key_high"][members])
        order[places] = members[np.lexsort((*words, sorted_start[places]))]
    return order


def is_constant(column: Column) -> bool:
    """Tell whether a column is one value that stands for all rows, and takes no memory."""
    return column.strides == (0,)


def taken(column: Column, positions: NDArray[np.int64]) -> Column:
    """Return a column's values at some positions, none twice; one for all stays one."""
    return column[: len(positions)] if is_constant(column) else column.take(positions)


def joined(blocks: Sequence[Block]) -> Block:
    """Return several blocks of one flow and of the same columns end to end."""
    if len(blocks) == 1:
        return blocks[0]
    count = sum(map(len, blocks))
    columns = {
        name: _end_to_end(name, [block.columns[name] for block in blocks], count)
        for name in blocks[0].columns
    }
    return Block(blocks[0].flow, columns, max(block.longest for block in blocks))


def merged(blocks: Sequence[Block]) -> Block:
    """Return several blocks of one flow and of the same columns as one, in order."""
    return blocks[0] if len(blocks) == 1 else ordered(joined(blocks))


def compact(block: Block) -> Block:
    """Return a block that keeps no more memory than it needs."""
    columns = {
        name: column if is_constant(column) else column.copy()
        for name, column in block.columns.items()
    }
    return replace(block, columns=columns)


def _end_to_end(name: str, parts: list[Column], count: int) -> Column:
    if all(map(is_constant, parts)):
        values = {int(part[0]) for part in parts if len(part)}
        if len(values) == 1:
            return constant(name, values.pop(), count)
    return np.concatenate(parts)


class Everyday(Protocol):
    """Everyday activity, planned a portion at a time.

    A portion is a pure function of the scenario and its number: whoever asks, in whatever
    order, gets the same episodes. Portions are in order of time, but may overlap.
    """

    def __len__(self) -> int:
        """Return the number of portions."""
        ...

    def portion(self, nth: int) -> tuple[Block, ...]:
        """Return the episodes of one portion, a block for each flow that occurs."""
        ...

    def bounds(self, nth: int) -> tuple[int, int]:
        """Return two instants; all events of a portion lie from the first until before the last."""
        ...

    def begun(self, at: int) -> int:
        """Return about how many episodes begin before an instant, without planning any."""
        ...

    def touching(self, first: int, last: int) -> Iterator[Block]:
        """Yield the episodes that may have events from `first` until before `last`.

        One block or more for each flow that occurs; the episodes of these are in no order.
        Sequential askers have each portion planned once.
        """
        ...

    def starts(self, since: int, first: int, last: int) -> Iterator[NDArray[np.int64]]:
        """Yield when episodes begin from `first` until before `last`, in pieces and no order.

        Args:
            since: Nobody will soon ask for an earlier time than this.
        """
        ...


@dataclass(frozen=True, slots=True)
class Given:
    """Everyday activity that is there already, as one portion or none."""

    blocks: tuple[Block, ...] = ()
    """Episodes in any order."""

    def __len__(self) -> int:
        """See `Everyday.__len__`."""
        return int(bool(self.blocks))

    def portion(self, nth: int) -> tuple[Block, ...]:
        """See `Everyday.portion`."""
        return (self.blocks,)[nth]

    def bounds(self, nth: int) -> tuple[int, int]:
        """See `Everyday.bounds`."""
        del nth
        lasts = [int(one.columns["start"].max()) + one.longest + 1 for one in self.blocks]
        return min(int(one.columns["start"].min()) for one in self.blocks), max(lasts)

    def begun(self, at: int) -> int:
        """See `Everyday.begun`."""
        return sum(int((one.columns["start"] < at).sum()) for one in self.blocks)

    def touching(self, first: int, last: int) -> Iterator[Block]:  # noqa: ARG002  # all that is
        """See `Everyday.touching`."""
        return iter(self.blocks)

    def starts(self, since: int, first: int, last: int) -> Iterator[NDArray[np.int64]]:  # noqa: ARG002
        """See `Everyday.starts`."""
        for block in self.blocks:
            start = block.columns["start"].astype(np.int64, copy=False)
            yield start[(start >= first) & (start < last)]


@dataclass(frozen=True, slots=True)
class Override:
    """What the scenario does to one finished record."""

    set: Mapping[str, Json]
    """Member path such as `additionalEventData.UserName` to value, in order."""

    drop: tuple[str, ...] = ()
    """Member paths."""

    whole: Mapping[str, Json] | None = None
    """The record in full, before anything is set or dropped."""

    order: tuple[str, ...] = ()
    """Names of the record's own members in their order."""

    omit: bool = False
    """Whether the record is left out."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """Damage that some finished records take."""

    name: str
    """What it is called in `scenario.mutations.MENU`."""

    share: int
    """Records in a million."""

    member: tuple[str, ...]
    """The path of the member that is damaged; empty where it is drawn."""

    by: int | None
    """Milliseconds by which a clock is wrong; absent where it is drawn."""

    depth: int
    """How many objects lie in one another."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All episodes of a run, and what they point into."""

    blocks: tuple[Block, ...]
    """What the storyline says; one or more a flow."""

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

    everyday: Everyday = field(default_factory=Given)
    """Everyday activity. All its events lie in the window."""

    by_id: Mapping[str, tuple[Override, ...]] = field(default_factory=dict)
    """eventID of a record to what is done to it, likewise."""

    only: frozenset[str] = frozenset()
    """eventIDs of the records that are written; all are where it is empty."""

    mutations: tuple[Mutation, ...] = ()
    """What is done to finished records, in the order of the menu."""

    def touching(self, first: int, last: int) -> Iterator[Block]:
        """Yield the episodes that may have events from `first` until before `last`."""
        yield from self._scripted(first, last)
        yield from self.everyday.touching(first, last)

    def _scripted(self, first: int, last: int) -> Iterator[Block]:
        for block in self.blocks:
            part = block.between(first - block.longest - _slack(block, self.gaps), last)
            if len(part):
                yield part

    def part(self, first: int, last: int) -> Plan:
        """Return the plan with those episodes alone that `touching` yields."""
        everyday = Given(tuple(self.everyday.touching(first, last)))
        return replace(self, blocks=tuple(self._scripted(first, last)), everyday=everyday)

    def whole(self) -> Iterator[Block]:
        """Yield all episodes, portion after portion; no more than one is held here."""
        yield from self.blocks
        for nth in range(len(self.everyday)):
            yield from self.everyday.portion(nth)

    @property
    def horizon(self) -> int:
        """An instant after the last event of all."""
        ends = [
            int(block.columns["start"][-1]) + block.longest + _slack(block, self.gaps) + 1
            for block in self.blocks
            if len(block)
        ]
        return max([self.end, *ends])


def _slack(block: Block, gaps: tuple[tuple[int, ...], ...]) -> int:
    if "gaps" not in block.columns or len(gaps) == 1:
        return 0
    return max(sum(fixed) for fixed in gaps)
