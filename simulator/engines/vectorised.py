"""From plan to records, a column at a time.

Theory of operation. A window of time selects episodes. For every step of their flows one
mask says in which episodes it happens, and one running clock says when; the events of a
kind are gathered from all steps into columns. Records of one kind, era and combination of
members share a template, so that a record is a join of fixed text and field texts, each
field spelled for all records at once. Last, records are put in order.

Nothing here decides anything, and no event or field is named: that stands in the plan, in
flows and in shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from simulator.engines.batches import SHARED, RecordBatch
from simulator.engines.templates import Template, compiled
from simulator.flows import FLOW_INDEX
from simulator.flows.steps import GAP, Flow, happenings
from simulator.primitives.columns import dtype_of
from simulator.primitives.jsontext import java_escaped
from simulator.primitives.keys import word_at_many
from simulator.records.eras import ERAS
from simulator.records.fields import DEFAULTS, FIELDS
from simulator.records.kinds import GROUPS, KIND_INDEX, KINDS
from simulator.records.shapes import conditions, slots

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from simulator.plan.episodes import Block, Plan
    from simulator.primitives.columns import Column
    from simulator.primitives.conditions import Condition


@dataclass(frozen=True, slots=True)
class _Events:
    """Events of one step: which episodes have it, and when."""

    block: Block
    step: int
    positions: NDArray[np.int64]
    time: NDArray[np.int64]
    request: NDArray[np.int64]

    def column(self, name: str, constants: Mapping[str, int]) -> Column:
        """Return a column with one value an event."""
        count = len(self.positions)
        made = {"time": self.time, "request": self.request}.get(name)
        if made is not None:
            return made
        if name == "step":
            return np.full(count, self.step, np.int64)
        sets = self.block.flow.steps[self.step].sets
        if name in sets:
            return np.full(count, sets[name], dtype_of(name))
        if name in self.block.columns:
            return self.block.columns[name][self.positions]
        fixed = constants[name] if name in constants else DEFAULTS[name]
        return np.full(count, fixed, dtype_of(name))


def render(plan: Plan, start: int, end: int) -> RecordBatch:
    """Return the records of all events from `start` until before `end`, in order."""
    by_kind: dict[int, list[_Events]] = {}
    for block in plan.touching(start, end):
        for events in _expanded(block, plan, start, end):
            kind = KIND_INDEX[block.flow.steps[events.step].kind]
            by_kind.setdefault(kind, []).append(events)
    lines: list[bytes] = []
    shared: list[dict[str, Column]] = []
    for kind in sorted(by_kind):
        rendered, columns = _rendered(kind, by_kind[kind], plan)
        lines += rendered
        shared.append(columns)
    return _in_order(lines, shared)


def _in_order(lines: list[bytes], shared: list[dict[str, Column]]) -> RecordBatch:
    names = (*SHARED, "kind", "era", "flow")
    if not shared:
        columns: dict[str, Column] = {name: np.zeros(0, dtype_of(name)) for name in names}
    else:
        columns = {name: np.concatenate([part[name] for part in shared]) for name in names}
    order = np.lexsort((columns["step"], columns["key_low"], columns["key_high"], columns["time"]))
    placed = {name: values[order] for name, values in columns.items()}
    return RecordBatch(
        lines=[lines[place] for place in order.tolist()],
        kind=placed.pop("kind").astype(np.int64),
        era=placed.pop("era").astype(np.int64),
        flow=placed.pop("flow").astype(np.int64),
        columns=placed,
    )


def _expanded(block: Block, plan: Plan, start: int, end: int) -> Iterator[_Events]:
    """Yield the events of a block that lie in the window, a step at a time."""
    columns, flow, count = _with_defaults(block, plan), block.flow, len(block)
    clock = block.columns["start"].astype(np.int64)
    request = np.zeros(count, np.int64)
    begun = np.zeros(count, np.bool_)
    high = block.columns["key_high"].astype(np.uint64, copy=False)
    low = block.columns["key_low"].astype(np.uint64, copy=False)
    fixed = _fixed_times(block, flow, plan)
    for place, step in enumerate(flow.steps):
        happens = step.when.many(columns, count)
        if not happens.any():
            continue
        if step.gap is not None:
            drawn = step.gap.at_many(word_at_many(high, low, GAP, place))
            clock = np.where(happens, clock + drawn, clock)
            request = np.where(happens, place, request)
        else:
            request = np.where(happens & ~begun, place, request)
        begun |= happens
        for position, times in fixed.items():
            if place in times:
                clock[position] = times[place]
        inside = np.flatnonzero(happens & (clock >= start) & (clock < end))
        if len(inside):
            yield _Events(block, place, inside, clock[inside], request[inside])


def _with_defaults(block: Block, plan: Plan) -> dict[str, Column]:
    scalars = {**DEFAULTS, **plan.constants}
    made: dict[str, Column] = {name: np.array(value) for name, value in scalars.items()}
    made.update(block.columns)
    return made


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


def _rendered(
    kind: int, events: list[_Events], plan: Plan
) -> tuple[list[bytes], dict[str, Column]]:
    """Return the records of one kind, and their shared columns, in the order gathered."""
    gathered: dict[str, Column] = {}

    def column(name: str) -> Column:
        if name not in gathered:
            parts = [part.column(name, plan.constants) for part in events]
            gathered[name] = np.concatenate(parts)
        return gathered[name]

    shared: dict[str, Column] = {name: column(name) for name in SHARED}
    time = shared["time"].astype(np.int64, copy=False)
    era = plan.boundaries.era_at_many(time, is_group=KINDS[kind].group == GROUPS)
    shared["kind"] = np.full(len(time), kind, np.int64)
    shared["era"] = era.astype(np.int64)
    shared["flow"] = np.repeat(
        [FLOW_INDEX[part.block.flow.name] for part in events],
        [len(part.positions) for part in events],
    ).astype(np.int64)

    lines: list[bytes] = [b""] * len(time)
    for place in np.unique(era).tolist():
        shape = ERAS[place].shape(KINDS[kind].name)
        asked = tuple(dict.fromkeys(when for when in conditions(shape) if when.columns()))
        read = {name for when in asked for name in when.columns()}
        read |= {name for slot in slots(shape) for name in FIELDS[slot].codec.columns()}
        chosen = np.flatnonzero(era == place)
        rows = {name: column(name)[chosen] for name in sorted(read)}
        for answers, members in _variants(asked, rows, len(chosen)):
            template = compiled(shape, answers, plan.tables)
            part = {name: values[members] for name, values in rows.items()}
            made = _filled(template, part, len(members), plan)
            for position, line in zip(chosen[members].tolist(), made, strict=True):
                lines[position] = line
    return lines, shared


def _variants(
    asked: tuple[Condition, ...], rows: Mapping[str, Column], count: int
) -> Iterator[tuple[dict[Condition, bool], NDArray[np.int64]]]:
    """Yield every combination of answers that occurs, and which rows give it."""
    if not asked:
        yield {}, np.arange(count)
        return
    codes = np.zeros(count, np.int64)
    for bit, when in enumerate(asked):
        codes |= when.many(rows, count).astype(np.int64) << bit
    for code in np.unique(codes).tolist():
        answers = {when: bool(code >> bit & 1) for bit, when in enumerate(asked)}
        yield answers, np.flatnonzero(codes == code)


def _filled(
    template: Template, rows: Mapping[str, Column], count: int, plan: Plan
) -> Iterator[bytes]:
    """Yield one line a row: the template's texts and fields in turn."""
    pieces: list[list[bytes] | repeat[bytes]] = [repeat(template.texts[0], count)]
    for field, text in zip(template.fields, template.texts[1:], strict=True):
        pieces.append(FIELDS[field].codec.many(rows, count, plan.tables).tolist())
        pieces.append(repeat(text, count))
    made = map(b"".join, zip(*pieces, strict=True))
    return map(java_escaped, made) if plan.escapes else made
