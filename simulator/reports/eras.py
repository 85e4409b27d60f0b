"""A record of each kind in the shape of both sides of the change, and what differs."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.conversion import Options, Resolver, converted
from simulator.primitives.comparison import Difference, differences
from simulator.records.eras import ERA_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.reports.samples import Sample

BEFORE, AFTER = ERA_NAMES[-2:]
"""The eras on either side of the announced change."""
_UNTOUCHED: Final = "same"


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One record in two eras."""

    kind: str
    event_id: str
    origin: str
    """Era that the record was in."""
    members: tuple[Difference, ...]
    """Every member of either."""
    left: tuple[str, ...]
    """What would be otherwise in the other era, if it were known; a member and a reason each."""

    @property
    def differs(self) -> bool:
        """Whether there is any difference."""
        return any(one.what != _UNTOUCHED for one in self.members)


def sides(firsts: Mapping[tuple[str, str], Sample], resolver: Resolver) -> Iterator[SideBySide]:
    """Yield a record of each kind in both eras, as far as its kind and era are known.

    Args:
        firsts: A record by kind and era.
        resolver: Whose id is whose name.
    """
    for kind in sorted({kind for kind, _ in firsts}):
        for era, other in ((BEFORE, AFTER), (AFTER, BEFORE)):
            sample = firsts.get((kind, era))
            if sample is not None:
                yield _side(sample.record, kind, era, Options(other, resolver, source=era))
                break


def _side(record: dict[str, Any], kind: str, era: str, options: Options) -> SideBySide:
    # Converting changes a record in place.
    made = converted(deepcopy(record), options)
    before, after = (record, made.record) if era == BEFORE else (made.record, record)
    return SideBySide(
        kind=kind,
        event_id=str(record.get("eventID", "")),
        origin=era,
        members=tuple(differences(before, after)),
        left=tuple(f"{one.path}: {one.reason}" for one in made.changes if one.what == "left"),
    )
