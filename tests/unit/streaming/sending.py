"""A clock that waits by being told so, and a sink that does what a test says."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

from simulator.sinks.interface import Output
from simulator.streaming.running import Clock
from simulator.streaming.sinks.interface import Batch, Limits, Promise, Receipt, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SECOND = 1_000_000
BEGAN = 1_900_000_000_000
"""The wall time at which the clock stands at first, in milliseconds."""


@dataclass
class Told:
    """A clock that nobody has to wait for. See `sending.Timer`."""

    at: int = 0
    waits: list[int] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def now(self) -> int:
        """See `Timer.now`."""
        return self.at

    def wait(self, micros: int) -> None:
        """See `Timer.wait`."""
        with self._lock:
            self.waits.append(micros)
            self.at += max(micros, 1)


def clock(timer: Told | None = None) -> Clock:
    """Return both clocks, told by one."""
    timer = timer or Told()
    return Clock(timer, lambda: BEGAN + timer.at // 1000, Event())


@dataclass
class Sent:
    """A batch that came, and when."""

    at: int
    batch: Batch


@dataclass
class Place:
    """A sink, and all its connections.

    Each call does the next of `script`, which is a receipt, an error, or a function of the
    batch; when that is over it takes everything.
    """

    timer: Told = field(default_factory=Told)
    script: Iterable[Any] = ()
    limits: Limits = field(default_factory=lambda: Limits(100, 1 << 20))
    promise: Promise = Promise.kept
    connections: int = 1
    takes: int = 0
    """How long each call takes, in microseconds."""
    settles: Callable[[Place], list[int]] | None = None
    """Returns the tickets that are settled now."""
    name: str = "test:place"
    sent: list[Sent] = field(default_factory=list)
    opened: int = 0
    closed: int = 0
    ended: int = 0

    def __post_init__(self) -> None:
        self._script = deque(self.script)

    def connect(self) -> Place:
        """See `Sink.connect`."""
        self.opened += 1
        return self

    def send(self, batch: Batch) -> Receipt:
        """See `Connection.send`."""
        self.timer.at += self.takes
        self.sent.append(Sent(self.timer.at, batch))
        done = self._script.popleft() if self._script else Receipt()
        if callable(done):
            done = done(batch)
        if isinstance(done, BaseException):
            raise done
        return done

    def settled(self) -> list[int]:
        """See `Connection.settled`."""
        return [] if self.settles is None else self.settles(self)

    def close(self) -> None:
        """See `Connection.close` and `Sink.close`."""
        self.closed += 1


@dataclass
class Lines(Output):
    """An output that keeps what it is given."""

    data: bytes = b""

    def write(self, data: bytes | memoryview) -> None:
        """See `Output.write`."""
        self.data += data


def refused(*, may_have_arrived: bool, after: float | None = None) -> Trouble:
    """Return trouble."""
    return Trouble("no luck", may_have_arrived=may_have_arrived, after=after)
