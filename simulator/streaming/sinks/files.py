"""A file that grows, or standard output: a record a line, and no half ones."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from simulator.errors import OutputError, RequestError
from simulator.streaming.addresses import Option
from simulator.streaming.sinks.interface import Limits, Promise, Receipt

if TYPE_CHECKING:
    from simulator.streaming.addresses import Address
    from simulator.streaming.sinks.interface import Batch

STANDARD_OUTPUT: Final = 1
LIMITS: Final = Limits(1000, 1 << 20)

OPTIONS: Final = (Option("sync", "yes: each batch is put on the disk before it is settled: no"),)
PROMISE: Final = (
    "Written: the system has every record; with sync=yes the disk has. Records are appended "
    "whole, or not at all."
)


@dataclass(eq=False, slots=True)
class Growing:
    """See `interface.Connection`."""

    descriptor: int
    name: str
    is_ours: bool
    """Whether it was opened here, and is to be closed."""
    is_synced: bool
    lock: Lock
    """Held while a batch is written: what is taken back is one's own."""

    def send(self, batch: Batch) -> Receipt:
        """See `Connection.send`.

        Raises:
            OutputError: The file takes no more; what was written of the batch is taken back.
            BrokenPipeError: Nobody reads standard output any more.
        """
        data = b"".join([record + b"\n" for record in batch.records])
        rest = memoryview(data)
        with self.lock:
            try:
                while rest:
                    rest = rest[os.write(self.descriptor, rest) :]
                if self.is_synced:
                    os.fsync(self.descriptor)
            except BrokenPipeError:
                raise
            except OSError as error:
                self._take_back(len(data) - len(rest))
                message = f"cannot write {self.name}: {error.strerror}"
                raise OutputError(message) from None
        return Receipt(size=len(data))

    def _take_back(self, size: int) -> None:
        """Cut off what was written last, unless it is no file, or others wrote after it."""
        with suppress(OSError):
            status = os.fstat(self.descriptor)
            end = os.lseek(self.descriptor, 0, os.SEEK_CUR)
            if size and stat.S_ISREG(status.st_mode) and status.st_size == end:
                os.ftruncate(self.descriptor, end - size)

    def settled(self) -> tuple[()]:
        """See `Connection.settled`."""
        return ()

    def close(self) -> None:
        """See `Connection.close`."""
        if self.is_ours and self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


@dataclass(frozen=True, slots=True)
class FilesSink:
    """See `interface.Sink`."""

    name: str
    path: Path | None
    """Absent for standard output."""
    is_synced: bool
    promise: Promise = Promise.written
    limits: Limits = LIMITS
    connections: int = 1
    lock: Lock = field(default_factory=Lock, compare=False)

    def connect(self) -> Growing:
        """See `Sink.connect`."""
        if self.path is None:
            return Growing(
                STANDARD_OUTPUT, "standard output", is_ours=False, is_synced=False, lock=self.lock
            )
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        except OSError as error:
            message = f"cannot write {self.path}: {error.strerror}"
            raise OutputError(message) from None
        # Another connection may be in the middle of a batch.
        with self.lock:
            size = os.fstat(descriptor).st_size
            is_whole = not size or os.pread(descriptor, 1, size - 1) == b"\n"
        if not is_whole:
            os.close(descriptor)
            message = f"cannot append to {self.path}: it ends in the middle of a line"
            raise OutputError(message)
        return Growing(
            descriptor, str(self.path), is_ours=True, is_synced=self.is_synced, lock=self.lock
        )

    def close(self) -> None:
        """See `Sink.close`."""


def sink(address: Address) -> FilesSink:
    """Return the sink at an address.

    Raises:
        RequestError: It names no file, or a setting is not what it should be.
    """
    is_synced = address.settings.flag("sync")
    if address.scheme == "-":
        if address.rest:
            raise RequestError("cannot send to standard output: expected - and nothing behind it")
        return FilesSink("standard output", None, is_synced)
    if not address.rest or address.rest.endswith("/"):
        raise RequestError("cannot send to a file without a name: expected file:PATH")
    return FilesSink(address.text, Path(address.rest.removeprefix("//")), is_synced)
