"""Workers, and the work dealt to them.

Windows are dealt in order to whoever is idle, each with a slot of shared memory to put
what is written of it in; they come back in any order and are handed on in theirs. There
are only so many slots, and a slot is free again when its sheet is written: what is not
read yet, by a slow disk or at the other end of a pipe, stops the dealing, and no memory
grows.

Portions of everyday activity are planned by workers as well, each once, before the windows
they reach into; a thread cuts windows as portions come in.

A worker that dies is replaced, and its work is done again; only what keeps killing
workers ends the run. A thread listens to each worker, so that this is noticed while the
main thread writes.
"""

from __future__ import annotations

import os
import pickle  # both ends are this program
import signal
import subprocess
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import WorkerError
from simulator.run.memory import Memory, Package, room_for
from simulator.run.portions import BOARD, BOARDS, Bounds, Posted, Shelf, read
from simulator.run.press import Cut, Press, Sheet, Window
from simulator.run.worker import Draft, Failed, Order, Part, Setup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.plan.episodes import Block

SLOT: Final = 128 << 20
"""Bytes of a slot: what is written of most windows. A larger one comes in parts."""

EPISODES_AT_ONCE: Final = 24_576
"""Episodes that begin in a window, at most: fewer than where one process does everything,
because all that is written of a window lies in memory until its turn comes."""

SPARE: Final = 2
"""Slots beyond one a worker, which hold what waits to be written."""

ATTEMPTS: Final = 3
"""How many workers one piece of work may kill before the run ends."""

# Not by `multiprocessing`: it imports the caller's own main module into each worker, so that
# a script without `if __name__ == "__main__"` starts itself again, and what is typed at a
# prompt or piped in cannot start any. Not by forking either: a copy would hold the locks of
# threads that are not in it, and the files of the run with their locks beyond its end.
# -P: whatever lies in the current folder is not imported. Of NumPy's linear algebra nothing is
# asked, and its threads would turn about for work on the cores that others are to have.
_START: Final = (
    "-P",
    "-c",
    """\
import os, pickle, sys
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path[:] = pickle.load(sys.stdin.buffer)
from simulator.run.worker import main
main()
""",
)


class _Closed(BaseException):
    """Ends the thread that cuts windows."""


@dataclass(eq=False, slots=True)
class _Portion:
    """A portion of everyday activity on its way."""

    nth: int
    ends: int
    """No event of it is at this instant or later."""
    board: int | None = None
    posted: Posted | None = None
    """Absent until it is planned."""
    error: BaseException | None = None
    """Why it never is."""
    readers: int = 0
    """Windows that need it and are not rendered."""
    deaths: int = 0


@dataclass(eq=False, slots=True)
class _Job:
    """A window on its way."""

    window: Window
    slot: int
    portions: tuple[_Portion, ...]
    part: Part | None = None
    """What lies in the slot; absent while a worker fills it."""
    error: BaseException | None = None
    """Why there is nothing."""
    taken: int = 0
    """Bytes of it that were handed on."""
    deaths: int = 0
    """How many workers it was the end of."""


@dataclass(eq=False, slots=True)
class _Hand:
    """A worker as its master knows it."""

    process: subprocess.Popen[bytes]
    job: _Job | _Portion | None = None
    thread: Thread | None = field(default=None, repr=False)

    def tell(self, message: object) -> None:
        """Send a message, unless the worker is dead, which its listener notices."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(pickle.dumps(message))
            self.process.stdin.flush()

    def end(self) -> None:
        """Kill the worker, which holds nothing that would be missed, and wait for its end."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            with suppress(OSError):
                stream.close()


class Crew:
    """Sheets that are made by workers."""

    def __init__(self, press: Press, cut: Cut, workers: int, *, slot: int = SLOT) -> None:
        """Put the press where workers find it; none is started before a sheet is asked for.

        Args:
            press: What each worker does.
            cut: Into which windows the run is cut.
            workers: How many there are at most.
            slot: Bytes of a slot.
        """
        package = Package.of(press)
        slots = workers + SPARE
        name = f"trailwright-{os.getpid()}"
        self._press = Memory.made(room_for(package.sizes), f"{name}-press")
        package.put(self._press.view)
        self._slots = Memory.made(slot * slots, f"{name}-slots")
        self._boards = Memory.made(BOARD * BOARDS, f"{name}-boards")
        self._setup = Setup(
            self._press.place,
            package.sizes,
            self._slots.place,
            slot=slot,
            count=slots,
            boards=self._boards.place,
        )
        self._everyday = press.plan.everyday
        planned = [
            nth for nth in range(len(self._everyday)) if cut.touches(*self._everyday.bounds(nth))
        ]
        self._at = Bounds(self._everyday, planned)
        self._plan = replace(press.plan, everyday=Shelf(self._everyday, self._at, self._fetched))
        self._cut = cut
        self._most = workers
        self._cutter = Thread(target=self._cut_windows, daemon=True)
        # All below is touched under the condition's lock alone.
        self._changed = Condition()
        self._free = list(range(slots))
        self._free_boards = list(range(BOARDS))
        self._hands: list[_Hand] = []
        self._ahead: deque[tuple[Window, tuple[_Portion, ...]]] = deque()
        self._jobs: deque[_Job] = deque()
        self._again: deque[_Job | _Portion] = deque()
        self._portions: dict[int, _Portion] = {}
        self._unplanned = deque(planned)
        self._needed = -1
        self._is_cut = self._is_closed = False
        self._error: BaseException | None = None

    # ---- The main thread -----------------------------------------------------------------------

    def __iter__(self) -> Iterator[Sheet]:
        """See `Sheets.__iter__`."""
        self._cutter.start()
        while (job := self._next()) is not None:
            assert job.part is not None
            first = job.slot * self._setup.slot
            ends = accumulate(job.part.sizes, initial=first)
            texts = tuple(self._slots.view[start:end] for start, end in pairwise(ends))
            yield Sheet(job.window, texts, job.part.tally)
            self._taken(job)

    @property
    def workers(self) -> tuple[int, ...]:
        """The ids of the processes that are at work."""
        with self._changed:
            return tuple(hand.process.pid for hand in self._hands)

    def close(self) -> None:
        """End all workers and let go of the memory."""
        with self._changed:
            if self._is_closed:
                return
            self._is_closed = True
            hands, self._hands = self._hands, []
            self._changed.notify_all()
        for hand in hands:
            hand.process.kill()
        for hand in hands:
            assert hand.thread is not None
            hand.thread.join()
            hand.end()
        if self._cutter.is_alive():
            self._cutter.join()
        for memory in (self._press, self._slots, self._boards):
            memory.close()

    def _next(self) -> _Job | None:
        """Wait for the first window on its way, and return it; nothing when all are done."""
        with self._changed:
            while self._jobs or self._ahead or not self._is_cut:
                job = self._jobs[0] if self._jobs else None
                if job is not None and job.error is not None:
                    raise job.error
                if job is not None and job.part is not None:
                    return job
                if self._error is not None:
                    raise self._error
                self._changed.wait()
            return None

    def _taken(self, job: _Job) -> None:
        """Give the slot to the next window, or to what is still to come of this one."""
        assert job.part is not None
        with self._changed:
            part, job.part = job.part, None
            if part.tally is not None:
                self._jobs.popleft()
                self._free.append(job.slot)
                self._deal()
                return
            job.taken += sum(part.sizes)
            hand = next((hand for hand in self._hands if hand.job is job), None)
            if hand is not None:
                hand.tell(True)
            else:
                self._again.append(job)
                self._deal()

    # ---- The thread that cuts windows ----------------------------------------------------------

    def _cut_windows(self) -> None:
        """Cut the run, a few windows ahead of the work."""
        try:
            for window in self._cut.windows(self._plan):
                touched = self._at.reaching(window.first, window.last)
                with self._changed:
                    self._until(lambda: len(self._ahead) < self._most + SPARE)
                    portions = tuple(self._portions[nth] for nth in touched)
                    for portion in portions:
                        portion.readers += 1
                    self._ahead.append((window, portions))
                    self._let_go(window.last)
                    self._deal()
            with self._changed:
                self._is_cut = True
                self._changed.notify_all()
        except _Closed:
            return
        except BaseException as error:  # noqa: BLE001  # the main thread waits, and raises it
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _fetched(self, nth: int) -> tuple[Block, ...]:
        """Wait for a portion to be planned, and return it."""
        with self._changed:
            self._needed = max(self._needed, nth)
            self._deal()
            self._until(lambda: self._is_there(nth))
            portion = self._portions[nth]
            if portion.error is not None:
                raise portion.error
            assert portion.posted is not None
        return read(self._boards.view, portion.posted, self._everyday)

    def _is_there(self, nth: int) -> bool:
        portion = self._portions.get(nth)
        return portion is not None and (portion.posted or portion.error) is not None

    def _until(self, has_come: Callable[[], bool]) -> None:
        while not has_come():
            if self._is_closed or self._error is not None:
                raise _Closed
            self._changed.wait()

    def _let_go(self, until: int) -> None:
        """Free the boards of portions that no window needs any more, from an instant on."""
        for portion in [*self._portions.values()]:
            if portion.posted is not None and not portion.readers and portion.ends <= until:
                del self._portions[portion.nth]
                self._free_board(portion)

    def _free_board(self, portion: _Portion) -> None:
        if portion.board is not None:
            self._free_boards.append(portion.board)
            portion.board = None

    # ---- Dealing: the lock is held -------------------------------------------------------------

    def _deal(self) -> None:
        """Give every idle worker something to do, while there is something and room for it."""
        while not self._is_closed and self._error is None:
            idle = next((hand for hand in self._hands if hand.job is None), None)
            if idle is None and len(self._hands) >= self._most:
                idle = self._waiting()
                if idle is None:
                    return
            job = self._pending()
            if job is None:
                return
            if idle is None:
                idle = self._started(job)
            if idle is None:
                continue
            idle.job = job
            if isinstance(job, _Portion):
                assert job.board is not None
                idle.tell(Draft(job.nth, job.board))
            else:
                posted = tuple(one.posted for one in job.portions if one.posted is not None)
                idle.tell(Order(job.window, job.slot, job.taken, posted))

    def _waiting(self) -> _Hand | None:
        """Return a worker that waits for a turn which comes only when the first job is done.

        That is where the first job's own worker died between two of its parts. What the other
        has put into its slot stays there, and the rest of it is somebody's later.
        """
        if not self._jobs or self._jobs[0] not in self._again:
            return None
        return next(
            (
                hand
                for hand in self._hands
                if isinstance(hand.job, _Job) and hand.job.part is not None
            ),
            None,
        )

    def _pending(self) -> _Job | _Portion | None:
        """Return what is to be done next: what a dead worker left, a window, or a portion."""
        if self._jobs and self._jobs[0] in self._again:
            self._again.remove(self._jobs[0])
            return self._jobs[0]
        if self._again:
            return self._again.popleft()
        if self._ahead and self._free:
            window, portions = self._ahead.popleft()
            job = _Job(window, self._free.pop(), portions)
            self._jobs.append(job)
            self._changed.notify_all()
            return job
        # No more of them ahead of the windows than all workers can plan at once.
        while self._unplanned and self._unplanned[0] <= self._needed + self._most:
            if not self._free_boards and self._unplanned[0] > self._needed:
                return None
            nth = self._unplanned.popleft()
            portion = self._portions[nth] = _Portion(nth, self._everyday.bounds(nth)[1])
            if self._free_boards:
                portion.board = self._free_boards.pop()
                return portion
            portion.posted = Posted(nth, None, ())
            self._changed.notify_all()
        return None

    def _started(self, job: _Job | _Portion) -> _Hand | None:
        """Return a new worker; without one, the job waits or fails."""
        try:
            process = subprocess.Popen(  # noqa: S603  # this program itself
                [sys.executable, *_START],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                **_apart(self._setup.press, self._setup.slots, self._setup.boards),
            )
        except OSError as error:
            if self._hands:
                # As many as there are will do.
                self._most = len(self._hands)
                self._again.appendleft(job)
            else:
                self._error = WorkerError(f"cannot start a worker: {error.strerror}")
                self._changed.notify_all()
            return None
        hand = _Hand(process)
        hand.thread = Thread(target=self._listen, args=(hand,), daemon=True)
        self._hands.append(hand)
        hand.tell(sys.path)
        hand.tell(self._setup)
        hand.thread.start()
        return hand

    # ---- The threads that listen ---------------------------------------------------------------

    def _listen(self, hand: _Hand) -> None:
        """Hear a worker's answers until it dies."""
        assert hand.process.stdout is not None
        try:
            with suppress(EOFError, pickle.UnpicklingError, OSError):
                while True:
                    answer: Part | Posted | Failed = pickle.load(hand.process.stdout)  # noqa: S301
                    with self._changed:
                        self._heard(hand, answer)
            with self._changed:
                if not self._is_closed:
                    self._lost(hand)
        except Exception as error:  # noqa: BLE001  # the main thread waits, and raises it
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _heard(self, hand: _Hand, answer: Part | Posted | Failed) -> None:
        job = hand.job
        assert job is not None
        if isinstance(answer, Failed):
            job.error = pickle.loads(answer.error)  # noqa: S301
            hand.job = None
        elif isinstance(answer, Posted):
            assert isinstance(job, _Portion)
            job.posted = answer
            if answer.board is None:
                self._free_board(job)
            hand.job = None
        else:
            assert isinstance(job, _Job)
            job.part = answer
            if answer.tally is not None:
                hand.job = None
                for portion in job.portions:
                    portion.readers -= 1
        self._deal()
        self._changed.notify_all()

    def _lost(self, hand: _Hand) -> None:
        # Its output is closed a moment before it has ended of itself, and with what status.
        with suppress(subprocess.TimeoutExpired):
            hand.process.wait(1)
        hand.end()
        self._hands.remove(hand)
        job = hand.job
        if isinstance(job, _Portion) or (job is not None and job.part is None):
            job.deaths += 1
            if job.deaths < ATTEMPTS:
                self._again.append(job)
            else:
                job.error = WorkerError(_last_words(hand.process.returncode))
        self._deal()
        self._changed.notify_all()


def _apart(*places: int | str) -> dict[str, Any]:
    """Return how a process is started that inherits memory, and does not hear Ctrl-C."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"pass_fds": [place for place in places if isinstance(place, int)], "process_group": 0}


def _last_words(returncode: int) -> str:
    try:
        ended = f"killed by {signal.Signals(-returncode).name}"
    except ValueError:
        ended = f"status {returncode}"
    return (
        f"{ATTEMPTS} workers died one after another over the same part of the run ({ended}): "
        "is there memory enough for so many? Try again with fewer --workers"
    )
