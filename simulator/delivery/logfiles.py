"""Log files: which records come together in one.

A stream's records that are delivered together fill one file after another, in the order
of their events, so that a file can be closed as soon as it is full; that they are cut so
depends neither on windows nor on workers. Inside a file they stand as they arrived. What
an outage held back comes in the files in which it would have come.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.delivery.parcels import Group
    from simulator.delivery.trail import Stream

BEFORE: Final = b'{"Records":['
AFTER: Final = b"]}"
_AROUND: Final = len(BEFORE) + len(AFTER)


@dataclass(frozen=True, slots=True)
class LogFile:
    """Records that are delivered together."""

    stream: Stream
    """Whose they are."""

    due: int
    """When it would be delivered but for an outage, in milliseconds."""

    delivered: int
    """When it is delivered."""

    nth: int
    """Which of the stream's files of those instants it is, from 0."""

    first: int
    """When the oldest of its events happened, in milliseconds."""

    last: int
    """When the newest did."""

    records: int
    """How many there are."""

    parts: tuple[_Part, ...] = field(repr=False)

    def content(self) -> bytes:
        """Return the file uncompressed: `{"Records":[…]}`. Made anew each time."""
        arrived = np.concatenate([part.arrived for part in self.parts])
        lines: list[memoryview] = []
        for part in self.parts:
            ends = np.cumsum(part.length).tolist()
            text = memoryview(part.text)
            first = 0
            for last in ends:
                lines.append(text[first:last])
                first = last
        # Those that arrived together stay in the order of their events.
        order = np.argsort(arrived, kind="stable").tolist()
        return b"".join((BEFORE, b",".join([lines[at] for at in order]), AFTER))


@dataclass(frozen=True, slots=True)
class _Part:
    """Records that came in together."""

    arrived: NDArray[np.int64]
    time: NDArray[np.int64]
    length: NDArray[np.int64]
    text: bytes


@dataclass(slots=True)
class _Open:
    """A file that is not closed yet."""

    stream: Stream
    due: int
    delivered: int
    nth: int = 0
    size: int = _AROUND
    records: int = 0
    parts: list[_Part] = field(default_factory=list)

    def add(self, group: Group, first: int, last: int, text: memoryview) -> None:
        """Add the group's records from a position on until before another."""
        # Copies: what the group points into is somebody else's.
        part = _Part(
            group.arrived[first:last].copy(),
            group.time[first:last].copy(),
            group.length[first:last].copy(),
            bytes(text),
        )
        self.parts.append(part)
        self.size += len(text) + (last - first)
        self.records += last - first

    def closed(self) -> LogFile:
        """Return the file, and begin the next one."""
        made = LogFile(
            self.stream,
            self.due,
            self.delivered,
            self.nth,
            min(int(part.time.min()) for part in self.parts),
            max(int(part.time.max()) for part in self.parts),
            self.records,
            tuple(self.parts),
        )
        self.nth += 1
        self.size, self.records, self.parts = _AROUND, 0, []
        return made


class Cutter:
    """Cuts log files, and holds what is not full and may still get more."""

    def __init__(self, max_size: int, max_records: int | None) -> None:
        """Begin with nothing.

        Args:
            max_size: Bytes of a file, at most, unless a single record is larger.
            max_records: Records of a file, at most; absent for no limit.
        """
        self._max_size = max_size
        self._max_records = max_records
        self._open: dict[tuple[int, int, Stream], _Open] = {}
        self.held = 0
        """Bytes of records that are in no closed file."""
        self.most_held = 0
        """The most there were of them."""

    def add(self, group: Group) -> Iterator[LogFile]:
        """Add a group, and yield the files that are full now."""
        place = (group.delivered, group.due, group.stream)
        file = self._open.get(place)
        if file is None:
            file = self._open[place] = _Open(group.stream, group.due, group.delivered)
        # A comma for each, which the last one has not.
        ends = np.cumsum(group.length + 1)
        begins = np.concatenate([[0], np.cumsum(group.length)])
        first, count = 0, len(group.length)
        while first < count:
            taken = int(ends[first - 1]) if first else 0
            room = self._max_size - file.size + 1
            last = int(np.searchsorted(ends, taken + room, side="right"))
            if self._max_records is not None:
                last = min(last, first + self._max_records - file.records)
            if last == first and not file.records:
                last = first + 1
            if last > first:
                text = group.text[int(begins[first]) : int(begins[last])]
                file.add(group, first, last, text)
                self._hold(len(text))
            first = last
            if first < count:
                yield self._close(file)

    def until(self, at: int | None) -> Iterator[LogFile]:
        """Yield the files that are delivered before an instant, or all: nothing more is to come."""
        due = sorted(place for place in self._open if at is None or place[0] < at)
        for place in due:
            file = self._open.pop(place)
            if file.records:
                yield self._close(file)

    def _close(self, file: _Open) -> LogFile:
        made = file.closed()
        self.held -= sum(len(part.text) for part in made.parts)
        return made

    def _hold(self, size: int) -> None:
        self.held += size
        self.most_held = max(self.most_held, self.held)
