"""Files that appear whole or not at all.

A file is written under a temporary name in the folder it is meant for and takes its own
name only when its last byte is on the disk. The temporary name is always the same and is
locked while it is written: what a killed run left behind is taken over by the next one,
and two runs cannot write to one place.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from simulator.delivery.file_mutations import SOUND
from simulator.errors import OutputError
from simulator.sinks.damaged import damaging_compressor

try:
    import fcntl
except ImportError:  # pragma: no cover  # no locks there, and nothing else to put in their place
    fcntl = None  # type: ignore[assignment]
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Executor
    from pathlib import Path

    from simulator.delivery.file_mutations import FileDamage

STANDARD_OUTPUT: Final = "standard output"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What is told of a file that was written."""

    name: str
    """Where it is, seen from the manifest's folder, with slashes; `-` for standard output."""

    size: int
    """Bytes."""

    records: int
    """How many records it has, or tells of."""

    sha256: str
    """Of the file as it is."""

    content_sha256: str
    """Of what is in it, uncompressed: the same on every machine."""

    role: str = "records"
    """What it is for: `records`, `truth`, `log`, `digest`, `key`, `metadata` or `manifest`."""

    first: str | None = None
    """The earliest eventTime in it, before overrides; absent when there are no records."""

    last: str | None = None
    """The latest one, likewise."""

    delivered_at: str | None = None
    """When it was delivered; only `log` and `digest` files are."""

    mutations: tuple[str, ...] = ()
    """What damage it took."""


def temporary_name(name: str) -> str:
    """Return the name a file has while it is written."""
    return f".{name}.partial"


def is_temporary(name: str) -> bool:
    """Return whether this is a name that `temporary_name` makes."""
    return name.startswith(".") and name.endswith(".partial")


class _Tally:
    """What has gone through, counted and hashed."""

    def __init__(self, *, is_stored_as_it_is: bool) -> None:
        self.size = 0
        self.content = hashlib.sha256()
        # Where both are the same, hashing it once will do.
        self.stored = self.content if is_stored_as_it_is else hashlib.sha256()

    def entry(self, name: str, records: int) -> FileEntry:
        return FileEntry(
            name, self.size, records, self.stored.hexdigest(), self.content.hexdigest()
        )


@dataclass(frozen=True, slots=True)
class Effort:
    """What is done with bytes besides writing them, and by whom."""

    is_hashed: bool = True
    """Whether anybody asks for the sha256: the manifest does."""

    threads: int = 1
    """How many threads may compress at once."""

    pool: Executor | None = None
    """Where hashing and compressing is done beside writing; without it, in turn."""

    @contextmanager
    def hashing(self, into: _Tally, data: bytes | memoryview) -> Iterator[None]:
        """Hash content while something else is done with it."""
        if not self.is_hashed:
            yield
        elif self.pool is None:
            into.content.update(data)
            yield
        else:
            done = self.pool.submit(into.content.update, data)
            try:
                yield
            finally:
                done.result()


ALONE: Final = Effort()
"""Everything in turn, in one thread."""


class Descriptor:
    """Standard output, or whatever else is open already.

    Raises:
        BrokenPipeError: From `write`, when nobody reads any more.
    """

    def __init__(self, descriptor: int, effort: Effort = ALONE) -> None:
        self._descriptor = descriptor
        self._effort = effort
        self._tally = _Tally(is_stored_as_it_is=True)

    def write(self, data: bytes | memoryview) -> None:
        """See `Output.write`."""
        self._tally.size += len(data)
        with self._effort.hashing(self._tally, data):
            try:
                _write_all(self._descriptor, data)
            except BrokenPipeError:
                raise
            except OSError as error:
                raise OutputError(_cannot_write(STANDARD_OUTPUT, error)) from error

    def finish(self, records: int) -> FileEntry | None:
        """Return what is told of it and its records; absent when it was not hashed."""
        return self._tally.entry("-", records) if self._effort.is_hashed else None


class Staging:
    """A file under its temporary name, locked, until it is published or discarded."""

    def __init__(self, path: Path) -> None:
        """Open the temporary file and lock it.

        Raises:
            OutputError: It cannot be opened, or another run is writing it.
        """
        self.path = path
        self.is_open = True
        self._temporary = path.with_name(temporary_name(path.name))
        with told(path):
            self._descriptor = _locked(self._temporary, path)

    def write(self, data: bytes | memoryview) -> None:
        """Write bytes as they are.

        Raises:
            OutputError: They cannot be written.
        """
        with told(self.path):
            _write_all(self._descriptor, data)

    def sync(self) -> None:
        """Put the last byte on the disk.

        Raises:
            OutputError: The disk refuses.
        """
        with told(self.path):
            os.fsync(self._descriptor)

    def publish(self) -> None:
        """Give the file its name, in place of one that has it.

        Raises:
            OutputError: It cannot be renamed.
        """
        with told(self.path):
            self._temporary.replace(self.path)
            self._close()
            sync_folder(self.path.parent)

    def discard(self) -> None:
        """Leave nothing behind, unless the file is published."""
        if self.is_open:
            with suppress(OSError):
                self._temporary.unlink()
            self._close()

    def _close(self) -> None:
        self.is_open = False
        os.close(self._descriptor)


class StagedFile:
    """A file of a run: compressed if its name says so, counted, and published at the end."""

    def __init__(self, path: Path, effort: Effort = ALONE, damage: FileDamage = SOUND) -> None:
        """Open the temporary file and lock it.

        Args:
            path: Where it is to be.
            effort: What is done besides writing it.
            damage: What is done to how it is compressed; what is in it is damaged by others.

        Raises:
            OutputError: It cannot be opened, or another run is writing it.
            MissingExtraError: Its compression needs a package that is not installed.
        """
        self.path = path
        self._effort = effort
        self._damage = damage
        self._compressor = damaging_compressor(path.name, damage, effort.threads, effort.pool)
        self._tally = _Tally(is_stored_as_it_is=self._compressor is None)
        self._staging = Staging(path)

    def write(self, data: bytes | memoryview) -> None:
        """See `Output.write`."""
        with self._effort.hashing(self._tally, data):
            if self._compressor is None:
                self._put(data)
            else:
                self._store(self._compressor.compress(data))

    def finish(self, records: int) -> FileEntry | None:
        """Put the last byte on the disk, and return what is told of the file and its records.

        Absent when it was not hashed.

        Raises:
            OutputError: It cannot be written.
        """
        if self._compressor is not None:
            self._store(self._compressor.flush())
        self._staging.sync()
        if not self._effort.is_hashed:
            return None
        return replace(self._tally.entry(self.path.name, records), mutations=self._damage.names)

    def publish(self) -> None:
        """See `Staging.publish`."""
        self._staging.publish()

    def clear(self) -> None:
        """Remove an older file that has the name.

        Raises:
            OutputError: It cannot be removed.
        """
        with told(self.path):
            self.path.unlink(missing_ok=True)

    def retract(self) -> None:
        """Remove the file again, if it was published."""
        if not self._staging.is_open:
            with suppress(OSError):
                self.path.unlink()

    def discard(self) -> None:
        """See `Staging.discard`."""
        self._staging.discard()

    def _store(self, compressed: Iterable[bytes]) -> None:
        for data in compressed:
            self._tally.stored.update(data)
            self._put(data)

    def _put(self, data: bytes | memoryview) -> None:
        self._tally.size += len(data)
        self._staging.write(data)


def _locked(temporary: Path, path: Path) -> int:
    """Return an empty temporary file, open and locked."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    while True:
        descriptor = os.open(temporary, flags, 0o666)
        try:
            lock(descriptor, path)
            if _is_same(descriptor, temporary):
                os.ftruncate(descriptor, 0)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        # Another run gave the file its name between our opening and locking it.
        os.close(descriptor)


def lock(descriptor: int, path: Path) -> None:
    """Lock an open file until it is closed.

    Raises:
        OutputError: Another run has it.
    """
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        message = f"cannot write {path}: another run is writing it"
        raise OutputError(message) from None


def _is_same(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _write_all(descriptor: int, data: bytes | memoryview) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def sync_folder(folder: Path) -> None:
    """Put a renaming on the disk, where folders can be opened."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        # Some file systems refuse; the name is there all the same.
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot_write(what: object, error: OSError) -> str:
    return f"cannot write {what}: {error.strerror or error}"


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what the system says into an error that names the file.

    Raises:
        OutputError: Instead of what the system raises.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(_cannot_write(path, error)) from error


@contextmanager
def folder_made(folder: Path) -> Iterator[None]:
    """Make a folder and those above it, and on an error remove those that were made.

    Raises:
        OutputError: It cannot be made.
    """
    missing = []
    above = folder
    while not above.exists():
        missing.append(above)
        above = above.parent
    try:
        with told(folder):
            folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for made in missing:
            with suppress(OSError):
                made.rmdir()
        raise
