"""What is written of a window of time: a pure function of the plan and the window.

It is made in the process at hand or in a worker; whoever writes cannot tell which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from simulator.run.batches import rendered
from simulator.sinks.manifest import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.plan.episodes import Plan
    from simulator.run.request import Engine
    from simulator.sinks.interface import Lines


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, in milliseconds."""

    first: int
    """Its first instant."""

    last: int
    """The first instant after it."""


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

    def printed(self, window: Window) -> Sheet:
        """Return what is written of a window."""
        delivered = rendered(self.plan, self.engine, window.first, window.last)
        return Sheet(
            window,
            tuple(lines.of(delivered) for lines in self.lines),
            Tally.of(delivered.batch),
        )


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
    windows: Iterable[Window]

    def __iter__(self) -> Iterator[Sheet]:
        """See `Sheets.__iter__`."""
        return map(self.press.printed, self.windows)

    def close(self) -> None:
        """See `Sheets.close`."""
