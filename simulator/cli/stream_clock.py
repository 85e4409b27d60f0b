"""What time it is, for streams."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Event

from simulator.streaming.running import Clock


@dataclass(frozen=True, slots=True)
class Steady:
    """The system's clock that never goes back. See `sending.Timer`."""

    stopped: Event
    """Ends waits."""

    def now(self) -> int:
        """See `Timer.now`."""
        return time.monotonic_ns() // 1000

    def wait(self, micros: int) -> None:
        """See `Timer.wait`."""
        self.stopped.wait(micros / 1_000_000)


def clock() -> Clock:
    """Return the clocks of the machine."""
    stopped = Event()
    return Clock(Steady(stopped), lambda: time.time_ns() // 1_000_000, stopped)  # noqa: TID251  # here alone
