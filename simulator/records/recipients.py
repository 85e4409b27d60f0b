"""To whom records are delivered: the members of a shape that say so.

CloudTrail delivers a record to one account and under one Region, and the record names both.
So a shape is all there is to declare: a kind that goes to another account, or happens in
another Region, says it by these two members.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from simulator.records.eras import ERAS
from simulator.records.fields import FIELDS
from simulator.records.kinds import KIND_NAMES
from simulator.records.shapes import Node, Object, conditions, slots

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where records of one shape go."""

    account: Node
    """The recipient account's id."""

    region: Node
    """The Region."""

    def columns(self) -> frozenset[str]:
        """Return the columns of a row that it depends on."""
        asked: set[str] = set()
        for node in (self.account, self.region):
            asked.update(name for when in conditions(node) for name in when.columns())
            asked.update(name for slot in slots(node) for name in FIELDS[slot].codec.columns())
        return frozenset(asked)


def recipient_of(shape: Node) -> Recipient:
    """Return where records of a shape go.

    Raises:
        KeyError: The shape does not say so in every record.
    """
    assert isinstance(shape, Object)
    always = {member.name: member.node for member in shape.members if not member.when.columns()}
    return Recipient(always["recipientAccountId"], always["awsRegion"])


@cache
def recipients_by_kind() -> tuple[tuple[Recipient, ...], NDArray[np.int64]]:
    """Return every way to go, and which of them records go: by kind and era, by position."""
    every: dict[Recipient, int] = {}
    which = np.zeros((len(KIND_NAMES), len(ERAS)), np.int64)
    for place, era in enumerate(ERAS):
        for number, kind in enumerate(KIND_NAMES):
            if kind in era.shapes:
                which[number, place] = every.setdefault(recipient_of(era.shape(kind)), len(every))
    return tuple(every), which
