"""Records for those who write them in other forms, and what takes them out again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import orjson

from simulator.delivery.overrides import Delivered, delivered
from simulator.engines import vectorised
from simulator.engines.batches import Finished, joined_lines
from simulator.flows import FLOW_INDEX, FLOWS
from simulator.plan.episodes import block_of
from simulator.primitives.instants import MINUTE
from tests.builders import START, a_plan, a_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.plan.episodes import Plan
    from simulator.sinks.interface import Lines

DROPPED: Final = object()
"""Stands for a member that is left out."""

SIGN_IN, CREATE_GROUP = FLOW_INDEX["sign-in"], FLOW_INDEX["sso-directory/CreateGroup"]


class Heap:
    """An output that keeps what it takes."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: bytes | memoryview) -> None:
        """See `Output.write`."""
        self.pieces.append(bytes(data))

    @property
    def text(self) -> bytes:
        """All of it."""
        return b"".join(self.pieces)


def a_morning(*, escapes: bool = False) -> Plan:
    """Return a plan of four records: a sign-in, and a minute later a group is created."""
    sign_in, create = FLOWS[SIGN_IN], FLOWS[CREATE_GROUP]
    return a_plan(
        [
            block_of(sign_in, [a_row(sign_in)]),
            block_of(create, [a_row(create, key_low=5, start=START + MINUTE)]),
        ],
        escapes=escapes,
    )


def every_flow(**settings) -> Plan:
    """Return a plan of an episode of every flow, a minute apart, in which every kind occurs."""
    blocks = []
    for nth, flow in enumerate(FLOWS):
        refused = {"refusals": 1} if "refusals" in flow.columns else {}
        row = a_row(flow, key_low=nth, start=START + nth * MINUTE, **refused)
        blocks.append(block_of(flow, [row]))
    return a_plan(blocks, **settings)


def finished(plan: Plan, changes: Mapping[int, Mapping[str, object]] | None = None) -> Delivered:
    """Return all records of a plan, members of some replaced as an override would."""
    batch = vectorised.render(plan, 0, plan.horizon)
    if not changes:
        return delivered(batch, plan)
    lines = batch.lines
    for position, members in changes.items():
        record = {**orjson.loads(lines[position]), **members}
        kept = {name: value for name, value in record.items() if value is not DROPPED}
        lines[position] = orjson.dumps(kept)
    data, starts = joined_lines(lines)
    return Delivered(replace(batch, text=Finished(data), starts=starts), frozenset(changes))


def written(lines: Lines, records: Delivered) -> list[bytes]:
    """Return what is written of records, line by line."""
    text = b"".join(bytes(piece) for piece in lines.of(records))
    assert text.endswith(b"\n") or not text
    return text.split(b"\n")[:-1]


def from_envelopes(text: bytes) -> list[bytes]:
    """Return the records in envelopes of EventBridge, byte by byte."""
    return [line.partition(b',"detail":')[2][:-1] for line in text.splitlines()]


def from_payloads(text: bytes) -> list[bytes]:
    """Return the records in payloads of a subscription, byte by byte."""
    payloads = map(orjson.loads, text.splitlines())
    return [event["message"].encode() for payload in payloads for event in payload["logEvents"]]


def from_answers(text: bytes) -> list[bytes]:
    """Return the records in answers of LookupEvents, byte by byte, the oldest first."""
    answers = map(orjson.loads, text.splitlines())
    packed = [event["CloudTrailEvent"].encode() for answer in answers for event in answer["Events"]]
    return packed[::-1]
