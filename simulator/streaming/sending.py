"""Senders: each has a connection, takes batches in turn, and sees each through to its end.

A batch is sent when it is due and not before; what is late is sent at once, and makes nothing
after it later than it has to be. What fails is tried again, after waits that grow and are
drawn so that senders do not all come back at once (M. Brooker, "Exponential Backoff And
Jitter", AWS Architecture Blog, 2015). How often something may have arrived and is sent all the
same is remembered with the batch.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from simulator.errors import OutputError
from simulator.primitives.keys import Key, purpose
from simulator.streaming.sinks.interface import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from simulator.streaming.progress import Progress
    from simulator.streaming.sinks.interface import Connection, Receipt, Sink
    from simulator.streaming.work import Queue, Work

SECOND: Final = 1_000_000
"""Microseconds: what everything here is counted in."""

LOOK: Final = SECOND // 20
"""How often a receiver is asked for what it has settled, while nothing else is to be done."""

FIRST_WAIT: Final = SECOND // 10
LONGEST_WAIT: Final = 5 * SECOND
"""Waits between tries double from the one to the other."""

LEAVES: Final = 10
"""How often all that is in doubt is sent again because a receiver does not take leave."""

UNSETTLED: Final = 32 << 20
"""Bytes that a connection may have sent and not settled, at most."""

_JITTER: Final = purpose("streaming/jitter")


class Timer(Protocol):
    """A clock that never goes back, and can be waited on."""

    def now(self) -> int:
        """Return microseconds since some instant."""
        ...

    def wait(self, micros: int) -> None:
        """Wait so long, or until the stream is stopped."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try."""

    gives_up: int = 60 * SECOND
    """How long a receiver may take nothing before the stream ends, in microseconds."""

    settles: int = 60 * SECOND
    """How long it may leave what it was sent unconfirmed before that is sent again."""


@dataclass(eq=False, slots=True)
class Sender:
    """Sends batches on a connection of its own, one after another."""

    nth: int
    sink: Sink
    queue: Queue
    timer: Timer
    begins: Callable[[], int]
    """Returns when the stream began, on the timer."""
    progress: Progress
    stopped: Event
    """Set when the stream is to end at once."""
    ended: Callable[[Work], None]
    """Hears of each batch when it is settled for good."""
    patience: Patience
    _connection: Connection | None = None
    _unsettled: dict[int, tuple[Work, list[int], int]] = field(default_factory=dict)
    """By ticket: which records of which batch, and when they were sent."""
    _size: int = 0
    """Bytes of what is not settled."""
    _recent: deque[Work] = field(default_factory=deque)
    """What is settled, and would be sent again if the connection broke now: the oldest first."""
    _recent_size: int = 0
    _leaves: int = 0
    """How often the receiver broke off when leave was to be taken."""
    _again: list[Work] = field(default_factory=list)
    """What a broken connection left."""
    _bad_since: int | None = None
    """Since when nothing has gone well; absent while things do."""
    _tries: int = 0
    """How often in a row something went wrong."""

    def reach(self) -> None:
        """Wait until the receiver is there, before `serve` sends anything.

        Raises:
            OutputError: It never will be, or was not for too long.
        """
        while self._connection is None and not self.stopped.is_set():
            try:
                self._connected()
            except Trouble as trouble:
                self._failed(trouble.why, trouble.after)
        self._bad_since, self._tries = None, 0

    def serve(self) -> None:
        """Send until there is nothing more to send.

        Raises:
            OutputError: The receiver will never take anything, or has not for too long.
        """
        try:
            while (work := self._next()) is not None:
                self._until(work.due)
                if self.stopped.is_set():
                    self._again.append(work)
                    break
                work.sent = self._now()
                self.progress.began(work, work.sent)
                self._again.append(work)
                self._send_all()
            self._settle_all()
            while not self._took_leave():
                self._settle_all()
        finally:
            self._leave()
            self._let_go(0)

    def _now(self) -> int:
        return self.timer.now() - self.begins()

    def _next(self) -> Work | None:
        """Return the next batch, and hear meanwhile what is settled."""
        while not self.stopped.is_set():
            self._send_all()
            try:
                return self.queue.take(LOOK / SECOND if self._unsettled else None)
            except TimeoutError:
                self._look()
        return None

    def _until(self, due: int) -> None:
        """Wait until a batch is due."""
        while (left := due - self._now()) > 0 and not self.stopped.is_set():
            if self._unsettled:
                self._look()
                self._send_all()
                left = min(left, LOOK)
            self.timer.wait(left)

    def _send_all(self) -> None:
        """Send everything that is to be sent now, until the receiver has taken it."""
        while self._again and not self.stopped.is_set():
            self._send(self._again[0])

    def _send(self, work: Work) -> None:
        """Try a batch once."""
        if not work.left:
            self._again.remove(work)
            self._end(work)
            return
        positions = work.left
        try:
            connection = self._connected()
            work.attempts += 1
            receipt = connection.send(work.batch())
        except Trouble as trouble:
            if trouble.may_have_arrived:
                work.is_uncertain = True
            work.why = trouble.why
            if trouble.is_open:
                self._failed(trouble.why, trouble.after)
            else:
                self._broken(trouble)
            return
        self._taken(work, positions, receipt)

    def _taken(self, work: Work, positions: list[int], receipt: Receipt) -> None:
        """Do what a receipt says."""
        work.refused |= {positions[at]: why for at, why in receipt.refused.items()}
        again = [positions[at] for at in sorted(receipt.again)]
        gone = {*again, *work.refused}
        rest = [at for at in positions if at not in gone]
        work.left = again
        if receipt.ticket is not None and rest:
            work.waiting += len(rest)
            self._unsettled[receipt.ticket] = (work, rest, self._now())
            self._size += sum(len(work.records[at]) for at in rest)
        # What is confirmed later has not gone well yet.
        if receipt.ticket is None and (rest or not again):
            self._bad_since, self._tries = None, 0
        if not again:
            self._again.remove(work)
            self._end(work)
        else:
            work.why = next(iter(receipt.again.values()))
            work.is_uncertain = work.is_uncertain or receipt.is_doubtful
            self._failed(work.why, receipt.after)
        while self._size > UNSETTLED and not self.stopped.is_set():
            self._look()
            if self._size > UNSETTLED:
                self.timer.wait(LOOK // 10)

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self.sink.connect()
        return self._connection

    def _look(self) -> None:
        """Hear what the receiver has settled."""
        if self._connection is None or not self._unsettled:
            return
        try:
            for ticket in self._connection.settled():
                found = self._unsettled.pop(ticket, None)
                if found is None:
                    continue
                work, positions, _ = found
                work.waiting -= len(positions)
                self._size -= sum(len(work.records[at]) for at in positions)
                self._bad_since, self._tries = None, 0
                self._end(work)
        except Trouble as trouble:
            self._broken(trouble)
            return
        oldest = min((at for _, _, at in self._unsettled.values()), default=None)
        if oldest is not None and self._now() - oldest > self.patience.settles:
            waited = self.patience.settles // SECOND
            self._broken(Trouble(f"not confirmed for {waited} s", may_have_arrived=True))

    def _broken(self, trouble: Trouble) -> None:
        """Leave a connection; what it has not settled is to be sent again."""
        self._leave()
        for work, positions, _ in self._unsettled.values():
            work.waiting -= len(positions)
            work.left = sorted([*work.left, *positions])
            work.is_uncertain = True
            work.why = trouble.why
            if work not in self._again:
                self._again.append(work)
        for work in self._recent:
            self.progress.doubted(work)
            work.left = [at for at in range(len(work.records)) if at not in work.refused]
            work.is_uncertain, work.done, work.why = True, None, trouble.why
        self._again = sorted({*self._again, *self._recent}, key=lambda work: work.nth)
        self._unsettled.clear()
        self._recent.clear()
        self._size = self._recent_size = 0
        self._failed(trouble.why, trouble.after)

    def _failed(self, why: str, after: float | None) -> None:
        """Wait before the next try, or give up."""
        now = self._now()
        self.progress.failed(why)
        self._bad_since = now if self._bad_since is None else self._bad_since
        self._tries += 1
        if now - self._bad_since >= self.patience.gives_up:
            waited = self.patience.gives_up // SECOND
            message = f"cannot send to {self.sink.name}: {why}; gave up after {waited} s"
            raise OutputError(message)
        wait = min(FIRST_WAIT << min(self._tries - 1, 16), LONGEST_WAIT)
        wait = wait // 2 + Key.root(self.nth).below(wait // 2 + 1, _JITTER, self.progress.retries)
        asked = 0 if after is None else int(min(after, 3600) * SECOND)
        left = self._bad_since + self.patience.gives_up - now
        self.timer.wait(max(min(max(wait, asked), left), 0))

    def _end(self, work: Work) -> None:
        if work.is_done and work.done is None:
            work.done = self._now()
            self.progress.ended(work)
            self._recent.append(work)
            self._recent_size += work.size
            self._let_go(self.sink.limits.doubt)

    def _let_go(self, most: int) -> None:
        """Settle for good what so many bytes were settled after."""
        while self._recent and self._recent_size - self._recent[0].size >= most:
            work = self._recent.popleft()
            self._recent_size -= work.size
            self.ended(work)

    def _settle_all(self) -> None:
        """Wait until the receiver has confirmed everything, and send again what it does not."""
        while (self._unsettled or self._again) and not self.stopped.is_set():
            self._send_all()
            self._look()
            if self._unsettled:
                self.timer.wait(LOOK)

    def _leave(self) -> None:
        """Let go of a connection that is of no more use."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            with suppress(Trouble):
                connection.close()

    def _took_leave(self) -> bool:
        """Return whether the receiver has taken leave as well, and nothing is to be sent again."""
        if self._connection is None or self.stopped.is_set():
            return True
        connection, self._connection = self._connection, None
        try:
            connection.close()
        except Trouble as trouble:
            self._leaves += 1
            if self._leaves == LEAVES:
                message = (
                    f"cannot send to {self.sink.name}: {trouble.why}, {LEAVES} times over "
                    "when everything had been sent"
                )
                raise OutputError(message) from None
            self._broken(trouble)
        return not self._again

    def abandoned(self) -> list[Work]:
        """Return batches that were taken and not settled, when `serve` is over."""
        works = {work.nth: work for work in self._again}
        for work, positions, _ in self._unsettled.values():
            work.is_uncertain = True
            work.waiting -= len(positions)
            work.left = sorted([*work.left, *positions])
            works[work.nth] = work
        self._unsettled.clear()
        return [works[nth] for nth in sorted(works)]


def served(sender: Sender, failed: Callable[[BaseException], None]) -> None:
    """Let a sender serve in a thread of its own, and hand on what ends the stream."""
    try:
        sender.serve()
    except BaseException as error:  # noqa: BLE001  # the main thread raises it
        failed(error)
