"""How a trail delivered records: how late, how often, in files of what size."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from simulator.primitives.instants import parse_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.reports.facts import Fact
    from simulator.sinks.files import FileEntry

MINUTES: Final = (0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 120)
"""Where columns of lateness begin; the last one has no end."""
SIZES: Final = tuple(1 << power for power in range(9, 30))
"""Where columns of sizes begin, in bytes: each twice the one before."""


@dataclass(slots=True)
class Deliveries:
    """Counts what was delivered."""

    late: Counter[int] = field(default_factory=Counter)
    """Minutes, rounded down to those of `MINUTES`, to first deliveries."""
    once: int = 0
    """Records that were delivered once."""
    repeated: int = 0
    """Records that were delivered more than once."""
    sizes: Counter[int] = field(default_factory=Counter)
    """Bytes of a log file, rounded down to those of `SIZES`, to how many have them."""
    files: int = 0
    """Log files."""
    bytes: int = 0
    """Of all log files."""
    records: int = 0
    """In all log files."""
    worst: int = 0
    """The latest first delivery, in milliseconds after the event."""

    def add(self, fact: Fact) -> None:
        """Count a record."""
        told = fact.told
        if told is None or not told.delivered or fact.at is None:
            return
        if len(told.delivered) > 1:
            self.repeated += 1
        else:
            self.once += 1
        late = max(0, min(map(parse_instant, told.delivered)) - fact.at)
        self.worst = max(self.worst, late)
        self.late[max(one for one in MINUTES if one * 60_000 <= late)] += 1

    def add_files(self, entries: Iterable[FileEntry]) -> None:
        """Count a run's log files."""
        for entry in entries:
            if entry.role == "log":
                self.files += 1
                self.bytes += entry.size
                self.records += entry.records
                self.sizes[max(one for one in (0, *SIZES) if one <= entry.size)] += 1

    def lateness(self) -> Iterator[tuple[int, int | None, int]]:
        """Yield from how many minutes, to how many, and how many records."""
        for low, high in zip(MINUTES, (*MINUTES[1:], None), strict=True):
            yield low, high, self.late[low]
