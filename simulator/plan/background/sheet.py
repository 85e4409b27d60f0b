"""Where chains of episodes are written down, an episode of many chains at a time.

All episodes of a chain lie before the chain's limit: the end of the window, of the portal
session or of the work that is done in it. What would end later is not written.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from simulator.flows import FLOW_INDEX, FLOWS, access_portal, mfa, sign_in
from simulator.flows.steps import EPISODE_COLUMNS, Flow
from simulator.plan.background.timing import measured
from simulator.plan.episodes import Block, order_of, taken
from simulator.primitives.columns import constant, dtype_of
from simulator.records.fields import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from simulator.primitives.columns import Column
    from simulator.primitives.keys import KeyColumn

Positions: TypeAlias = "NDArray[np.int64]"

Value: TypeAlias = "Column | int | str"
"""A column's values, one for all episodes, or the name of a column of the chains."""

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


@dataclass(slots=True)
class _Part:
    """Episodes of one flow, written together; none of a chain twice."""

    chain: Positions
    columns: dict[str, Value]
    """See `Sheet.write`."""
    lasts: int
    """Milliseconds from an episode's start to its last event, at most."""

    def timed(self, column: str) -> Column:
        """Return a column that differs from episode to episode."""
        value = self.columns[column]
        assert not isinstance(value, int | str)
        return value


class Sheet:
    """Episodes of some chains, and how far each chain has come."""

    def __init__(
        self,
        start: NDArray[np.int64],
        limit: NDArray[np.int64],
        shared: Mapping[str, Column] | None = None,
    ) -> None:
        """Begin each chain at its start.

        Args:
            limit: The instant before which all of a chain's records must be; it may be
                lowered while the sheet is written.
            shared: Columns that are the same in all episodes of a chain, unless an episode
                says otherwise.
        """
        self.clock = start.copy()
        """When the last record of each chain happens."""
        self.records = np.zeros(len(start), np.int64)
        """Records of each chain."""
        self.limit = limit
        self.shared = dict(shared or {})
        self._parts: dict[str, list[_Part]] = {}

    def write(
        self,
        flow: Flow,
        chains: Positions,
        key: KeyColumn,
        start: NDArray[np.int64],
        columns: Mapping[str, Value],
    ) -> Positions:
        """Write one more episode of each of some chains, and return those it was written for.

        Args:
            chains: Positions, none twice, ascending; other columns have one value for each,
                one for all, or the name of a column in `shared`.
        """
        if not len(chains):
            return chains
        records, ends = measured(flow, columns, key, start)
        fits = ends < self.limit[chains]
        own: dict[str, Value] = {
            **columns,
            "key_high": key.high,
            "key_low": key.low,
            "start": start,
        }
        if not fits.all():
            kept = np.flatnonzero(fits)
            chains, start, ends = chains[kept], start[kept], ends[kept]
            records = records if isinstance(records, int) else records[kept]
            own = {
                name: value if isinstance(value, int | str) else value[kept]
                for name, value in own.items()
            }
            if not len(chains):
                return chains
        self.records[chains] += records
        self.clock[chains] = np.maximum(self.clock[chains], ends)
        part = _Part(chains, own, int((ends - start).max()))
        self._parts.setdefault(flow.name, []).append(part)
        return chains

    def blocks(self, admitted: NDArray[np.bool_]) -> Iterator[Block]:
        """Yield the episodes of the admitted chains, a block a flow."""
        for name, parts in self._parts.items():
            flow = FLOWS[FLOW_INDEX[name]]
            chain = parts[0].chain
            if len(parts) > 1:
                chain = np.concatenate([part.chain for part in parts])
            held = {
                column: _whole(column, [one.timed(column) for one in parts], parts)
                for column in ("start", "key_high", "key_low")
            }
            kept = admitted[chain].nonzero()[0]
            if not len(kept):
                continue
            if len(kept) == len(chain):
                order = order_of(held)
            else:
                order = kept[order_of({column: held[column][kept] for column in held})]
            chain = chain.take(order)
            columns: dict[str, Column] = {}
            for column in _columns_of(name):
                if column in held:
                    columns[column] = held[column].take(order)
                    continue
                values = [self._value(column, one) for one in parts]
                usual = values[0]
                if isinstance(usual, str) and all(
                    isinstance(value, str) and value == usual for value in values
                ):
                    columns[column] = self.shared[usual].take(chain)
                    continue
                given = [
                    self.shared[value][one.chain] if isinstance(value, str) else value
                    for value, one in zip(values, parts, strict=True)
                ]
                columns[column] = taken(_whole(column, given, parts), order)
            yield Block(flow, columns, max(one.lasts for one in parts))

    def _value(self, column: str, part: _Part) -> Value:
        if column in part.columns:
            return part.columns[column]
        if column in self.shared:
            return column
        return 0 if column == "gaps" else DEFAULTS[column]


@cache
def _columns_of(name: str) -> tuple[str, ...]:
    """Return the columns that episodes of a flow have."""
    flow = FLOWS[FLOW_INDEX[name]]
    return tuple(sorted(flow.columns | EPISODE_COLUMNS | _BEYOND.get(name, frozenset())))


def _whole(name: str, values: Sequence[Column | int], parts: list[_Part]) -> Column:
    """Return values of several parts end to end; one for all takes no memory."""
    first, dtype = values[0], dtype_of(name)
    if isinstance(first, int) and all(
        isinstance(value, int) and value == first for value in values
    ):
        return constant(name, first, sum(len(part.chain) for part in parts))
    made: list[Column] = [
        np.full(len(part.chain), value, dtype)
        if isinstance(value, int)
        else value.astype(dtype, copy=False)
        for value, part in zip(values, parts, strict=True)
    ]
    return made[0] if len(made) == 1 else np.concatenate(made)
