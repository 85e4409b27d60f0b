"""Which records are shown as they are: scripted ones first, one of each kind, some of the rest.

Of the rest those are taken whose eventID has the lowest checksum: the same ones whatever the
order in which they are read, and spread evenly over it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

if TYPE_CHECKING:
    from simulator.reports.facts import Fact

_MALICIOUS, _SUSPICIOUS, _SCRIPTED, _FIRST, _OTHER = range(5)
_RANKS: Final = {"malicious": _MALICIOUS, "suspicious": _SUSPICIOUS}


@dataclass(frozen=True, slots=True)
class Sample:
    """A record that is shown."""

    fact: Fact
    record: dict[str, Any]


@dataclass(slots=True)
class Samples:
    """Picks records."""

    most: int
    """How many are kept."""
    met: int = 0
    """Of how many."""
    firsts: dict[tuple[str, str], Sample] = field(default_factory=dict)
    """The first record of each kind in each era."""
    _heap: list[tuple[int, int, int, Sample]] = field(default_factory=list)

    def add(self, fact: Fact, record: dict[str, Any]) -> None:
        """Take notice of a record."""
        self.met += 1
        sample = Sample(fact, record)
        is_first = self.firsts.setdefault((fact.kind, fact.era), sample) is sample
        rank = _rank(fact, is_first=is_first)
        # The best are kept: a heap has its least on top.
        entry = (-rank, -crc32(fact.event_id.encode()), -self.met, sample)
        if len(self._heap) < self.most:
            heappush(self._heap, entry)
        elif self._heap and entry > self._heap[0]:
            heappushpop(self._heap, entry)

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._heap)

    def kept(self) -> list[Sample]:
        """Return the records that are shown, in order of time."""
        chosen = sorted(self._heap, key=lambda entry: -entry[2])
        return sorted((entry[3] for entry in chosen), key=lambda one: one.fact.at or 0)


def _rank(fact: Fact, *, is_first: bool) -> int:
    told = fact.told
    if told is not None and told.is_scripted:
        return _RANKS.get(told.label, _SCRIPTED)
    return _FIRST if is_first else _OTHER
