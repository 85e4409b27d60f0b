"""A stream from its beginning to its report: who makes records, who sends them, who watches.

One thread makes records ahead of time, in other processes if there are any; so many senders
take them; the thread that called watches. What waits between them is bounded, so that a slow
receiver stops the making, and no memory grows.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from simulator.errors import OutputError
from simulator.records.eras import ERA_NAMES
from simulator.records.kinds import KIND_NAMES
from simulator.sinks.manifest import Census, Tally
from simulator.streaming.feed import Feed
from simulator.streaming.journal import Journal
from simulator.streaming.progress import Progress
from simulator.streaming.report import Report
from simulator.streaming.sending import SECOND, Patience, Sender, served
from simulator.streaming.work import Cutter, Queue

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.run.request import Request
    from simulator.sinks.interface import Output
    from simulator.sinks.manifest import Counts
    from simulator.streaming.feed import Portion
    from simulator.streaming.pace import Pace
    from simulator.streaming.progress import Seen
    from simulator.streaming.sending import Timer
    from simulator.streaming.sinks.interface import Sink
    from simulator.streaming.work import Work

WATCH: Final = 0.1
"""Seconds between two looks of whoever watches."""

LINGER: Final = SECOND // 50
"""How long a record waits for others to go with it, in microseconds."""

LEAD: Final = SECOND
"""How long before its beginning a stream's records get their times, if these follow the wall
clock, in microseconds: what that takes must not make the first of them late."""

INTERRUPTED: Final = "it was interrupted"


class Observer(Protocol):
    """Someone who watches a stream."""

    def seen(self, seen: Seen) -> None:
        """See how far it is, ten times a second or so."""
        ...


class Nobody:
    """An observer who does not look."""

    def seen(self, seen: Seen) -> None:
        """See `Observer.seen`."""


@dataclass(frozen=True, slots=True)
class Handling:
    """How a stream is sent, none of which changes a byte of a record."""

    connections: int | None = None
    """How many senders there are; absent for as many as the sink usually has."""

    linger: int = LINGER
    """How long a record waits for others to go with it, in microseconds."""

    patience: Patience = field(default_factory=Patience)
    """How long to try."""

    drains: int = 30 * SECOND
    """How long after its end a stream may go on to send what is late, in microseconds."""

    workers: int = 1
    """Processes that render; 0 renders in this one."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is: two clocks, one to measure with and one to tell."""

    timer: Timer
    wall: Callable[[], int]
    """Returns milliseconds since 1970 UTC."""

    stopped: Event
    """Ends the timer's waits."""


@dataclass(frozen=True, slots=True)
class Streamed:
    """A stream that is over."""

    report: Report
    counts: Counts
    """Of the records in the truth: those that were due, sent or not."""
    begins: int
    """When it began, in milliseconds since 1970 UTC."""
    error: BaseException | None
    """What ended it before its time, if that is an error."""
    signal: KeyboardInterrupt | SystemExit | None
    """What ended it before its time, if somebody told it to end: for the caller, who ends too."""


class _Run:
    """A stream under way."""

    def __init__(  # noqa: PLR0913  # what to send, how, and who is told
        self,
        request: Request,
        pace: Pace,
        sink: Sink,
        clock: Clock,
        how: Handling,
        *,
        is_live: bool,
        truth: Output,
        journal: Output,
    ) -> None:
        self.progress = Progress()
        self.error: BaseException | None = None
        self.census = Census()
        self.began_at: int | None = None
        self.wall = clock.wall()
        self.batches = 0
        self.planned = 0
        """When the last record was due, in microseconds."""
        self.late: str | None = None
        """Why it ended, if it was late for too long."""
        self._clock, self._how, self._sink = clock, how, sink
        self._outputs = (truth, journal)
        self._journal: Journal | None = None
        self._lock = Lock()
        self._over = Event()
        """Set when the last thread has ended."""
        self.queue = Queue()
        self._feed = Feed(request, pace, self._begin if is_live else None, how.workers)
        self._cutter = Cutter(sink.limits, how.linger)
        self.feeder = Thread(target=self._works, args=(self._feeds,), name="feed", daemon=True)
        count = how.connections or sink.connections
        self.senders = [
            Sender(
                nth,
                sink,
                self.queue,
                clock.timer,
                lambda: self.began_at or 0,
                self.progress,
                clock.stopped,
                self._ended,
                how.patience,
            )
            for nth in range(count)
        ]
        self.threads = [
            Thread(
                target=self._works,
                args=(served, sender, self.failed),
                name=f"send-{sender.nth}",
                daemon=True,
            )
            for sender in self.senders
        ]
        self._at_work = len(self.threads) + 1
        self.length = pace.length

    def now(self) -> int:
        """Return microseconds since it began; 0 before."""
        return 0 if self.began_at is None else self._clock.timer.now() - self.began_at

    def failed(self, error: BaseException) -> None:
        """End it at once because of an error; the first one counts."""
        with self._lock:
            self.error = self.error or error
        self.stop()

    def stop(self) -> None:
        """End it at once."""
        self._clock.stopped.set()
        self.queue.close()

    def _begin(self) -> int:
        """Let time begin, now that the first records are there; return its wall time.

        The receiver has to be there as well: waiting for it is no part of the stream.

        Raises:
            OutputError: It is not, and patience is at its end.
        """
        self.senders[0].reach()
        lead = LEAD if self._feed.begins is not None else 0
        self.wall = self._clock.wall() + lead // 1000
        self._journal = Journal(self._outputs[1], self._sink.promise, self.wall)
        self.began_at = self._clock.timer.now() + lead
        return self.wall

    def _works(self, work: Callable[..., None], *arguments: object) -> None:
        """Do the work of a thread, and tell when it was the last."""
        try:
            work(*arguments)
        finally:
            with self._lock:
                self._at_work -= 1
                if not self._at_work:
                    self._over.set()

    def _feeds(self) -> None:
        """Make records, cut them into batches, and wait where nobody takes them."""
        try:
            with closing(self._feed.portions()) as portions:
                for portion in portions:
                    if self.began_at is None:
                        self._begin()
                    self._outputs[0].write(portion.truth)
                    self.census.add(_tally(portion))
                    self.planned = int(portion.dues[-1])
                    for work in self._cutter.cut(portion):
                        self.batches += 1
                        if not self.queue.put(work):
                            self._lost(work)
                    if self._clock.stopped.is_set():
                        break
        except BaseException as error:  # noqa: BLE001  # the main thread raises it
            self.failed(error)
        finally:
            self.queue.close()

    def _ended(self, work: Work) -> None:
        assert self._journal is not None
        self._journal.add(work)

    def _lost(self, work: Work) -> None:
        self.progress.ended(work)
        self._ended(work)

    def watch(self, observer: Observer) -> None:
        """Watch until it is over, or has been late for too long."""
        for thread in (self.feeder, *self.threads):
            thread.start()
        # Not by joining: before Python 3.13 a thread whose join a signal breaks off is taken for
        # one that has ended (bpo-45274), and the next join returns while it goes on.
        while not self._over.wait(WATCH):
            self._show(observer)
            if self.length is not None and self.now() > self.length * 1000 + self._how.drains:
                drained = self._how.drains // SECOND
                self.late = f"it was not over {drained} s after its end"
                self.stop()
        self._show(observer)

    def _show(self, observer: Observer) -> None:
        observer.seen(self.progress.seen(self.now(), self.queue.size))

    def close(self) -> None:
        """End all threads, and tell of what was not sent."""
        self.stop()
        for thread in (self.feeder, *self.threads):
            if thread.ident is not None:
                thread.join()
        if self._journal is not None:
            for sender in self.senders:
                for work in sender.abandoned():
                    self._lost(work)
            for work in self.queue.emptied():
                self._lost(work)
        self._sink.close()


def stream(  # noqa: PLR0913  # what to send, how, and who is told
    request: Request,
    pace: Pace,
    sink: Sink,
    clock: Clock,
    *,
    asked: str,
    truth: Output,
    journal: Output,
    is_live: bool = False,
    handling: Handling | None = None,
    observer: Observer | None = None,
) -> Streamed:
    """Send the records of a scenario to a sink, each when it is due, and return what came of it.

    Whatever ends it, all threads are over and the journal is whole on return. Ctrl-C and SIGTERM
    end it and not the caller, who finds them in what is returned.

    Args:
        request: What to run.
        pace: When records are due.
        sink: Where to.
        clock: What time it is.
        asked: The pace in words, for the report.
        truth: Takes a line of truth for each record.
        journal: Takes a line for each batch.
        is_live: Whether times in records follow the wall clock.
        handling: How to send.
        observer: Watches.

    Raises:
        RequestError: What is asked for cannot be done.
        ScenarioError: The scenario cannot be run.
        WorkerError: Workers died.
    """
    run = _Run(
        request,
        pace,
        sink,
        clock,
        handling or Handling(),
        is_live=is_live,
        truth=truth,
        journal=journal,
    )
    ended_by: str | None = None
    signal: KeyboardInterrupt | SystemExit | None = None
    with ExitStack() as stack:
        stack.callback(run.close)
        try:
            run.watch(observer or Nobody())
        except (KeyboardInterrupt, SystemExit) as told:
            # Ctrl-C and SIGTERM: what is known of what was sent is still to be written.
            ended_by, signal = INTERRUPTED, told
            run.stop()
    error = run.error
    if error is not None and not isinstance(error, OutputError):
        raise error
    if error is not None:
        ended_by = str(error)
    ended_by = ended_by or run.late
    report = _report(run, sink, asked, ended_by)
    return Streamed(report, run.census.counts(), run.wall, error, signal)


def _tally(portion: Portion) -> Tally:
    """Count records by kind and era."""
    rows, shape = portion.rows, (len(KIND_NAMES), len(ERA_NAMES))
    pairs = rows["kind"] * shape[1] + rows["era"]
    both = np.bincount(pairs, minlength=shape[0] * shape[1]).reshape(shape)
    return Tally(both.astype(np.int64, copy=False), int(rows["time"][0]), int(rows["time"][-1]))


def _report(run: _Run, sink: Sink, asked: str, ended_by: str | None) -> Report:
    done, counts = run.progress, run.census.counts()
    return Report(
        to=sink.name,
        promise=sink.promise.value,
        asked=asked,
        asked_for=None if run.length is None else run.length / 1000,
        records=counts.records,
        settled=done.settled,
        refused=done.refused,
        lost=done.lost,
        uncertain=done.uncertain,
        bytes=done.size,
        batches=run.batches,
        retries=done.retries,
        troubles=dict(done.troubles),
        planned=run.planned / SECOND,
        took=done.last_sent / SECOND,
        ended=run.now() / SECOND,
        lateness=done.lateness.told(),
        response=done.response.told(),
        service=done.service.told(),
        histogram=tuple(done.response.buckets()),
        ended_by=ended_by,
    )
