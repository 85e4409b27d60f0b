"""Windows rendered on a Dask cluster: here, or wherever its scheduler is.

Windows are tasks, and so are the portions of everyday activity that reach into them, so that
each is planned once. What comes back is the bytes of a window and its tally. Only so many
windows are under way as there are threads to render them, and a few: what is not written yet
stops the asking, and neither the scheduler nor anybody's memory fills up.

Dask does again what a dead worker was at. What it lost with the last worker that had it, it
cannot make again where it was not a task; then the press is sent once more, and the windows
under way are asked for once more.
"""

from __future__ import annotations

import hashlib
import logging
from collections import deque
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from threading import local
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from simulator.errors import MissingExtraError, WorkerError
from simulator.primitives.version import version
from simulator.run.crew import ATTEMPTS, SPARE
from simulator.run.memory import Package, room_for, unpacked
from simulator.run.portions import Bounds, Shelf
from simulator.run.press import Sheet
from simulator.run.request import GENERATION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from distributed import Future
    from numpy.typing import NDArray

    from simulator.plan.episodes import Block, Everyday
    from simulator.run.press import Cut, Press, Window
    from simulator.sinks.manifest import Tally

PATIENCE_S: Final = 10.0
"""Seconds in which a scheduler has to answer, and a worker has to be there."""

AHEAD: Final = 4
"""Portions of everyday activity that are planned before a window needs them."""

_CONFIG: Final = {"distributed.scheduler.allowed-failures": ATTEMPTS - 1}
"""What is asked of a cluster of our own; another's scheduler has settings of its own."""


@dataclass(frozen=True, slots=True)
class Packed:
    """An object in one piece of bytes, as `memory.Package` takes it apart."""

    data: bytearray
    sizes: tuple[int, ...]

    @classmethod
    def of(cls, whole: object) -> Packed:
        """Pack an object."""
        package = Package.of(whole)
        data = bytearray(room_for(package.sizes))
        package.put(memoryview(data))
        return cls(data, package.sizes)

    def whole(self) -> Any:  # noqa: ANN401  # whatever was packed
        """Return the object, whose columns lie in the bytes."""
        return unpacked(memoryview(self.data), self.sizes)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press on its way to workers."""

    name: str
    """What tells it from those of other runs."""
    packed: Packed

    @classmethod
    def of(cls, press: Press) -> Pressed:
        """Pack a press."""
        packed = Packed.of(press)
        return cls(hashlib.blake2b(packed.data, digest_size=16).hexdigest(), packed)


@dataclass(frozen=True, slots=True)
class Printed:
    """What is written of a window."""

    texts: tuple[bytearray, ...]
    """By output."""
    tally: Tally


Origin: TypeAlias = tuple[str, int]
"""A version of this program, and its generation."""


# ---- What workers do -----------------------------------------------------------------------


def origin() -> Origin:
    """Return what is at work here."""
    return version(), GENERATION


def planned(pressed: Pressed, nth: int, theirs: Origin) -> Packed:
    """Plan a portion of everyday activity.

    Raises:
        WorkerError: Another version of this program is at work here.
    """
    _refuse_other(theirs)
    return Packed.of(_press(pressed).plan.everyday.portion(nth))


def starts(portion: Packed) -> NDArray[np.int64]:
    """Return when the episodes of a portion begin, in order."""
    columns = [block.columns["start"] for block in portion.whole()]
    return np.sort(np.concatenate([np.zeros(0, np.int64), *columns])).astype(np.int64)


def printed(
    pressed: Pressed, window: Window, theirs: Origin, numbers: tuple[int, ...], *portions: Packed
) -> Printed:
    """Return what is written of a window.

    Args:
        pressed: What does it.
        window: Which one.
        theirs: What the run is made by.
        numbers: Which portions reach into it.
        portions: Those, planned.

    Raises:
        WorkerError: Another version of this program is at work here.
    """
    _refuse_other(theirs)
    press = _press(pressed)
    blocks = {nth: one.whole() for nth, one in zip(numbers, portions, strict=True)}
    everyday = press.plan.everyday
    shelf = Shelf(everyday, Bounds(everyday, numbers), blocks.__getitem__)
    texts = tuple(bytearray() for _ in press.lines)
    for sheet in press.printed(window, shelf):
        for text, piece in zip(texts, sheet.texts, strict=True):
            text.extend(piece)
        if sheet.tally is not None:
            return Printed(texts, sheet.tally)
    raise AssertionError("a window ends with its tally")


def _refuse_other(theirs: Origin) -> None:
    if theirs != origin():
        raise WorkerError(_other("a worker that joined", origin(), theirs))


def _other(who: str, found: Origin, wanted: Origin) -> str:
    return (
        f"{who} has version {found[0]} (generation {found[1]}), this is version {wanted[0]} "
        f"(generation {wanted[1]}): install the same version everywhere"
    )


class _Known(local):
    """The press that a thread used last: unpacked once, and nobody else's."""

    name = ""
    press: Press | None = None


_KNOWN: Final = _Known()


def _press(pressed: Pressed) -> Press:
    if _KNOWN.press is None or _KNOWN.name != pressed.name:
        _KNOWN.press = pressed.packed.whole()
        _KNOWN.name = pressed.name
    assert _KNOWN.press is not None
    return _KNOWN.press


# ---- Who asks them -------------------------------------------------------------------------


@dataclass(eq=False, slots=True)
class _Portion:
    """A portion of everyday activity on its way."""

    planned: Future[Any]
    starts: Future[Any]


@dataclass(eq=False, slots=True)
class _Job:
    """A window on its way."""

    window: Window
    portions: tuple[int, ...]
    future: Future[Any]


class Cluster:
    """Sheets that are made by a Dask cluster."""

    def __init__(
        self,
        press: Press,
        cut: Cut,
        workers: int,
        address: str | None = None,
        *,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Start a cluster of processes, or find one, and see that it can be worked with.

        Args:
            press: What each worker does.
            cut: Into which windows the run is cut.
            workers: How many processes to start; of no account where there is a cluster.
            address: Of the scheduler, such as `tcp://HOST:8786`; absent for a cluster of our own.
            patience_s: Seconds in which a scheduler has to answer.

        Raises:
            MissingExtraError: Dask is not installed.
            WorkerError: There is no scheduler, or no worker that can be worked with.
        """
        self._cut = cut
        self._pressed = Pressed.of(press)
        everyday = press.plan.everyday
        self._planned = [nth for nth in range(len(everyday)) if cut.touches(*everyday.bounds(nth))]
        self._ends = {nth: everyday.bounds(nth)[1] for nth in self._planned}
        self._at = Bounds(everyday, self._planned)
        self._plan = replace(press.plan, everyday=_Starts(everyday, self._at, self._starts))
        self._portions: dict[int, _Portion] = {}
        self._jobs: deque[_Job] = deque()
        self._losses = 0
        self._stack = ExitStack()
        try:
            self._client = _client(self._stack, workers, address, patience_s)
            self._where = address or "the cluster started here"
            self._meet(patience_s)
            self._sent = self._send()
        except BaseException:
            self._stack.close()
            raise

    def __iter__(self) -> Iterator[Sheet]:
        """See `Sheets.__iter__`."""
        windows = self._cut.windows(self._plan)
        is_over = False
        while self._jobs or not is_over:
            most = self._threads() + SPARE
            while not is_over and len(self._jobs) < most:
                window = next(windows, None)
                is_over = window is None
                if window is not None:
                    self._ask(window)
            if not self._jobs:
                return
            job = self._jobs[0]
            made: Printed = self._result(lambda job=job: job.future)  # type: ignore[misc]
            self._jobs.popleft()
            self._losses = 0
            yield Sheet(job.window, tuple(map(memoryview, made.texts)), made.tally)

    def close(self) -> None:
        """Give up what is under way, and end a cluster of our own."""
        for job in self._jobs:
            # Nobody may be there any more.
            with suppress(Exception):
                self._client.cancel(job.future)
        self._jobs.clear()
        self._portions.clear()
        self._stack.close()

    def _threads(self) -> int:
        threads: dict[str, int] = self._client.nthreads()
        return max(1, sum(threads.values()))

    def _meet(self, patience_s: float) -> None:
        """Wait for a worker, and refuse those that would write other bytes."""
        try:
            self._client.wait_for_workers(1, timeout=patience_s)
        except TimeoutError:
            message = f"{self._where} has no worker, and none came in {patience_s:g} seconds"
            raise WorkerError(message) from None
        try:
            told: dict[str, Origin] = self._client.run(origin)
        except ModuleNotFoundError as error:
            raise WorkerError(_stranger(error)) from None
        for worker, theirs in told.items():
            if tuple(theirs) != origin():
                raise WorkerError(_other(f"the worker at {worker}", theirs, origin()))

    def _send(self) -> Future[Any]:
        sent: Future[Any] = self._client.scatter(self._pressed, broadcast=True, hash=False)
        return sent

    def _ask(self, window: Window) -> None:
        """Have a window rendered, and forget the portions that no later one needs."""
        portions = tuple(self._at.reaching(window.first, window.last))
        self._jobs.append(_Job(window, portions, self._submitted(window, portions)))
        for nth in [*self._portions]:
            if self._ends[nth] <= window.last:
                del self._portions[nth]

    def _submitted(self, window: Window, portions: tuple[int, ...]) -> Future[Any]:
        needed = [self._portion(nth).planned for nth in portions]
        submitted: Future[Any] = self._client.submit(
            printed, self._sent, window, origin(), portions, *needed, pure=False
        )
        return submitted

    def _portion(self, nth: int) -> _Portion:
        """Return a portion on its way, and see that the next ones are as well."""
        first = self._planned.index(nth)
        for one in self._planned[first : first + AHEAD]:
            if one not in self._portions:
                made = self._client.submit(planned, self._sent, one, origin(), pure=False)
                self._portions[one] = _Portion(made, self._client.submit(starts, made, pure=False))
        return self._portions[nth]

    def _starts(self, nth: int) -> NDArray[np.int64]:
        """Return when the episodes of a portion begin, in order; wait for it to be planned."""
        found: NDArray[np.int64] = self._result(lambda: self._portion(nth).starts)
        return found

    def _result(self, future: Callable[[], Future[Any]]) -> Any:  # noqa: ANN401  # whatever it is
        """Wait for a future, which is another one once something was lost."""
        from asyncio import CancelledError  # noqa: PLC0415  # few runs need it

        from distributed import KilledWorker  # noqa: PLC0415  # an extra
        from distributed.client import FutureCancelledError  # noqa: PLC0415  # likewise

        while True:
            try:
                return future().result()
            except KilledWorker:
                raise WorkerError(_last_words(self._where)) from None
            except ModuleNotFoundError as error:
                raise WorkerError(_stranger(error)) from None
            except (CancelledError, FutureCancelledError):
                self._lost()

    def _lost(self) -> None:
        """Send the press once more, and ask for what is under way once more."""
        self._losses += 1
        if self._client.status != "running":
            message = f"the scheduler of {self._where} is gone, and with it what was under way"
            raise WorkerError(message)
        if self._losses >= ATTEMPTS:
            raise WorkerError(_last_words(self._where))
        self._meet(PATIENCE_S)
        self._sent = self._send()
        self._portions.clear()
        for job in self._jobs:
            job.future = self._submitted(job.window, job.portions)


@dataclass(frozen=True, slots=True)
class _Starts:
    """Everyday activity of which it is known when episodes begin, and no more. See `Everyday`."""

    everyday: Everyday
    at: Bounds
    fetch: Callable[[int], NDArray[np.int64]]
    """Returns when the episodes of a portion begin, and may wait for it."""

    def __len__(self) -> int:
        """See `Everyday.__len__`."""
        return len(self.everyday)

    def portion(self, nth: int) -> tuple[Block, ...]:
        """See `Everyday.portion`."""
        return self.everyday.portion(nth)

    def bounds(self, nth: int) -> tuple[int, int]:
        """See `Everyday.bounds`."""
        return self.everyday.bounds(nth)

    def begun(self, at: int) -> int:
        """See `Everyday.begun`."""
        return self.everyday.begun(at)

    def touching(self, first: int, last: int) -> Iterator[Block]:
        """See `Everyday.touching`."""
        return self.everyday.touching(first, last)

    def starts(self, since: int, first: int, last: int) -> Iterator[NDArray[np.int64]]:  # noqa: ARG002
        """See `Everyday.starts`."""
        limits = np.array([first, last], np.int64)
        for nth in self.at.reaching(first, last):
            found = self.fetch(nth)
            low, high = np.searchsorted(found, limits)
            yield found[low:high]


def _client(stack: ExitStack, workers: int, address: str | None, patience_s: float) -> Any:  # noqa: ANN401  # Dask's client, most of which has no types
    """Return a client of a cluster, which the stack ends.

    Raises:
        MissingExtraError: Dask is not installed.
        WorkerError: There is no cluster.
    """
    try:
        import dask  # noqa: PLC0415  # an extra
        import distributed  # noqa: PLC0415  # likewise
    except ImportError:
        raise MissingExtraError("running on Dask", "dask") from None
    stack.enter_context(dask.config.set(_CONFIG))
    dask_of: Any = distributed  # most of it has no types
    cluster: Any = address
    if address is None:
        cluster = dask_of.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            # It has one in any case; nobody else is to be in its way.
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        )
        stack.callback(cluster.close)
    try:
        client = dask_of.Client(cluster, timeout=patience_s, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = str(error) or type(error).__name__
        message = f"cannot reach a Dask scheduler at {address}: {reason}"
        raise WorkerError(message) from None
    stack.callback(client.close)
    return client


def _last_words(where: str) -> str:
    return (
        f"workers of {where} died one after another over the same part of the run: is there memory "
        "enough for so many?"
    )


def _stranger(error: ModuleNotFoundError) -> str:
    return f"a worker has no {error.name}: install trailwright {version()} wherever workers run"
