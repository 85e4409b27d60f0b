"""A folder of files that are closed in turn, for whatever reads a file when it is there.

A file has its name only when it is whole: until then it has the temporary one of
`sinks.files`, which begins with a dot. Numbers go on where an earlier stream ended, or was
killed; no file is ever replaced.
"""

from __future__ import annotations

import re
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from struct import pack
from threading import Lock
from typing import TYPE_CHECKING, Final

from simulator.errors import OutputError, RequestError
from simulator.sinks.files import Staging, temporary_name, told
from simulator.streaming.addresses import Option
from simulator.streaming.sinks.interface import Limits, Promise, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulator.streaming.addresses import Address
    from simulator.streaming.sinks.interface import Batch

EVERY_BYTES: Final = 64 << 20
LIMITS: Final = Limits(1000, 1 << 20)

OPTIONS: Final = (
    Option("every-records", "records of a file, at most; without it as many as come"),
    Option("every-bytes", f"bytes of a file before compression, at most: {EVERY_BYTES}"),
    Option(
        "every",
        "seconds after its first record that a file is closed, with the next record that "
        "comes; without it none is closed for its age",
    ),
    Option("gzip", "yes: files are compressed, and end in .gz: no"),
)
PROMISE: Final = (
    "Written: the system has every record. A file is put on the disk when it is closed, and has "
    "its name from then on; what a killed stream left open keeps its temporary name."
)

_NAME: Final = re.compile(r"\.?records-(\d{6,})\.ndjson(?:\.gz)?(?:\.partial)?")

_GZIP_HEADER: Final = b"\x1f\x8b\x08" + bytes(5) + b"\x04\xff"
"""RFC 1952: deflate; no name, no time, the fastest level, no system told."""
_RAW: Final = -15
"""zlib's number for the largest window and no wrapper."""
_LAST_BLOCK: Final = b"\x03\x00"
"""RFC 1951: an empty block that is the last one."""


@dataclass(frozen=True, slots=True)
class Turns:
    """When a file is closed."""

    records: int | None
    """Records of a file, at most; absent for no limit."""
    size: int
    """Bytes before compression, at most; a file of one record may have more."""
    seconds: int | None
    """How old it becomes; absent for no limit."""


class Growing:
    """A file that grows under its temporary name, whole batches at a time."""

    def __init__(self, path: Path, began: float, *, is_packed: bool) -> None:
        """Open it.

        Raises:
            OutputError: It cannot be opened, or another stream is writing it.
        """
        self.began = began
        self.records = 0
        self.size = 0
        self._path = path
        self._staging = Staging(path)
        self._packed = zlib.compressobj(1, zlib.DEFLATED, _RAW) if is_packed else None
        self._crc = 0
        self._stored = 0

    def write(self, records: Sequence[bytes]) -> None:
        """Add records.

        Raises:
            OutputError: The disk takes no more. The file is closed, and has what it had before.
        """
        data = b"".join([record + b"\n" for record in records])
        stored = self._made(data)
        try:
            self._staging.write(stored)
        except OutputError:
            self._cut_back()
            raise
        self._stored += len(stored)
        self._crc = zlib.crc32(data, self._crc)
        self.records += len(records)
        self.size += len(data)

    def close(self) -> None:
        """Put the last byte on the disk, and give it its name.

        Raises:
            OutputError: The disk refuses; the file keeps its temporary name.
        """
        self._staging.write(self._end())
        self._staging.sync()
        self._staging.publish()

    def _made(self, data: bytes) -> bytes:
        """Return bytes as they are stored."""
        if self._packed is None:
            return data
        # So far on that a reader has every record, were there no more of the file.
        text = self._packed.compress(data) + self._packed.flush(zlib.Z_SYNC_FLUSH)
        return text if self._stored else _GZIP_HEADER + text

    def _end(self) -> bytes:
        if self._packed is None:
            return b""
        return _LAST_BLOCK + pack("<II", self._crc, self.size & 0xFFFFFFFF)

    def _cut_back(self) -> None:
        """Close the file without what was written in vain."""
        if not self.records:
            self._staging.discard()
            return
        # What went wrong already is what is told.
        with suppress(OutputError):
            temporary = self._path.with_name(temporary_name(self._path.name))
            with told(self._path), temporary.open("r+b") as stream:
                stream.truncate(self._stored)
                stream.seek(self._stored)
                stream.write(self._end())
            self._staging.sync()
            self._staging.publish()


@dataclass(eq=False, slots=True)
class FolderConnection:
    """See `interface.Connection`."""

    sink: FoldersSink
    _open: Growing | None = None

    def send(self, batch: Batch) -> Receipt:
        """See `Connection.send`.

        Raises:
            OutputError: The folder takes no more. Files have whole records.
        """
        turns = self.sink.turns
        first, size = 0, 0
        for place, record in enumerate(batch.records):
            own = len(record) + 1
            held = self._open
            count = place - first + (held.records if held else 0)
            before = size + (held.size if held else 0)
            is_full = count == turns.records or before + own > turns.size
            is_old = (
                held is not None
                and turns.seconds is not None
                and self.sink.monotonic() - held.began >= turns.seconds
            )
            if count and (is_full or is_old):
                self._write(batch.records[first:place])
                self.close()
                first, size = place, 0
            size += own
        self._write(batch.records[first:])
        return Receipt(size=sum(map(len, batch.records)) + len(batch.records))

    def settled(self) -> tuple[()]:
        """See `Connection.settled`."""
        return ()

    def close(self) -> None:
        """See `Connection.close`: what is open is closed, and gets its name."""
        if self._open is not None:
            held, self._open = self._open, None
            held.close()

    def _write(self, records: Sequence[bytes]) -> None:
        if not records:
            return
        held = self._open or self.sink.opened()
        # Not kept where it fails: it is closed by then.
        self._open = None
        held.write(records)
        self._open = held


@dataclass(eq=False, slots=True)
class FoldersSink:
    """See `interface.Sink`. Each connection has a file of its own."""

    name: str
    folder: Path
    turns: Turns
    is_packed: bool
    monotonic: Callable[[], float]
    promise: Promise = Promise.written
    limits: Limits = LIMITS
    connections: int = 1
    _number: int | None = None
    _lock: Lock = field(default_factory=Lock)

    def connect(self) -> FolderConnection:
        """See `Sink.connect`."""
        with told(self.folder), self._lock:
            self.folder.mkdir(parents=True, exist_ok=True)
            if self._number is None:
                found = [_NAME.fullmatch(one.name) for one in self.folder.iterdir()]
                self._number = max((int(one[1]) for one in found if one), default=0)
        return FolderConnection(self)

    def opened(self) -> Growing:
        """Open the next file.

        Raises:
            OutputError: It cannot be opened.
        """
        with self._lock:
            assert self._number is not None, "a connection is open"
            self._number += 1
            # Another stream may have written here since.
            while self._is_taken():
                self._number += 1
            return Growing(self._path(), self.monotonic(), is_packed=self.is_packed)

    def close(self) -> None:
        """See `Sink.close`."""

    def _path(self, suffix: str | None = None) -> Path:
        ending = (".gz" if self.is_packed else "") if suffix is None else suffix
        return self.folder / f"records-{self._number:06d}.ndjson{ending}"

    def _is_taken(self) -> bool:
        paths = [self._path(suffix) for suffix in ("", ".gz")]
        return any(
            one.exists() or one.with_name(temporary_name(one.name)).exists() for one in paths
        )


def sink(address: Address, monotonic: Callable[[], float] = time.monotonic) -> FoldersSink:
    """Return the sink at an address.

    Args:
        monotonic: Returns seconds that never go back.

    Raises:
        RequestError: It names no folder, or a setting is not what it should be.
        OutputError: A file is where the folder should be.
    """
    settings = address.settings
    where = address.rest.removeprefix("//")
    if not where:
        raise RequestError("cannot send to a folder without a name: expected folder:DIR/")
    folder = Path(where)
    if folder.exists() and not folder.is_dir():
        message = f"cannot write to {folder}: it is no folder"
        raise OutputError(message)
    given = settings.names
    turns = Turns(
        settings.count("every-records", 1) if "every-records" in given else None,
        settings.count("every-bytes", EVERY_BYTES),
        settings.count("every", 1) if "every" in given else None,
    )
    return FoldersSink(address.text, folder, turns, settings.flag("gzip"), monotonic)
