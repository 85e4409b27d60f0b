"""What is written of a window of time: a pure function of the plan and the window.

It is made in the process at hand or in a worker; whoever writes cannot tell which.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol

from simulator.plan.windows import windows
from simulator.run.batches import EPISODES_AT_ONCE, rendered
from simulator.sinks.manifest import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.delivery.parcels import Schedule
    from simulator.plan.episodes import Everyday, Plan
    from simulator.run.request import Engine
    from simulator.sinks.interface import Lines

FIRST_EPISODES: Final = 64
"""Episodes that begin in the first window, at most, where one process does everything: its records
are there before what only later ones need is made."""


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, in milliseconds."""

    first: int
    """Its first instant."""

    last: int
    """The first instant after it."""


@dataclass(frozen=True, slots=True)
class Cut:
    """How a run is cut into windows."""

    start: int | None = None
    """Records from this instant on; absent for all."""

    end: int | None = None
    """Records before this instant; absent for all."""

    episodes_at_once: int = EPISODES_AT_ONCE
    """Episodes that begin in one window, at most."""

    def windows(self, plan: Plan) -> Iterator[Window]:
        """Yield the windows of a plan, in order."""
        for first, last in windows(plan, self.start, self.end, self.episodes_at_once):
            yield Window(first, last)

    def touches(self, first: int, last: int) -> bool:
        """Return whether anything from `first` until before `last` may be in a window."""
        return (self.end is None or first < self.end) and (self.start is None or last > self.start)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is written of a window, or the next part of it."""

    window: Window
    """Which one."""

    texts: tuple[memoryview, ...]
    """The next bytes of each output. They hold until the next sheet is asked for."""

    tally: Tally | None
    """What the window has; absent while more of it is to come."""


@dataclass(frozen=True, slots=True)
class Press:
    """Turns windows of a plan into what is written of them."""

    plan: Plan
    """What to render."""

    engine: Engine
    """Which engine renders."""

    lines: tuple[Lines, ...]
    """What is written of records, in the order of the outputs."""

    schedule: Schedule | None = None
    """When records are delivered, if not all of them are; absent where all are written."""

    def printed(self, window: Window, everyday: Everyday | None = None) -> Iterator[Sheet]:
        """Yield what is written of a window, a piece after another: first all of one output.

        Args:
            window: Which one.
            everyday: The plan's own, where it is at hand already.
        """
        plan = self.plan if everyday is None else replace(self.plan, everyday=everyday)
        delivered = rendered(plan, self.engine, window.first, window.last)
        if self.schedule is not None:
            delivered = self.schedule.admitted(delivered, plan)
        nothing = [memoryview(b"")] * len(self.lines)
        for place, lines in enumerate(self.lines):
            for piece in lines.of(delivered):
                texts = (*nothing[:place], piece, *nothing[place + 1 :])
                yield Sheet(window, texts, None)
        yield Sheet(window, tuple(nothing), Tally.of(delivered))


class Sheets(Protocol):
    """Where sheets come from, in the order of their windows."""

    def __iter__(self) -> Iterator[Sheet]:
        """Yield the sheets, each until the next one is asked for."""
        ...

    def close(self) -> None:
        """Let go of whatever makes them."""
        ...


@dataclass(frozen=True, slots=True)
class Alone:
    """Sheets that are made here, when they are asked for."""

    press: Press
    cut: Cut

    def __iter__(self) -> Iterator[Sheet]:
        """See `Sheets.__iter__`."""
        plan, cut = self.press.plan, self.cut
        few = replace(cut, episodes_at_once=min(FIRST_EPISODES, cut.episodes_at_once))
        for window in islice(few.windows(plan), 1):
            yield from self.press.printed(window)
            cut = replace(cut, start=window.last)
        for window in cut.windows(plan):
            yield from self.press.printed(window)

    def close(self) -> None:
        """See `Sheets.close`."""
