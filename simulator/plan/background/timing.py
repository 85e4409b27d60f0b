"""How many records an episode leaves and when the last one happens, many episodes at a time.

Which steps of a flow happen depends on a few small columns, so that conditions are asked
once for each combination of their values that ever occurs; times are then drawn for the
steps that happen, and for no other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from simulator.flows.steps import GAP
from simulator.primitives.keys import word_of_many
from simulator.records.fields import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.flows.steps import Flow
    from simulator.primitives.columns import Column
    from simulator.primitives.keys import KeyColumn

Numbers: TypeAlias = "NDArray[np.int64]"

_BITS: Final = 5
"""Of a column that a condition asks about: 63 / 5 of them fit into a number."""


@dataclass(slots=True)
class _Course:
    """What is known so far of how a flow can go."""

    flow: Flow
    names: tuple[str, ...]
    """Columns that its conditions ask about."""
    table: Numbers
    """By step: where in `lows` its distribution begins."""
    lows: Numbers
    increments: Numbers
    """`Quantiles.lows` and `steps` of all steps, end to end."""
    codes: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))
    """Combinations of values that have occurred, ascending."""
    records: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))
    """Records of each combination."""
    begins: Numbers = field(default_factory=lambda: np.zeros(1, np.int64))
    """Where its steps begin in `steps`, and where the last ones end."""
    steps: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))
    """Places of the steps that take time, combination after combination."""
    _known: dict[int, tuple[int, tuple[int, ...]]] = field(default_factory=dict)

    def learn(self, codes: list[int]) -> None:
        """Ask the conditions about combinations that are new."""
        for code in codes:
            row = {
                name: code >> (_BITS * place) & ((1 << _BITS) - 1)
                for place, name in enumerate(self.names)
            }
            there = [
                (place, step)
                for place, step in enumerate(self.flow.steps)
                if step.when.one({**DEFAULTS, **row})
            ]
            timed = [place for place, step in there if step.gap is not None and step.gap.greatest]
            self._known[code] = (len(there), tuple(timed))
        known = sorted(self._known.items())
        self.codes = np.array([code for code, _ in known], np.int64)
        self.records = np.array([count for _, (count, _) in known], np.int64)
        self.begins = np.cumsum([0, *(len(timed) for _, (_, timed) in known)]).astype(np.int64)
        self.steps = np.array([place for _, (_, timed) in known for place in timed], np.int64)

    def at(self, code: Numbers) -> Numbers:
        """Return the place in `codes` of each of some combinations."""
        place = np.searchsorted(self.codes, code)
        if len(self.codes):
            place[place == len(self.codes)] = 0
            new = self.codes[place] != code
            if not new.any():
                return place
            code_new = code[new]
        else:
            code_new = code
        self.learn(sorted(set(code_new.tolist())))
        return np.searchsorted(self.codes, code)


_COURSES: Final[dict[str, _Course]] = {}
"""By the flow's name: to hash a flow takes longer than to use what is known of it."""


def _course(flow: Flow) -> _Course:
    made = _COURSES.get(flow.name)
    if made is not None and made.flow is flow:
        return made
    names = tuple(sorted({name for step in flow.steps for name in step.when.columns()}))
    none = np.zeros(0, np.int64)
    begins, lows, increments, size = [], [none], [none], 0
    for step in flow.steps:
        begins.append(size)
        if step.gap is not None:
            lows.append(step.gap.lows)
            increments.append(step.gap.steps)
            size += len(step.gap.lows)
    made = _Course(
        flow,
        names,
        np.array(begins, np.int64),
        np.concatenate(lows),
        np.concatenate(increments),
    )
    _COURSES[flow.name] = made
    return made


def measured(
    flow: Flow, columns: Mapping[str, Column | int | str], key: KeyColumn, start: Numbers
) -> tuple[Numbers | int, Numbers]:
    """Return how many records each of some episodes leaves, and when the last one happens.

    Args:
        columns: What the flow's conditions ask about, where it is not the default.
        key: The episodes' keys.
        start: When they begin.
    """
    course = _course(flow)
    fixed, code = 0, None
    for place, name in enumerate(course.names):
        value = columns[name] if name in columns else DEFAULTS[name]
        if isinstance(value, int):
            fixed |= value << (_BITS * place)
            continue
        assert not isinstance(value, str)
        part = value.astype(np.int64) << np.int64(_BITS * place)
        code = part if code is None else np.bitwise_or(code, part, out=code)
    if code is None:
        return _all_alike(course, fixed, key, start)
    pattern = course.at(np.bitwise_or(code, np.int64(fixed), out=code))
    begins = course.begins[pattern]
    counts = course.begins[pattern + 1] - begins
    ends = np.cumsum(counts)
    row = np.repeat(np.arange(len(start)), counts)
    steps = course.steps[np.arange(len(row)) + (begins - ends + counts)[row]]
    words = word_of_many(key.stem(GAP)[row], steps.view(np.uint64))
    # As `Quantiles.at_many`, each word in its own step's table.
    index = (words >> np.uint64(54)).view(np.int64)
    np.add(index, course.table[steps], out=index)
    fraction = ((words << np.uint64(10)) >> np.uint64(32)).view(np.int64)
    passed = course.increments[index]
    np.multiply(passed, fraction, out=passed)
    np.right_shift(passed, np.int64(32), out=passed)
    np.add(passed, course.lows[index], out=passed)
    until = np.concatenate([np.zeros(1, np.int64), np.cumsum(passed)])
    return course.records[pattern], start + (until[ends] - until[ends - counts])


def reached(flow: Flow, name: str, key: KeyColumn, start: Numbers) -> Numbers:
    """Return when a step happens, if every step before it does."""
    stem, at = key.stem(GAP), start
    for place, step in enumerate(flow.steps):
        if step.gap is not None and step.gap.greatest:
            at = at + step.gap.at_many(word_of_many(stem, place))
        if step.name == name:
            return at
    message = f"flow {flow.name} has no step {name!r}"
    raise KeyError(message)


def _all_alike(course: _Course, code: int, key: KeyColumn, start: Numbers) -> tuple[int, Numbers]:
    (pattern,) = course.at(np.array([code], np.int64)).tolist()
    clock = start
    steps = course.steps[course.begins[pattern] : course.begins[pattern + 1]].tolist()
    stem = key.stem(GAP) if steps else None
    for place in steps:
        gap = course.flow.steps[place].gap
        assert gap is not None
        assert stem is not None
        clock = clock + gap.at_many(word_of_many(stem, place))
    return int(course.records[pattern]), clock
