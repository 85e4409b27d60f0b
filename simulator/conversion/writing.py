"""Converted records, written whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final, Protocol

from simulator.conversion.converting import Summary, convert_files
from simulator.errors import OutputError
from simulator.sinks.files import Effort, StagedFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from simulator.conversion.converting import Options
    from simulator.conversion.detecting import Observer

_AT_ONCE: Final = 1 << 16
_HELD: Final = 1 << 24
"""Bytes of standard output that are held in memory; more goes to a temporary file."""


class _Target(Protocol):
    """Where bytes go until it is known that all are there."""

    def write(self, data: bytes) -> object:
        """Take bytes."""
        ...


@dataclass(slots=True)
class _Buffered:
    """Collects lines, because each write costs."""

    target: _Target
    held: bytearray = field(default_factory=bytearray)

    def write(self, data: bytes) -> None:
        """Take a line."""
        self.held += data
        if len(self.held) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Pass on what was collected."""
        self.target.write(bytes(self.held))
        self.held.clear()


@dataclass(slots=True)
class _Records:
    """Writes lines as they are, or as the records of one log file."""

    target: _Buffered
    is_wrapped: bool
    is_begun: bool = False

    def write(self, line: bytes) -> None:
        """Take a record's line."""
        if self.is_wrapped:
            self.target.write((b"," if self.is_begun else b'{"Records":[') + line[:-1])
            self.is_begun = True
        else:
            self.target.write(line)

    def finish(self) -> None:
        """Write what comes after the last record."""
        if self.is_wrapped:
            self.target.write(b"]}\n" if self.is_begun else b'{"Records":[]}\n')
        self.target.flush()


@dataclass(frozen=True, slots=True)
class Files:
    """Where a conversion is written."""

    output: Path | None
    """Lines of JSON; a log file where the name ends in `.json`, packed or not; compressed where
    it ends in `.gz` or `.zst`. Standard output where absent."""

    changes: Path | None = None
    """What was changed and what was left, as lines of JSON, compressed likewise."""

    @property
    def is_wrapped(self) -> bool:
        """Whether one document has all records."""
        if self.output is None:
            return False
        return self.output.name.removesuffix(".gz").removesuffix(".zst").endswith(".json")


def write_conversion(  # noqa: PLR0913  # where to, and how
    paths: Sequence[str],
    options: Options,
    files: Files,
    standard_output: IO[bytes],
    *,
    is_strict: bool = False,
    observer: Observer | None = None,
) -> Summary:
    """Convert files and write what comes of it, once everything was read.

    Args:
        paths: What to read.
        options: How to convert.
        files: Where to write.
        standard_output: Where records go that no file is for.
        is_strict: Whether nothing is written when anything had to be left.
        observer: Hears how far it is.

    Raises:
        InputError: A path cannot be read, or something in it is no record.
        MissingExtraError: A compression needs an extra.
        OutputError: A file cannot be written.
    """
    with ExitStack() as stack:
        staged: list[StagedFile] = []

        def opened(path: Path) -> StagedFile:
            staged.append(_staged(path, stack))
            return staged[-1]

        spool: IO[bytes] | None = None
        target: _Target
        if files.output is None:
            target = spool = stack.enter_context(tempfile.SpooledTemporaryFile(_HELD))
        else:
            target = opened(files.output)
        records = _Records(_Buffered(target), files.is_wrapped)
        notes = None if files.changes is None else _Buffered(opened(files.changes))
        summary = convert_files(
            paths, options, records.write, None if notes is None else notes.write, observer
        )
        if is_strict and summary.left:
            return summary
        records.finish()
        if notes is not None:
            notes.flush()
        for file in staged:
            file.finish(summary.records)
        for file in staged:
            file.publish()
        if spool is not None:
            spool.seek(0)
            shutil.copyfileobj(spool, standard_output, _AT_ONCE)
            standard_output.flush()
    return summary


def refuse_taken(path: Path, *, force: bool, hint: str = "choose another") -> None:
    """Refuse to write a file where there is something already.

    Args:
        path: The file.
        force: Whether a file may be replaced; a folder never is.
        hint: What to do instead.

    Raises:
        OutputError: There is something.
    """
    if path.is_dir():
        message = f"{path} is a folder: say which file to write"
        raise OutputError(message)
    if path.exists() and not force:
        message = f"{path} exists: {hint}, or say --force"
        raise OutputError(message)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all.

    Raises:
        MissingExtraError: Its compression needs an extra.
        OutputError: It cannot be written.
    """
    with ExitStack() as stack:
        file = _staged(path, stack)
        file.write(content)
        file.finish(0)
        file.publish()


def _staged(path: Path, stack: ExitStack) -> StagedFile:
    """Return a file that is discarded in the end unless it was published."""
    if not path.parent.is_dir():
        message = f"cannot write {path}: there is no folder {path.parent}"
        raise OutputError(message)
    file = StagedFile(path, Effort(is_hashed=False))
    stack.callback(file.discard)
    return file
