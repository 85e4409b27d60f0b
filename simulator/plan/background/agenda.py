"""Everyday activity as the plan has it: planned a portion at a time.

When it is made, it is only laid out: how much there is on which days, and what newcomers go
through once. A portion is then drawn from the keys of its days and of nothing else. By
number, its chains are admitted in the order of their thresholds until the next would not
fit, and single look-ups fill what is left; so no chain depends on which others there are.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from math import isqrt
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from simulator.plan.background import lookups
from simulator.plan.background.arrivals import arrivals
from simulator.plan.background.attending import attended
from simulator.plan.background.calendar import Chains, due, joined
from simulator.plan.background.outline import Source, outlined, shared_out
from simulator.plan.episodes import Block, merged
from simulator.plan.portions import Nearby

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.plan.background.lookups import Office
    from simulator.plan.background.outline import Outline, Portion
    from simulator.plan.background.sheet import Sheet
    from simulator.plan.background.workforce import Workforce

Sizes: TypeAlias = "tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int64]]"
"""Thresholds, first words of keys and numbers of records of some chains."""

USERS: Final = "sessions"
"""Name of the source whose chains are sessions of users; the others are look-ups."""

_AT_ONCE: Final = 1 << 15
"""Chains planned together, so that their columns stay in the processor's cache. Nothing
depends on it."""

_EPISODES: Final = 2
"""Records of an episode, about."""

_FURTHER: Final = (100, 115, 150, 300, 1_000, 10_000, 1_000_000)
"""Up to which part of a first intensity chains are drawn, where there were too few before."""

_DAYS_HELD: Final = 3
"""Days whose chains are kept in mind."""


class Agenda:
    """Everyday activity of a scenario. See `Everyday`."""

    def __init__(
        self, force: Workforce, office: Office, *, wanted: int | None, intensity: int
    ) -> None:
        """Lay out what there will be.

        Args:
            wanted: Exactly so many records; without it, as many as `intensity` says.
            intensity: In billionths.
        """
        self.force, self.office = force, office
        self.sources = tuple(_sources(force, office))
        self.outline: Outline = outlined(
            self.sources,
            force.span,
            wanted=wanted,
            intensity=intensity,
            duration=force.scenario.instance.session_duration,
        )
        self._forget()
        self.arrivals = arrivals(force, self.outline.intensity, self._portion_of, self._room)

    def _forget(self) -> None:
        portions = self.outline.portions
        self._drawn: OrderedDict[tuple[int, int], dict[str, Chains]] = OrderedDict()
        self._divided: dict[int, tuple[int, ...]] = {}
        begins = [
            place
            for place, one in enumerate(portions)
            if not place or one.group != portions[place - 1].group
        ]
        self._groups = [
            range(first, last)
            for first, last in zip(begins, [*begins[1:], len(portions)], strict=True)
        ]
        self._nearby = Nearby(
            self.portion,
            np.array([one.since for one in portions], np.int64),
            np.array([one.last for one in portions], np.int64),
        )
        self._episodes = np.array([one.records // _EPISODES for one in portions], np.int64)

    def __getstate__(self) -> dict[str, Any]:  # what pickle asks for
        """Leave out what is only kept in mind."""
        return {
            "force": self.force,
            "office": self.office,
            "sources": self.sources,
            "outline": self.outline,
            "arrivals": self.arrivals,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Begin with nothing in mind."""
        self.__dict__.update(state)
        self._forget()

    def __len__(self) -> int:
        """See `Everyday.__len__`."""
        return len(self.outline.portions)

    def bounds(self, nth: int) -> tuple[int, int]:
        """See `Everyday.bounds`."""
        portion = self.outline.portions[nth]
        return portion.since, portion.last

    def begun(self, at: int) -> int:
        """See `Everyday.begun`."""
        begins, ends = self._nearby.begins, self._nearby.ends
        length = np.maximum(ends - begins, 1)
        past = np.minimum(np.maximum(at - begins, 0), length)
        # In thousandths, so that no product is too large.
        return int((self._episodes * (past * 1_000 // length) // 1_000).sum())

    def touching(self, first: int, last: int) -> Iterator[Block]:
        """See `Everyday.touching`."""
        return self._nearby.touching(first, last)

    def starts(self, since: int, first: int, last: int) -> Iterator[NDArray[np.int64]]:
        """See `Everyday.starts`."""
        return self._nearby.starts(since, first, last)

    def portion(self, nth: int) -> tuple[Block, ...]:
        """See `Everyday.portion`."""
        room = self._room(nth)
        sheets, sizes = self._planned(nth, room)
        admitted, left = _admitted(sizes, room)
        found: dict[str, list[Block]] = {}
        first = 0
        for sheet in sheets:
            count = len(sheet.records)
            for block in sheet.blocks(admitted[first : first + count]):
                found.setdefault(block.flow.name, []).append(block)
            first += count
        if left:
            filled = lookups.fill(self.office, left, *self._stretch(nth))
            for block in filled.blocks(np.ones(left, np.bool_)):
                found.setdefault(block.flow.name, []).append(block)
        return tuple(merged(found[name]) for name in sorted(found))

    # ---- Chains ------------------------------------------------------------------------

    def _planned(self, nth: int, room: int | None) -> tuple[list[Sheet], list[Sizes]]:
        """Plan the chains of a portion, enough to fill it if there are enough.

        Returns:
            What is written of them; thresholds, first words of keys and sizes of as many.
        """
        sheets: list[Sheet] = []
        sizes: list[Sizes] = []
        firsts, stage = self.arrivals.of(nth)
        if len(firsts):
            made = attended(self.force, firsts, stage)
            sheets.append(made.sheet)
            sizes.append((firsts.threshold, firsts.key.high, made.sizes))
        if room == 0 or nth in self.arrivals.crowded:
            return sheets, sizes
        for band in range(len(self._bands(self.outline.portions[nth].records))):
            for source in self.sources:
                for some in _pieces(self._chains(nth, band, source.name)):
                    sheet, records = self._plan(source.name, some)
                    sheets.append(sheet)
                    sizes.append((some.threshold, some.key.high, records))
            if room is None or sum(int(records.sum()) for _, _, records in sizes) >= room:
                break
        return sheets, sizes

    def _plan(self, name: str, chains: Chains) -> tuple[Sheet, NDArray[np.int64]]:
        if name != USERS:
            return lookups.look_up(self.office, name, chains)
        made = attended(self.force, chains, np.zeros(len(chains), np.int64))
        return made.sheet, made.sizes

    def _chains(self, nth: int, band: int, name: str) -> Chains:
        """Return the chains of a portion, of one band of intensity."""
        portion = self.outline.portions[nth]
        chains = _between(self._of_days(portion, band)[name], portion)
        return self.arrivals.ordinary(chains) if name == USERS else chains

    def _of_days(self, portion: Portion, band: int) -> dict[str, Chains]:
        """Return the chains of a portion's days, in order of start."""
        at = (portion.group, band)
        if at in self._drawn:
            self._drawn.move_to_end(at)
            return self._drawn[at]
        bands = self._bands(portion.records)
        low, high = bands[band - 1] if band else 0, bands[band]
        span, days = self.force.span, portion.days
        made = {}
        for source in self.sources:
            chains = joined(list(due(source.crew, span, days, low, high)))
            made[source.name] = chains.take(np.argsort(chains.start))
        self._drawn[at] = made
        if len(self._drawn) > _DAYS_HELD:
            self._drawn.popitem(last=False)
        return made

    def _bands(self, records: int) -> list[int]:
        """Return up to which intensities a portion's chains are drawn, one after another."""
        usual, most = self.outline.intensity, self.outline.most
        if self.outline.shares is None:
            return [usual]
        # A little more than is expected: by chance, chains are shorter than usual.
        first = usual + usual * (500 // max(isqrt(records), 1) + 3) // 100 + 1
        found = []
        for percent in _FURTHER:
            found.append(min(first * percent // 100, most))
            if found[-1] == most:
                break
        return found if found[-1] == most else [*found, most]

    # ---- Room --------------------------------------------------------------------------

    def _room(self, nth: int) -> int | None:
        """Return how many records a portion has, where that is said."""
        shares, portion = self.outline.shares, self.outline.portions[nth]
        if shares is None:
            return None
        return self._parts(portion.group)[nth - self._groups[portion.group].start]

    def _parts(self, group: int) -> tuple[int, ...]:
        """Return the shares of the portions of one group."""
        found = self._divided.get(group)
        if found is None:
            assert self.outline.shares is not None
            share, mine = self.outline.shares[group], self._groups[group]
            found = (share,) if len(mine) == 1 else shared_out(share, self._weights(mine))
            self._divided[group] = found
        return found

    def _weights(self, mine: range) -> list[int]:
        """Return how much is drawn for each of the parts of one day."""
        portions = self.outline.portions[mine.start : mine.stop]
        drawn = self._of_days(portions[0], 0)
        weights = [0] * len(portions)
        for source, mean in zip(self.sources, self.outline.records, strict=True):
            chains = drawn[source.name]
            begins = chains.start[chains.threshold <= self.outline.intensity]
            cuts = np.array([*(one.since for one in portions), portions[-1].until], np.int64)
            for place, count in enumerate(np.diff(np.searchsorted(begins, cuts)).tolist()):
                weights[place] += count * mean
        return weights

    def _stretch(self, nth: int) -> tuple[int, int]:
        """Return between which instants single look-ups of a portion are."""
        portion, span = self.outline.portions[nth], self.force.span
        if portion.since < portion.until:
            return portion.since, portion.until
        return span.start, span.end

    def _portion_of(self, chains: Chains) -> NDArray[np.int64]:
        """Return in which portion each of some chains is."""
        found = np.zeros(len(chains), np.int64)
        for mine in self._groups:
            portions = self.outline.portions[mine.start : mine.stop]
            days = portions[0].days
            here = np.flatnonzero((chains.day >= days.start) & (chains.day < days.stop))
            begins = np.array([one.since for one in portions[1:]], np.int64)
            found[here] = mine.start + np.searchsorted(begins, chains.start[here], side="right")
        return found


def _sources(force: Workforce, office: Office) -> Iterator[Source]:
    """Yield those whose days give rise to chains, with how to plan them."""
    yield Source(USERS, force.crew, partial(_sizes_of_sessions, force))
    if office.helpers:
        for about, crew in office.crews.items():
            yield Source(about, crew, partial(_sizes_of_look_ups, office, about))


def _sizes_of_sessions(force: Workforce, chains: Chains) -> NDArray[np.int64]:
    return attended(force, chains, np.zeros(len(chains), np.int64)).sizes


def _sizes_of_look_ups(office: Office, about: str, chains: Chains) -> NDArray[np.int64]:
    _, sizes = lookups.look_up(office, about, chains)
    return sizes


def _between(chains: Chains, portion: Portion) -> Chains:
    """Return the chains that begin in a portion's time, of those in order of start."""
    cuts = np.array([portion.since, portion.until], np.int64)
    low, high = np.searchsorted(chains.start, cuts)
    return chains.take(slice(int(low), int(high)))


def _pieces(chains: Chains) -> Iterator[Chains]:
    """Yield chains a few thousand at a time, in pieces of about one size."""
    count = max(1, round(len(chains) / _AT_ONCE))
    width = -(-len(chains) // count)
    for first in range(0, len(chains), max(width, 1)):
        yield chains.take(slice(first, first + width))


def _admitted(sizes: list[Sizes], room: int | None) -> tuple[NDArray[np.bool_], int]:
    """Return which chains are admitted, and how many records there is room for besides."""
    if not sizes:
        return np.zeros(0, np.bool_), room or 0
    threshold, key, records = (np.concatenate([one[place] for one in sizes]) for place in range(3))
    admitted = records > 0
    if room is None:
        return admitted, 0
    there = np.flatnonzero(admitted)
    there = there[np.argsort(threshold[there], kind="stable")]
    if (np.diff(threshold[there]) == 0).any():
        there = there[np.lexsort((key[there], threshold[there]))]
    until = np.cumsum(records[there])
    fit = int(np.searchsorted(until, room, side="right"))
    admitted[there[fit:]] = False
    return admitted, room - (int(until[fit - 1]) if fit else 0)
