"""From episodes to events, a column at a time, for the vectorised engine.

Which steps of a flow happen depends on a few small columns, so that it is asked once for
every combination of their values that occurs; one running clock a flow says when.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from simulator.flows.steps import GAP, Flow, happenings
from simulator.primitives.columns import dtype_of
from simulator.primitives.keys import word_at_many
from simulator.records.fields import DEFAULTS
from simulator.records.kinds import KIND_INDEX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from simulator.plan.episodes import Block, Plan
    from simulator.primitives.columns import Column


Patterns: TypeAlias = "dict[tuple[str, tuple[int, ...]], tuple[int, ...]]"
"""Flow and the values of its columns to the places of the steps that happen."""


@dataclass(frozen=True, slots=True)
class Events:
    """Events of one kind that episodes of one block leave, step after step."""

    block: Block
    places: tuple[int, ...]
    """Steps of the flow that are there."""
    which: NDArray[np.int64]
    """Position in `places`, for each event."""
    positions: NDArray[np.int64]
    """Position of the episode in the block, for each event."""
    time: NDArray[np.int64]
    request: NDArray[np.int64]

    def column(self, name: str, constants: Mapping[str, int]) -> Column:
        """Return a column with one value an event."""
        if name == "time":
            return self.time
        if name == "request":
            return self.request
        if name == "step":
            return np.array(self.places, np.int64)[self.which]
        usual = self._of_episode(name, constants)
        steps = self.block.flow.steps
        sets = [steps[place].sets.get(name) for place in self.places]
        if all(value is None for value in sets):
            return usual
        fixed: Column = np.array([value or 0 for value in sets], dtype_of(name))
        if all(value is not None for value in sets):
            return fixed[self.which]
        is_fixed = np.array([value is not None for value in sets], np.bool_)[self.which]
        usual[is_fixed] = fixed[self.which[is_fixed]]
        return usual

    def _of_episode(self, name: str, constants: Mapping[str, int]) -> Column:
        if name in self.block.columns:
            return self.block.columns[name][self.positions]
        # What a step sets for all its events may have no default.
        fixed = constants[name] if name in constants else DEFAULTS.get(name, 0)
        return np.full(len(self.positions), fixed, dtype_of(name))


class Gathered:
    """Events of one kind, with their columns brought together when they are asked for."""

    def __init__(self, parts: list[Events], plan: Plan) -> None:
        self.parts = parts
        self.plan = plan
        self.count = sum(len(part.positions) for part in parts)
        self._columns: dict[str, Column] = {}

    def column(self, name: str) -> Column:
        """Return a column with one value an event."""
        made = self._columns.get(name)
        if made is None:
            parts = [part.column(name, self.plan.constants) for part in self.parts]
            made = self._columns[name] = np.concatenate(parts) if len(parts) > 1 else parts[0]
        return made


def expanded(
    block: Block, plan: Plan, known: Patterns, start: int, end: int
) -> Iterator[tuple[int, Events]]:
    """Yield the events of a block that lie in the window, a kind at a time."""
    flow, count = block.flow, len(block)
    happens, pattern = _patterns(block, plan, known)
    clock = block.columns["start"].astype(np.int64)
    request = np.zeros(count, np.int64)
    begun = np.zeros(count, np.bool_)
    high = block.columns["key_high"].astype(np.uint64, copy=False)
    low = block.columns["key_low"].astype(np.uint64, copy=False)
    fixed = _fixed_times(block, flow, plan)
    found: dict[str, list[tuple[int, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]]
    found = {}
    for place in np.flatnonzero(happens.any(axis=0)).tolist():
        step, here = flow.steps[place], happens[:, place]
        mine = np.arange(count) if here.all() else np.flatnonzero(here[pattern])
        if step.gap is not None:
            clock[mine] += step.gap.at_many(word_at_many(high[mine], low[mine], GAP, place))
            request[mine] = place
        else:
            request[mine[~begun[mine]]] = place
        begun[mine] = True
        for position, times in fixed.items():
            if place in times:
                clock[position] = times[place]
        found.setdefault(step.kind, []).append((place, mine, clock[mine], request[mine]))
    for kind, steps in found.items():
        positions = np.concatenate([mine for _, mine, _, _ in steps])
        time = np.concatenate([times for _, _, times, _ in steps])
        requests = np.concatenate([begun_at for _, _, _, begun_at in steps])
        which = np.repeat(np.arange(len(steps)), [len(mine) for _, mine, _, _ in steps])
        inside = (time >= start) & (time < end)
        if not inside.all():
            kept = np.flatnonzero(inside)
            positions, time, requests = positions[kept], time[kept], requests[kept]
            which = which[kept]
        if len(positions):
            places = tuple(place for place, _, _, _ in steps)
            yield KIND_INDEX[kind], Events(block, places, which, positions, time, requests)


def _patterns(
    block: Block, plan: Plan, known: Patterns
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return which steps happen in each pattern of a flow's columns, and episodes' patterns."""
    flow, count = block.flow, len(block)
    names = sorted({name for step in flow.steps for name in step.when.columns()})
    code = np.zeros(count, np.int64)
    combinations = 1
    for name in names:
        values = block.columns.get(name)
        if values is None:
            continue
        least, most = int(values.min()), int(values.max())
        if least == most:
            continue
        if combinations > 1 << 40:
            code = np.unique(code, return_inverse=True)[1].astype(np.int64)
            combinations = count
        combinations *= most - least + 1
        code = code * (most - least + 1) + (values.astype(np.int64) - least)
    if combinations == 1:
        first, pattern = np.zeros(1, np.int64), np.zeros(count, np.int64)
    else:
        _, first, pattern = np.unique(code, return_index=True, return_inverse=True)
    happens = np.zeros((len(first), len(flow.steps)), np.bool_)
    for number, position in enumerate(first.tolist()):
        row = {name: _value(block, plan, name, position) for name in names}
        key = (flow.name, tuple(row.values()))
        places = known.get(key)
        if places is None:
            places = tuple(place for place, step in enumerate(flow.steps) if step.when.one(row))
            known[key] = places
        happens[number, list(places)] = True
    return happens, pattern


def _value(block: Block, plan: Plan, name: str, position: int) -> int:
    if name in block.columns:
        return int(block.columns[name][position])
    return plan.constants[name] if name in plan.constants else DEFAULTS[name]


def _fixed_times(block: Block, flow: Flow, plan: Plan) -> dict[int, dict[int, int]]:
    """Return the times of the few episodes whose gaps the scenario fixes, step by step."""
    if len(plan.gaps) == 1:
        return {}
    times = {}
    for position in np.flatnonzero(block.columns["gaps"]).tolist():
        row = {
            **DEFAULTS,
            **plan.constants,
            **{name: int(values[position]) for name, values in block.columns.items()},
        }
        found = happenings(flow, row, plan.gaps[row["gaps"]])
        times[position] = {event.place: event.at for event in found}
    return times
