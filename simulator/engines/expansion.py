"""From episodes to events in order, a column at a time, for the vectorised engine.

Which steps of a flow happen, and with which template, is asked once for every class of
episodes (see `selection`); one running clock a flow says when. The events of all flows are
then put in order together.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.flows.steps import GAP
from simulator.primitives.columns import dtype_of, in_order
from simulator.primitives.keys import KeyColumn, word_of_many
from simulator.primitives.quantiles import at_each
from simulator.records.fields import DEFAULTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.engines.selection import Catalogue, Class, Interval, Questions
    from simulator.plan.episodes import Block, Plan
    from simulator.primitives.columns import Column

_DENSE: Final = 1 << 14
"""Numbers of classes up to which a table finds out which there are; above it, sorting does."""

_SMALL: Final = 1 << 8
"""Values of a column up to which each is a class of its own."""


@dataclass(slots=True)
class Episodes:
    """The episodes of several blocks, one after another."""

    plan: Plan
    blocks: list[Block]
    _columns: dict[str, Column] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of episodes."""
        return sum(map(len, self.blocks))

    def column(self, name: str) -> Column:
        """Return a column with one value an episode."""
        made = self._columns.get(name)
        if made is None:
            made = self._columns[name] = np.empty(len(self), dtype_of(name))
            constants = self.plan.constants
            # What a step sets for all its events may have no default.
            fixed = constants[name] if name in constants else DEFAULTS.get(name, 0)
            first = 0
            for block in self.blocks:
                last = first + len(block)
                made[first:last] = block.columns.get(name, fixed)
                first = last
        return made


@dataclass(slots=True)
class Events:
    """The events of a window, in order of time, then episode key, then step."""

    catalogue: Catalogue
    episodes: Episodes
    episode: NDArray[np.intp]
    """Position of each event's episode."""
    entry: NDArray[np.intp]
    """Which of the catalogue's entries each event is."""
    time: NDArray[np.int64]
    _columns: dict[str, Column] = field(default_factory=dict)
    _sets: set[str] = field(default_factory=set)
    """Columns that differ from step to step, once somebody asks."""

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.episode)

    def of_entry(self, name: str) -> NDArray[np.int64]:
        """Return what the catalogue says of each event's entry."""
        return self.catalogue.column(name).take(self.entry)

    def column(self, name: str) -> Column:
        """Return a column with one value an event."""
        made = self._columns.get(name)
        if made is None:
            made = self._columns[name] = self._made(name, None)
        return made

    def some(self, name: str, positions: NDArray[np.intp] | None) -> Column:
        """Return a column's values of some events, or of all."""
        if positions is None:
            return self.column(name)
        made = self._columns.get(name)
        return self._made(name, positions) if made is None else made.take(positions)

    def is_of_episode(self, name: str) -> bool:
        """Tell whether all events of an episode have one value of a column."""
        if not self._sets:
            steps = (step for block in self.episodes.blocks for step in block.flow.steps)
            self._sets.update(("time", *_OF_ENTRY), *(step.sets for step in steps))
        return name not in self._sets

    def _made(self, name: str, positions: NDArray[np.intp] | None) -> Column:
        if name == "time":
            return self.time if positions is None else self.time.take(positions)
        if self.is_of_episode(name):
            episode = self.episode if positions is None else self.episode.take(positions)
            return self.episodes.column(name).take(episode)
        entry = self.entry if positions is None else self.entry.take(positions)
        if name in _OF_ENTRY:
            return self.catalogue.column(_OF_ENTRY[name]).take(entry)
        is_fixed, value = self.catalogue.fixed(name)
        is_here = is_fixed.take(entry)
        if is_here.all():
            return value.take(entry)
        episode = self.episode if positions is None else self.episode.take(positions)
        made: Column = np.where(
            is_here, value.take(entry), self.episodes.column(name).take(episode)
        )
        return made


_OF_ENTRY: Final = {"step": "place", "request": "request"}
"""Columns of a row that follow from the step, and what the catalogue calls them."""


def expanded(plan: Plan, catalogue: Catalogue, start: int, end: int, interval: Interval) -> Events:
    """Return the events from `start` until before `end`, which lie in one interval."""
    episodes = Episodes(plan, list(plan.touching(start, end)))
    none = np.zeros(0, np.int64)
    classes = [_classes(block, plan, catalogue, interval) for block in episodes.blocks]
    first = np.concatenate([none, *(one[0] for one in classes)])
    count = np.concatenate([none, *(one[1] for one in classes)])
    # One event after another, the steps of an episode in turn.
    until = np.cumsum(count)
    episode = np.repeat(np.arange(len(count)), count)
    entry = np.arange(len(episode)) + (first - until + count).take(episode)
    time = _times(catalogue, episodes, episode, entry, until - count)
    inside = (time >= start) & (time < end)
    if not inside.all():
        kept = np.flatnonzero(inside)
        episode, entry, time = (one.take(kept) for one in (episode, entry, time))
    order = in_order(time)
    episode, entry, time = (one.take(order) for one in (episode, entry, time))
    return _untied(Events(catalogue, episodes, episode, entry, time))


def _times(
    catalogue: Catalogue,
    episodes: Episodes,
    episode: NDArray[np.intp],
    entry: NDArray[np.int64],
    first: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return when each event happens.

    Args:
        episode: By event, in which episode it is; one episode after another.
        entry: By event, which of the catalogue's entries it is.
        first: By episode, which event is its first.
    """
    high, low = (
        episodes.column(name).astype(np.uint64, copy=False) for name in ("key_high", "key_low")
    )
    stem = KeyColumn(high, low).stem(GAP)
    place = catalogue.column("place").astype(np.uint64)
    which, table = catalogue.gaps()
    gaps = at_each(table, which.take(entry), word_of_many(stem.take(episode), place.take(entry)))
    if len(episodes.plan.gaps) > 1:
        _fix(gaps, catalogue, episodes, entry, first)
    passed = np.cumsum(gaps)
    # An episode without events begins where the next one does, or nowhere.
    begin = np.minimum(first, len(gaps) - 1) if len(gaps) else first[:0]
    start = episodes.column("start").astype(np.int64, copy=False)
    passed += (start[: len(begin)] - passed[begin] + gaps[begin]).take(episode)
    return passed


def _fix(
    gaps: NDArray[np.int64],
    catalogue: Catalogue,
    episodes: Episodes,
    entry: NDArray[np.int64],
    first: NDArray[np.int64],
) -> None:
    """Put the gaps that the scenario fixes in place of the drawn ones, for a few episodes."""
    ends = np.append(first[1:], len(gaps))
    fixed = episodes.column("gaps")
    for episode in np.flatnonzero(fixed).tolist():
        times = iter(episodes.plan.gaps[int(fixed[episode])])
        for event in range(int(first[episode]), int(ends[episode])):
            if catalogue.entries[int(entry[event])].step.gap is not None:
                gaps[event] = next(times, gaps[event])


def _untied(events: Events) -> Events:
    """Put events of one instant in order of episode key and step.

    Those of one episode are so already: its steps were found in turn, and sorting by time
    keeps that.
    """
    time, episode = events.time, events.episode
    is_tied = (time[1:] == time[:-1]) & (episode[1:] != episode[:-1])
    if not is_tied.any():
        return events
    # They are in order already, and np.unique would import numpy.ma.
    found = time[1:][is_tied]
    instants = found[np.concatenate(([True], found[1:] != found[:-1]))]
    tied = np.flatnonzero(instants[np.searchsorted(instants, time) % len(instants)] == time)
    inner = np.lexsort(
        (
            events.some("step", tied),
            events.some("key_low", tied),
            events.some("key_high", tied),
            time[tied],
        )
    )
    order = np.arange(len(time))
    order[tied] = tied[inner]
    return replace(events, episode=episode[order], entry=events.entry[order])


def _classes(
    block: Block, plan: Plan, catalogue: Catalogue, interval: Interval
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first entry of each episode of a block, and how many it has."""
    questions = catalogue.questions(block.flow, interval)
    code = np.zeros(len(block), np.int64)
    combinations = 1
    for name in questions.columns:
        values = block.columns.get(name)
        if values is None:
            continue
        answers, several = _answers(values, questions, name)
        if several == 1:
            continue
        if combinations * several > _DENSE << 16:
            code = np.unique(code, return_inverse=True)[1].astype(np.int64)
            combinations = len(block)
        code = code * several + answers
        combinations *= several
    first, of = _distinct(code, combinations)
    known = np.array(_known(block, plan, catalogue, interval, first), np.int64).reshape(-1, 2)
    return known[of, 0], known[of, 1]


def _known(
    block: Block, plan: Plan, catalogue: Catalogue, interval: Interval, first: NDArray[np.int64]
) -> list[Class]:
    """Return the classes of some episodes of a block."""
    questions = catalogue.questions(block.flow, interval)
    constants = {**DEFAULTS, **plan.constants}
    names = [name for name in questions.columns if name in block.columns or name in constants]
    values = [
        block.columns[name][first].tolist() if name in block.columns else [constants[name]]
        for name in names
    ]
    answers = [
        np.searchsorted(questions.bounds[name], column, side="right").tolist()
        if name in questions.bounds
        else column
        for name, column in zip(names, values, strict=True)
    ]
    count = len(first)
    every = [column if len(column) == count else column * count for column in answers]
    classes = []
    for number, key in enumerate(zip(*every, strict=True) if every else [()] * count):
        known = catalogue.known_class(block.flow, interval, (tuple(names), key))
        if known is None:
            row = {
                name: column[number % len(column)]
                for name, column in zip(names, values, strict=True)
            }
            known = catalogue.class_of(block.flow, interval, row, (tuple(names), key))
        classes.append(known)
    return classes


def _answers(
    values: Column, questions: Questions, name: str
) -> tuple[NDArray[np.int64] | int, int]:
    """Return a column as small numbers that are the same for the same answers, and how many."""
    if values.strides == (0,):
        return 0, 1
    least, most = int(values.min()), int(values.max())
    if least == most:
        return 0, 1
    if most - least < _SMALL or name not in questions.bounds:
        return values.astype(np.int64, copy=False) - least, most - least + 1
    bounds = questions.bounds[name]
    return np.searchsorted(bounds, values, side="right"), len(bounds) + 1


def _distinct(
    code: NDArray[np.int64], combinations: int
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return where each value that occurs stands once, and which of them each row has."""
    if combinations == 1:
        return np.zeros(1, np.int64), np.zeros(len(code), np.intp)
    if combinations > _DENSE:
        _, first, of = np.unique(code, return_index=True, return_inverse=True)
        return first, of
    somewhere = np.full(combinations, -1, np.int64)
    somewhere[code] = np.arange(len(code))
    there = np.flatnonzero(somewhere >= 0)
    number = np.zeros(combinations, np.intp)
    number[there] = np.arange(len(there))
    return somewhere[there], number[code]
