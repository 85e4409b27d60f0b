"""From plan to records, one event at a time: the definition.

Meant to be read. It interprets flows and shapes as they are declared and is never made
faster; the vectorised engine must give the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from simulator.engines.batches import RecordBatch, packed
from simulator.flows import FLOW_INDEX
from simulator.flows.steps import happenings
from simulator.primitives.jsontext import Json, java_escaped, json_text
from simulator.records.eras import ERAS
from simulator.records.fields import DEFAULTS, FIELDS
from simulator.records.kinds import GROUPS, KIND_INDEX, KINDS
from simulator.records.shapes import Array, Const, Node, Object, OneOf, Slot, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.plan.episodes import Plan
    from simulator.primitives.columns import Tables

Row: TypeAlias = dict[str, int]


def render(plan: Plan, start: int, end: int) -> RecordBatch:
    """Return the records of all events from `start` until before `end`, in order."""
    rows = (
        sorted(
            (row for row in _events(plan) if start <= row["time"] < end),
            key=lambda row: (row["time"], row["key_high"], row["key_low"], row["step"]),
        )
        if start < end
        else []
    )
    return packed([record_line(plan, row) for row in rows], rows)


def _events(plan: Plan) -> Iterator[Row]:
    """Yield a row for every event of the plan."""
    for block in plan.whole():
        for own in block.rows():
            episode = {**DEFAULTS, **plan.constants, **own}
            for event in happenings(block.flow, episode, plan.gaps[episode["gaps"]]):
                kind = KIND_INDEX[event.step.kind]
                yield {
                    **episode,
                    **event.step.sets,
                    "flow": FLOW_INDEX[block.flow.name],
                    "kind": kind,
                    "era": plan.boundaries.era_at(event.at, is_group=KINDS[kind].group == GROUPS),
                    "time": event.at,
                    "step": event.place,
                    "request": event.request,
                }


def record_line(plan: Plan, row: Row) -> bytes:
    """Return the record of one event as a line of JSON, without its end."""
    shape = ERAS[row["era"]].shape(KINDS[row["kind"]].name)
    line = json_text(value_of(shape, row, plan.tables))
    return java_escaped(line) if plan.escapes else line


def value_of(node: Node, row: Mapping[str, int], tables: Tables) -> Json:
    """Return what a shape says of a row."""
    match node:
        case Const(value):
            return value
        case Slot(field):
            return FIELDS[field].codec.one(row, tables)
        case Text(parts):
            return "".join(
                part if isinstance(part, str) else str(FIELDS[part.field].codec.one(row, tables))
                for part in parts
            )
        case Object(members):
            return {
                member.name: value_of(member.node, row, tables)
                for member in members
                if member.when.one(row)
            }
        case Array(items):
            return [value_of(item, row, tables) for item in items]
        case OneOf(cases):
            return next(value_of(inner, row, tables) for when, inner in cases if when.one(row))
        case _:
            message = f"{node!r} was not put in its place"
            raise TypeError(message)
