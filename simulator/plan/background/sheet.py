"""Where chains of episodes are written down, an episode of many chains at a time.

All episodes of a chain lie before the chain's limit: the end of the window, of the portal
session or of the work that is done in it. What would end later is not written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from simulator.flows import access_portal, mfa, sign_in
from simulator.flows.steps import EPISODE_COLUMNS, GAP, Flow
from simulator.primitives.columns import dtype_of
from simulator.primitives.keys import KeyColumn, word_at_many
from simulator.records.fields import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.primitives.columns import Column

Positions: TypeAlias = "NDArray[np.int64]"

_END: Final = frozenset({"session_end"})
_TOKEN: Final = _END | {"by_token", "token_high", "token_low", "token_expiry"}
_BEYOND: Final = {
    sign_in.SIGN_IN.name: frozenset({"typed_form", "slip"}),
    sign_in.SIGN_IN_BY_IDP.name: frozenset({"session_high", "session_low"}),
    **{flow.name: _END for flow in (*access_portal.FLOWS, mfa.LIST)},
    access_portal.PORTAL_ACCOUNTS.name: _TOKEN,
    access_portal.PORTAL_ROLES.name: _TOKEN,
    access_portal.CREDENTIALS.name: _TOKEN,
}
"""Columns that episodes of a flow have here beyond what the flow asks for."""

CHAIN: Final = "chain"
"""The column that tells which chain an episode is of; it does not go into the plan."""


def measured(
    flow: Flow, columns: Mapping[str, Column | int], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many records each of `count` episodes leaves, and when the last one happens."""
    held = {name: np.asarray(values) for name, values in {**DEFAULTS, **columns}.items()}
    high, low = held["key_high"], held["key_low"]
    clock = held["start"].astype(np.int64)
    records = np.zeros(count, np.int64)
    for place, step in enumerate(flow.steps):
        happens = np.flatnonzero(step.when.many(held, count))
        if not len(happens):
            continue
        records[happens] += 1
        if step.gap is not None and step.gap.greatest:
            words = word_at_many(high[happens], low[happens], GAP, place)
            clock[happens] += step.gap.at_many(words)
    return records, clock


class Sheet:
    """Episodes of some chains, and how far each chain has come."""

    def __init__(self, start: NDArray[np.int64], limit: NDArray[np.int64]) -> None:
        """Begin each chain at its start.

        Args:
            limit: The instant before which all of a chain's records must be; it may be
                lowered while the sheet is written.
        """
        self.clock = start.copy()
        """When the last record of each chain happens."""
        self.records = np.zeros(len(start), np.int64)
        """Records of each chain."""
        self.limit = limit
        self.parts: dict[str, list[dict[str, Column]]] = {}
        """Columns of episodes by flow's name."""

    def write(
        self,
        flow: Flow,
        chains: Positions,
        key: KeyColumn,
        start: NDArray[np.int64],
        columns: Mapping[str, Column | int],
    ) -> Positions:
        """Write one more episode of each of some chains, and return those it was written for.

        Args:
            chains: Positions, none twice; the other columns have one value for each.
        """
        given: dict[str, Column | int] = {
            **columns,
            "key_high": key.high,
            "key_low": key.low,
            "start": start,
            "gaps": 0,
            CHAIN: chains,
        }
        records, ends = measured(flow, given, len(chains))
        fits = ends < self.limit[chains]
        kept = slice(None) if fits.all() else np.flatnonzero(fits)
        written = chains[kept]
        if not len(written):
            return written
        self.records[written] += records[kept]
        self.clock[written] = np.maximum(self.clock[written], ends[kept])
        made: dict[str, Column] = {}
        for name in sorted(
            flow.columns | EPISODE_COLUMNS | _BEYOND.get(flow.name, frozenset()) | {CHAIN}
        ):
            value = given[name] if name in given else DEFAULTS[name]
            made[name] = _column(name, value, len(written), kept)
        self.parts.setdefault(flow.name, []).append(made)
        return written


def _column(name: str, value: Column | int, count: int, kept: slice | NDArray[np.int64]) -> Column:
    if isinstance(value, int):
        return _full(name, value, count)
    some = value[kept]
    if dtype_of(name) is np.uint64:
        return some.astype(np.uint64, copy=False)
    return some.astype(np.int64, copy=False)


def _full(name: str, value: int, count: int) -> Column:
    if dtype_of(name) is np.uint64:
        return np.full(count, value, np.uint64)
    return np.full(count, value, np.int64)
