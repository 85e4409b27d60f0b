"""Objects on their way into a store: several at once, and never too many.

Making an object and writing it is done in threads; whoever submits waits when too much is
under way, so that memory is bounded by what is in flight. The first error ends everything
and comes up in the thread that submits. Nothing depends on the order in which objects
arrive.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Condition, Thread
from typing import TYPE_CHECKING, Final

from simulator.sinks.objects import etag_of
from simulator.sinks.stores import NO_METADATA

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Self

    from simulator.sinks.stores import Store

PATIENCE: Final = 10.0
"""Seconds that an interrupted run waits for what is being written."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What is told of an object that is in the store."""

    key: str
    """Its key, relative to the store."""

    size: int
    """Bytes."""

    sha256: str
    """Of its bytes."""

    etag: str
    """As S3 gives it; see `etag_of`."""

    is_kept: bool
    """Whether it was there already, and not written again."""


@dataclass(frozen=True, slots=True)
class _Task:
    key: str
    made: bytes | Callable[[], bytes]
    metadata: Mapping[str, str]
    future: Future[Stored]


class Uploads:
    """Writes objects to a store from several threads.

    A context manager: leaving it waits for everything, or, on an error, for what is being
    written at that moment. It is used from one thread.
    """

    def __init__(self, store: Store, threads: int, ahead: int, *, resume: bool = False) -> None:
        """Begin with nothing.

        Args:
            store: Where objects go.
            threads: How many are made and written at once, 1 or more.
            ahead: How many may be in flight, made or not, 1 or more.
            resume: Whether objects that are there already, with the same bytes, are kept.
        """
        assert threads >= 1
        assert ahead >= 1
        self._store = store
        self._limit = threads
        self._ahead = ahead
        self._is_resuming = resume
        # Guards everything below; waited for by those who submit and those who write.
        self._changed = Condition()
        self._waiting: deque[_Task] = deque()
        self._in_flight = 0
        self._error: BaseException | None = None
        self._is_over = False
        self._threads: list[Thread] = []
        self._written = self._kept = 0

    @property
    def written(self) -> int:
        """How many objects were written."""
        return self._written

    @property
    def kept(self) -> int:
        """How many objects were there already."""
        return self._kept

    def submit(
        self,
        key: str,
        made: bytes | Callable[[], bytes],
        metadata: Mapping[str, str] = NO_METADATA,
    ) -> Future[Stored]:
        """Have an object written, after waiting until there is room for it.

        Args:
            key: Its key.
            made: Its bytes, or what makes them; called in another thread.
            metadata: See `Store.put`.

        Returns:
            What is told of it once it is there; cancelled when an error comes first.

        Raises:
            SimulatorError: The first error of any object so far.
        """
        task = _Task(key, made, metadata, Future())
        with self._changed:
            assert not self._is_over
            while self._in_flight >= self._ahead and self._error is None:
                self._changed.wait()
            self._raise_error()
            self._waiting.append(task)
            self._in_flight += 1
            if len(self._threads) < min(self._limit, self._in_flight):
                # A daemon: what hangs in a network does not keep the program from ending.
                thread = Thread(target=self._work, name="upload", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify_all()
        return task.future

    def close(self) -> None:
        """Wait for everything that was submitted.

        Raises:
            SimulatorError: The first error of any object.
        """
        try:
            with self._changed:
                while self._in_flight and self._error is None:
                    self._changed.wait()
                self._raise_error()
        finally:
            self.abort()

    def abort(self) -> None:
        """Give up what is not begun, and wait a while for what is."""
        with self._changed:
            self._is_over = True
            self._cancel()
            self._changed.notify_all()
        until = time.monotonic() + PATIENCE
        for thread in self._threads:
            thread.join(max(until - time.monotonic(), 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
        else:
            self.abort()

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    def _cancel(self) -> None:
        """Take back what is not begun."""
        while self._waiting:
            self._waiting.popleft().future.cancel()
            self._in_flight -= 1

    def _work(self) -> None:
        """Write one object after the other until there are no more."""
        while (task := self._next()) is not None:
            self._do(task)
            # So that its bytes are not kept while there is nothing to do.
            del task

    def _next(self) -> _Task | None:
        with self._changed:
            while True:
                if self._waiting:
                    task = self._waiting.popleft()
                    if task.future.set_running_or_notify_cancel():
                        return task
                    self._in_flight -= 1
                    self._changed.notify_all()
                elif self._is_over:
                    return None
                else:
                    self._changed.wait()

    def _do(self, task: _Task) -> None:
        try:
            stored = self._stored(task)
        except BaseException as error:  # noqa: BLE001  # raised again in the thread that submits
            self._end(error)
            task.future.set_exception(error)
        else:
            self._end(None, stored)
            task.future.set_result(stored)

    def _stored(self, task: _Task) -> Stored:
        data = task.made if isinstance(task.made, bytes) else task.made()
        is_kept = self._is_resuming and self._store.holds(task.key, data)
        if not is_kept:
            self._store.put(task.key, data, task.metadata)
        return Stored(task.key, len(data), hashlib.sha256(data).hexdigest(), etag_of(data), is_kept)

    def _end(self, error: BaseException | None, stored: Stored | None = None) -> None:
        with self._changed:
            self._in_flight -= 1
            if stored is not None:
                self._kept += stored.is_kept
                self._written += not stored.is_kept
            if error is not None and self._error is None:
                self._error = error
                self._cancel()
            self._changed.notify_all()
