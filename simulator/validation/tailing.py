"""The last records of files, and those that come to them.

A file of lines is read from its end and then as it grows: a line counts once its end is there.
Anything else (log files, compressed files, tables) is read as a whole, once it is whole. Files
are known by what they are and not by name, so that one that was renamed is not read again.
"""

from __future__ import annotations

import os
import re
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, TypeAlias

from simulator.errors import InputError
from simulator.validation.findings import Place
from simulator.validation.memory import text_of
from simulator.validation.reading import (
    MIB,
    MOST_LINE,
    Item,
    Read,
    Trouble,
    files_of,
    read_file,
    read_source,
)
from simulator.validation.unwrapping import parsed, records_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Wanted: TypeAlias = Callable[[Item], bool]

_BLOCK: Final = 64 * 1024
_MOST_SEEN: Final = 100
"""Lines that are looked at to find one that is a record."""
_DOCUMENT: Final = re.compile(rb'\{\s*"(?:Records|Events)"\s*:')
"""How a log file begins, or an answer of LookupEvents."""
_Identity: TypeAlias = tuple[int, ...]


@dataclass(slots=True)
class _Growing:
    """A file of lines, open, and how far it was read."""

    file: str
    source: IO[bytes]
    at: int = 0
    """Bytes that were read."""
    rest: bytes = b""
    """A last line that has no end yet."""
    is_long: bool = False
    """Whether so much of that line is there that it will not be read as a record."""

    def grown(self) -> Iterator[Read]:
        """Yield what came since the last time."""
        if os.fstat(self.source.fileno()).st_size < self.at:
            # Somebody emptied it, and what is in it now is new.
            self.at, self.rest, self.is_long = 0, b"", False
        self.source.seek(self.at)
        while chunk := self.source.read(MIB):
            begin = self.at - len(self.rest)
            self.at += len(chunk)
            *lines, rest = (self.rest + chunk).split(b"\n")
            for line in lines:
                if not self.is_long:
                    yield from _read_line(self.file, begin, line)
                begin += len(line) + 1
                self.is_long = False
            if len(rest) > MOST_LINE and not self.is_long:
                self.is_long = True
                yield _trouble(self.file, begin, "E002", f"more than {MOST_LINE:,} bytes")
            self.rest = b"" if self.is_long else rest

    def last(self, most: int, is_wanted: Wanted) -> tuple[list[Item], list[Trouble]]:
        """Return the last records of it, and the troubles among them; go on from its end."""
        self.at = size = os.fstat(self.source.fileno()).st_size
        found: deque[Item] = deque()
        troubles: list[Trouble] = []
        pieces = _lines_from_end(self.source, size)
        _, self.rest = next(pieces)
        if parsed(self.rest)[1] is None and self.rest.strip():
            # Whole, and only its line end is missing.
            pieces = chain([(size - len(self.rest), self.rest)], pieces)
            self.rest = b""
        for begin, line in pieces:
            if len(found) >= most:
                break
            for one in reversed(list(_read_line(self.file, begin, line))):
                if isinstance(one, Trouble):
                    troubles.append(one)
                elif is_wanted(one):
                    found.appendleft(one)
        return list(found)[-most:] if most else [], troubles[::-1]


def _lines_from_end(source: IO[bytes], size: int) -> Iterator[tuple[int, bytes]]:
    """Yield lines and where they begin, the last first; that is empty after a line end."""
    at, kept = size, b""
    while at:
        block = min(_BLOCK, at)
        at -= block
        source.seek(at)
        first, *lines = (source.read(block) + kept).split(b"\n")
        end = at + len(first) + sum(len(line) + 1 for line in lines)
        for line in reversed(lines):
            end -= len(line)
            yield end, line
            end -= 1
        kept = first
    yield 0, kept


def _read_line(file: str, begin: int, line: bytes) -> Iterator[Read]:
    if not line.strip():
        return
    value, error = parsed(line)
    if error is not None:
        yield _trouble(file, begin, error.code, error.message)
        return
    for one in records_of(file, 0, value, line):
        if isinstance(one, Trouble):
            yield _trouble(file, begin, one.code, one.message)
        else:
            yield one


def _trouble(file: str, begin: int, code: str, message: str) -> Trouble:
    return Trouble(Place(file), code, f"the line at byte {begin:,}: {message}")


@dataclass(slots=True)
class _Whole:
    """A file that is read as a whole, as it was when it last was."""

    size: int = -1
    changed: int = 0
    """When it was written to."""
    records: int = 0
    """Records of it that were given."""
    is_awaited: bool = False
    """Whether it was not whole, and may be once it grew."""


@dataclass(slots=True)
class Tail:
    """Paths whose last records are told, and then what comes to them."""

    paths: Sequence[str]
    is_wanted: Wanted
    _growing: dict[_Identity, _Growing] = field(default_factory=dict)
    _whole: dict[_Identity, _Whole] = field(default_factory=dict)

    def last(self, most: int, *, is_followed: bool) -> Iterator[Read]:
        """Yield the last records: of one file in its order, of several in order of time.

        Args:
            most: How many.
            is_followed: Whether files that are not whole may still become so.

        Raises:
            InputError: A path does not exist, or cannot be read.
            MissingExtraError: A file is Zstandard, and the extra is not installed.
        """
        files = files_of(self.paths)
        found: list[Item] = []
        for file in files:
            growing = self._opened(file)
            if growing is not None:
                here, troubles = growing.last(most, self.is_wanted)
            else:
                here, troubles = self._read_whole(file, most, is_patient=is_followed)
            yield from troubles
            found += here
        if len(files) > 1:
            order = nlargest(most, range(len(found)), key=lambda at: (_time(found[at]), at))
            found = [found[at] for at in reversed(order)]
        yield from found

    def come(self) -> Iterator[Read]:
        """Yield the records that came since the last time this or `last` was asked.

        Raises:
            MissingExtraError: A file is Zstandard, and the extra is not installed.
        """
        for one in self._all_come():
            if isinstance(one, Trouble) or self.is_wanted(one):
                yield one

    def close(self) -> None:
        """Close what is open."""
        for one in self._growing.values():
            one.source.close()

    def _all_come(self) -> Iterator[Read]:
        # What was renamed may have grown before that, and comes before what took its place.
        for one in self._growing.values():
            yield from one.grown()
        files = self._files()
        for file in files:
            try:
                growing = self._opened(file)
                if growing is not None:
                    yield from growing.grown()
                    continue
                here, troubles = self._read_whole(file, None, is_patient=True)
            except InputError:
                # Gone between being seen and being opened: it may come back.
                continue
            yield from troubles
            yield from here
        self._let_go(files)

    def _files(self) -> list[str]:
        """Return the files that are there now; a path may be gone for a while."""
        found: list[str] = []
        for path in self.paths:
            with suppress(InputError):
                found += files_of([path])
        return list(dict.fromkeys(found))

    def _opened(self, file: str) -> _Growing | None:
        """Return a file of lines, open; nothing for one that is read as a whole.

        Raises:
            InputError: It cannot be opened.
        """
        path = Path(file)
        try:
            identity = _identity(path.stat())
            if identity in self._growing:
                return self._growing[identity]
            if identity in self._whole:
                return None
            source = path.open("rb")
        except OSError as error:
            message = f"cannot read {file}: {error.strerror or error}"
            raise InputError(message) from None
        if not _is_lines(source):
            source.close()
            return None
        made = self._growing[_identity(os.fstat(source.fileno()))] = _Growing(file, source)
        return made

    def _let_go(self, files: Sequence[str]) -> None:
        """Close files that were deleted, or whose place another has taken."""
        here: set[_Identity] = set()
        for file in files:
            with suppress(OSError):
                here.add(_identity(Path(file).stat()))
        for identity, one in list(self._growing.items()):
            is_deleted = os.fstat(one.source.fileno()).st_nlink == 0
            if identity not in here and (is_deleted or one.file in files):
                one.source.close()
                del self._growing[identity]

    def _read_whole(
        self, file: str, most: int | None, *, is_patient: bool
    ) -> tuple[list[Item], list[Trouble]]:
        """Return what is in a file and was not given before, once it is whole.

        Args:
            file: Its name.
            most: How many of its wanted records are kept, the last ones; all if absent.
            is_patient: Whether one that is not whole is waited for until it grows no more.
        """
        try:
            known = Path(file).stat()
        except OSError as error:
            message = f"cannot read {file}: {error.strerror or error}"
            raise InputError(message) from None
        state = self._whole.setdefault(_identity(known), _Whole())
        is_same = (state.size, state.changed) == (known.st_size, known.st_mtime_ns)
        if is_same and not state.is_awaited:
            return [], []
        if known.st_size < state.size:
            state.records = 0
        state.size, state.changed = known.st_size, known.st_mtime_ns
        found: deque[Item] = deque(maxlen=most)
        troubles: list[Trouble] = []
        records = 0
        for one in read_file(file):
            if isinstance(one, Trouble):
                troubles.append(one)
                continue
            records += 1
            if records > state.records and self.is_wanted(one):
                found.append(one)
        state.is_awaited = is_patient and bool(troubles) and not is_same
        if state.is_awaited:
            return [], []
        state.records = records
        return list(found), troubles


def _identity(known: os.stat_result) -> _Identity:
    return known.st_dev, known.st_ino


def _is_lines(source: IO[bytes]) -> bool:
    """Return whether a file is lines of JSON, as far as there is anything in it."""
    head = source.read(_BLOCK).lstrip()
    if not head:
        return True
    if not head.startswith(b"{") or _DOCUMENT.match(head):
        return False
    while b"\n" not in head and len(head) <= MOST_LINE and (more := source.read(MIB)):
        head += more
    *lines, rest = head.split(b"\n")
    # Where there is one line it is a record, or the beginning of one.
    return not lines or any(_is_record(line) for line in [*lines[:_MOST_SEEN], rest])


def _is_record(line: bytes) -> bool:
    text = line.strip()
    return text.startswith(b"{") and text.endswith(b"}") and parsed(text)[1] is None


@dataclass(frozen=True, slots=True)
class _AsItComes:
    """A stream that gives what is there, and does not wait for more."""

    source: IO[bytes]

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes."""
        return self.source.read1(size)  # type: ignore[attr-defined,no-any-return]  # of a buffer


def read_as_it_comes(source: IO[bytes]) -> Iterator[Read]:
    """Yield what standard input has, each record once its line is there.

    Raises:
        MissingExtraError: It is Zstandard, and the extra is not installed.
    """
    yield from read_source("-", _AsItComes(source))  # type: ignore[arg-type]  # all that is asked of it


def _time(item: Item) -> str:
    return text_of(item.record, "eventTime")
