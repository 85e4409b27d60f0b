"""What a stream has to know of each record beside its bytes, in a form that can travel.

It is made where records are rendered, in this process or a worker, as rows of fixed width:
an output of a run like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.delivery.trail import recipients

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.delivery.overrides import Delivered
    from simulator.plan.episodes import Plan

ROW: Final = np.dtype(
    [
        ("time", "<i8"),  # when it happened, in milliseconds
        ("size", "<i8"),  # bytes, without a line end
        ("kind", "<i4"),  # position in records.kinds.KINDS
        ("era", "<i4"),  # position in records.eras.ERAS
        ("account", "S12"),  # recipient account
        ("region", "S32"),
    ]
)
"""What is known of a record."""


@dataclass(frozen=True, slots=True)
class LedgerLines:
    """A row for each record."""

    plan: Plan
    """What the records' columns point into."""

    def of(self, delivered: Delivered) -> Iterator[memoryview]:
        """See `Lines.of`."""
        batch = delivered.batch
        rows = np.empty(len(batch), ROW)
        rows["time"] = batch.columns["time"]
        rows["size"] = np.diff(batch.starts) - 1
        rows["kind"], rows["era"] = batch.kind, batch.era
        streams, which = recipients(batch, self.plan)
        if streams:
            rows["account"] = np.array([one.account for one in streams], "S12")[which]
            rows["region"] = np.array([one.region for one in streams], "S32")[which]
        yield memoryview(rows.tobytes())
