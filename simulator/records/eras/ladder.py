"""Eras: each is the one before plus a short list of changes.

Which era a record is in depends on when its event happened, so that one run can cross a
boundary. An era file states its changes and quotes the announcement's row for each;
adding an era edits no other file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from simulator.records.shapes import Edit, Node, assembled, edited

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

FAR = 1 << 61
"""Later, or with a minus earlier, than any instant."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row of an announcement, as edits."""

    quote: str
    """The row, in the announcement's words."""

    parts: Mapping[str, tuple[Edit, ...]]
    """Edits to shared parts, by part name."""

    kinds: Mapping[str, tuple[Edit, ...]]
    """Edits to shapes, by kind name."""

    swaps: Mapping[str, Node] = field(default_factory=dict)
    """Parts that become something else as a whole, by part name."""


@dataclass(frozen=True, slots=True)
class Era:
    """A span of time in which record shapes did not change."""

    name: str
    """Such as `post-january-2025`."""

    source: str
    """The page that announced it."""

    shapes: Mapping[str, Node]
    """Kind name to shape, with its parts not yet put in."""

    parts: Mapping[str, Node]
    """Shared pieces of shapes."""

    changes: tuple[Change, ...] = ()
    """What makes it of the era before, in this order; none for the oldest."""

    _whole: dict[str, Node] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Shapes that were asked for before."""

    def shape(self, kind: str) -> Node:
        """Return the whole shape of a kind."""
        made = self._whole.get(kind)
        if made is None:
            made = self._whole[kind] = assembled(self.shapes[kind], self.parts)
        return made


def climb(below: Era, name: str, source: str, changes: tuple[Change, ...]) -> Era:
    """Return the era that follows another by these changes."""
    shapes, parts = dict(below.shapes), dict(below.parts)
    for change in changes:
        for key, node in change.swaps.items():
            if key not in parts:
                message = f"no part {key!r} to swap"
                raise KeyError(message)
            parts[key] = node
        for target, table in ((change.parts, parts), (change.kinds, shapes)):
            for key, edits in target.items():
                for edit in edits:
                    table[key] = edited(table[key], edit)
    return Era(name, source, shapes, parts, changes)


def rungs(below: Era, above: Era) -> tuple[Era, ...]:
    """Return the era after each of the changes that lead from one era to the next, in order.

    The last one's shapes are those of `above`.
    """
    made = []
    for change in above.changes:
        below = climb(below, above.name, above.source, (change,))
        made.append(below)
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Boundaries:
    """When each era begins, for two families of events: `groups` and all others.

    The roll-out reached CreateGroup and UpdateGroup before the rest, so they have
    boundaries of their own.
    """

    groups: tuple[int, ...]
    """Start of the second, third … era, in milliseconds, ascending."""

    rest: tuple[int, ...]
    """The same for every other event."""

    def era_at(self, at: int, *, is_group: bool) -> int:
        """Return the position of the era an instant is in."""
        return sum(at >= start for start in (self.groups if is_group else self.rest))

    def era_at_many(self, at: NDArray[np.int64], *, is_group: bool) -> NDArray[np.int64]:
        """Ask as `era_at` does, for every instant."""
        starts = np.array(self.groups if is_group else self.rest, np.int64)
        return np.searchsorted(starts, at, side="right")


def pinned(era: int, eras: int) -> Boundaries:
    """Return boundaries that put every event in one era."""
    starts = tuple(-FAR if place < era else FAR for place in range(eras - 1))
    return Boundaries(starts, starts)
