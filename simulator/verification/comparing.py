"""What a run gives when it is made again, held against what is there; nothing is written.

Lines are compared piece by piece as long as they are the same. From the first difference on,
lines that are on one side and not yet on the other are remembered, as a digest each: a line
that was removed, doubled or moved costs a few of them, however long the file is.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, zip_longest
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.delivery.file_mutations import SOUND
from simulator.errors import InputError
from simulator.primitives.jsontext import json_text
from simulator.sinks.damaged import damaging_compressor
from simulator.sinks.files import FileEntry
from simulator.sinks.stores import NO_METADATA
from simulator.sinks.targets import MANIFEST
from simulator.verification.report import Finding, things_are
from simulator.verification.rows import MOST_DOCUMENT, lines_of, record_lines
from simulator.verification.unpacking import Content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from simulator.delivery.file_mutations import FileDamage
    from simulator.sinks.manifest import Manifest
    from simulator.sinks.stores import Held
    from simulator.verification.checking import Reading

MOST: Final = 200_000
"""Lines that are remembered of each side; of more it is only said that they are too many."""


@dataclass(slots=True)
class _Line:
    """Lines that are alike and have no counterpart yet."""

    count: int
    event_id: str | None


class _Lines:
    """Lines on one side that the other does not have, or not yet."""

    def __init__(self) -> None:
        self.open: dict[bytes, _Line] = {}

    def take(self, digest: bytes) -> bool:
        """Take one line that is alike, if there is one."""
        found = self.open.get(digest)
        if found is None:
            return False
        found.count -= 1
        if not found.count:
            del self.open[digest]
        return True

    def put(self, digest: bytes, line: bytes) -> None:
        """Remember a line."""
        found = self.open.get(digest)
        if found is None:
            self.open[digest] = _Line(1, _event_id(line))
        else:
            found.count += 1

    def ids(self) -> Counter[str | None]:
        """Return the eventIDs of the lines, and how often each occurs."""
        ids: Counter[str | None] = Counter()
        for line in self.open.values():
            ids[line.event_id] += line.count
        return ids


class ComparedLines:
    """An output that compares lines with a file, instead of writing them."""

    def __init__(
        self, entry: FileEntry, reading: Reading | None, damage: FileDamage = SOUND
    ) -> None:
        """Read nothing yet.

        Args:
            entry: What the manifest tells of the file.
            reading: The file, read once already; absent, as is its content, where there is none.
            damage: What was done to how it is compressed.
        """
        self._damage = damage
        self.entry = entry
        self._reading = reading
        self._name = entry.name
        self._there = self._pieces()
        self._rest = b""
        self._begun = bytearray()
        """What both sides have of a line that has not ended."""
        self._is_same = True
        self._lines = 0
        """Lines that were the same from the beginning."""
        self._missing = _Lines()
        self._extra = _Lines()
        self._theirs: Iterator[bytes] = iter(())
        self._is_given_up = self._is_line_other = False
        self._content = hashlib.sha256()
        self._stored = hashlib.sha256()
        self._size = 0
        self._compressor = damaging_compressor(entry.name, damage)

    @property
    def is_same(self) -> bool:
        """Whether everything so far is there, byte by byte."""
        return self._is_same

    def write(self, data: bytes | memoryview) -> None:
        """See `Output.write`."""
        self._hash(data)
        if self._reading is None or self._reading.content is None:
            return
        mine = bytes(data)
        if self._is_same:
            theirs = self._take(len(mine))
            if theirs == mine:
                self._keep(mine)
                return
            mine = self._part(mine, theirs)
        self._begun += mine
        *whole, rest = bytes(self._begun).split(b"\n")
        self._begun = bytearray(rest)
        for line in whole:
            self._compare(line, next(self._theirs, None))

    def finish(self, records: int, first: str | None, last: str | None) -> FileEntry:
        """Compare what is left, and return what a manifest would tell of the file."""
        if self._compressor is not None:
            for piece in self._compressor.flush():
                self._store(piece)
        if self._reading is not None and self._reading.content is not None:
            if self._is_same and (more := self._take(1)):
                self._part(b"", more)
            if not self._is_same:
                mine = [bytes(self._begun)] if self._begun else []
                for one, other in zip_longest(mine, self._theirs):
                    self._compare(one, other)
        return FileEntry(
            self._name,
            self._size,
            records,
            (self._content if self._compressor is None else self._stored).hexdigest(),
            self._content.hexdigest(),
            role=self.entry.role,
            first=first,
            last=last,
            mutations=self._damage.names,
        )

    def findings(self) -> Iterator[Finding]:
        """Yield how the file differs, when all was written."""
        if self._is_same or self._reading is None or self._reading.content is None:
            return
        name = self._name
        where = f"is not what the run gives: line {self._lines + 1} is the first that differs"
        yield Finding(name, "differs", where)
        if self._is_given_up:
            message = f"more than {MOST:,} lines differ, and it was not told which"
            yield Finding(name, "changed", message)
            return
        yield from differences(
            name,
            "line" if self.entry.role == "truth" else "record",
            self._missing.ids(),
            self._extra.ids(),
            self._seen,
        )
        if self._missing.open or self._extra.open:
            return
        if self._is_line_other:
            yield Finding(name, "order", "has every line of the run, in another order")
        else:
            yield Finding(name, "changed", "differs in the end of its last line alone")

    def _pieces(self) -> Iterator[bytes]:
        if self._reading is None or self._reading.content is None:
            return
        try:
            yield from self._reading.again()
        except InputError:
            return  # what can be read is compared; the rest was told already

    def _hash(self, data: bytes | memoryview) -> None:
        self._content.update(data)
        if self._compressor is None:
            self._size += len(data)
        else:
            for piece in self._compressor.compress(data):
                self._store(piece)

    def _store(self, piece: bytes) -> None:
        self._stored.update(piece)
        self._size += len(piece)

    def _take(self, size: int) -> bytes:
        """Return the next bytes that are there, as many as there are."""
        kept = [self._rest]
        have = len(self._rest)
        while have < size and (piece := next(self._there, b"")):
            kept.append(piece)
            have += len(piece)
        whole = b"".join(kept)
        self._rest = whole[size:]
        return whole[:size]

    def _keep(self, same: bytes) -> None:
        """Note how many lines were the same, and how the next one begins."""
        end = same.rfind(b"\n") + 1
        if end:
            self._lines += same.count(b"\n")
            self._begun.clear()
        self._begun += same[end:]

    def _part(self, mine: bytes, theirs: bytes) -> bytes:
        """Go over to lines, and return what is left to compare of `mine`."""
        self._is_same = False
        common = _common(mine, theirs)
        self._keep(mine[:common])
        begun = (bytes(self._begun) + theirs[common:], self._rest)
        pieces = (piece for piece in chain(begun, self._there) if piece)
        self._theirs = (line or b"" for lines in lines_of(pieces) for line in lines)
        return mine[common:]

    def _compare(self, mine: bytes | None, theirs: bytes | None) -> None:
        if mine == theirs or self._is_given_up:
            return
        self._is_line_other = True
        for line, own, other in (
            (mine, self._missing, self._extra),
            (theirs, self._extra, self._missing),
        ):
            if line is not None:
                digest = hashlib.blake2b(line, digest_size=16).digest()
                if not other.take(digest):
                    own.put(digest, line)
        if max(len(self._missing.open), len(self._extra.open)) > MOST:
            self._is_given_up = True
            self._missing.open.clear()
            self._extra.open.clear()

    def _seen(self, ids: set[str]) -> Counter[str]:
        """Return how often eventIDs occur in the file."""
        seen: Counter[str] = Counter()
        if ids and self._reading is not None:
            with suppress(InputError):
                for rows in record_lines(self._reading.again(), is_careful=True):
                    seen.update(one for one in rows.ids if one is not None and one in ids)
        return seen


def _common(one: bytes, other: bytes) -> int:
    """Return how many bytes two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _event_id(line: bytes) -> str | None:
    try:
        return _id_of(orjson.loads(line))
    except orjson.JSONDecodeError:
        return None


def _id_of(record: object) -> str | None:
    found = record.get("eventID") if isinstance(record, dict) else None
    return found if isinstance(found, str) else None


def differences(
    name: str,
    noun: str,
    missing: Counter[str | None],
    extra: Counter[str | None],
    seen: Callable[[set[str]], Counter[str]],
) -> Iterator[Finding]:
    """Yield what it means that some records have no counterpart.

    Args:
        name: The file's.
        noun: What to call them.
        missing: eventIDs of those that the run gives, and how often each occurs.
        extra: eventIDs of those that are there.
        seen: Tells how often eventIDs occur in the file.
    """
    named_missing = [one for one in missing if one is not None]
    named_extra = [one for one in extra if one is not None]
    more = [one for one in named_extra if one not in missing]
    there = seen(set(more))
    for kind, what, ids in (
        ("changed", "not as the run gives", [one for one in named_missing if one in extra]),
        ("missing", "missing", [one for one in named_missing if one not in extra]),
        (
            "extra",
            "there that the run does not give",
            [one for one in more if there[one] <= extra[one]],
        ),
        (
            "repeated",
            "there more often than the run gives",
            [one for one in more if there[one] > extra[one]],
        ),
    ):
        if ids:
            yield Finding(name, kind, things_are(len(ids), noun, what), tuple(ids))
    for kind, count, what in (
        ("missing", missing[None], "missing"),
        ("extra", extra[None], "there that the run does not give"),
    ):
        if count:
            message = f"{things_are(count, noun, what)}, without an eventID to tell which"
            yield Finding(name, kind, message)


class ComparedStore:
    """A place for objects that compares them with what is there, instead of keeping them.

    For whatever writes a run into a `sinks.stores.Store`.
    """

    def __init__(
        self,
        manifest: Manifest,
        readings: Mapping[str, Reading],
        names: Mapping[str, str] = NO_METADATA,
    ) -> None:
        """Compare nothing yet.

        Args:
            manifest: Of the run that is there.
            readings: Its files by name, read once already.
            names: Objects that are called otherwise there, and how.
        """
        self._names = names
        self._entries = {entry.name: entry for entry in manifest.files}
        self._readings = readings
        self._lock = Lock()
        self._found: dict[str, list[Finding]] = {}
        self.manifest: bytes | None = None
        """The manifest of the run made again, when it was put."""
        self.packed = 0
        """How many files are compressed otherwise, and the same inside."""

    def put(
        self,
        key: str,
        data: bytes | memoryview,
        metadata: Mapping[str, str] = NO_METADATA,  # noqa: ARG002  # a folder keeps none
    ) -> None:
        """Compare an object; see `Store.put`."""
        if key == MANIFEST:
            self.manifest = bytes(data)
            return
        key = self._names.get(key, key)
        found = list(self._compared(key, data))
        with self._lock:
            self._found[key] = found

    def get(self, key: str) -> bytes:
        """See `Store.get`: nothing is kept."""
        message = f"{key}: no such file"
        raise InputError(message)

    def holds(self, key: str, data: bytes) -> bool:  # noqa: ARG002  # as stores have it
        """See `Store.holds`: nothing is, so that everything is put."""
        return False

    def held(self, prefix: str = "") -> Iterator[Held]:  # noqa: ARG002  # as stores have it
        """See `Store.held`."""
        return iter(())

    def remove(self, key: str) -> None:
        """See `Store.remove`: as if it had not been put."""
        with self._lock:
            self._found.pop(key, None)

    def findings(self) -> Iterator[Finding]:
        """Yield how what is there differs, when all was put."""
        for name in self._entries:
            if name not in self._found:
                yield Finding(name, "differs", "is not among the files that the run gives")
            yield from self._found.get(name, ())
        for name in sorted(self._found.keys() - self._entries.keys()):
            yield Finding(
                name, "manifest", "the run gives this file, the manifest does not list it"
            )

    def _compared(self, key: str, data: bytes | memoryview) -> Iterator[Finding]:
        entry, reading = self._entries.get(key), self._readings.get(key)
        if entry is None or reading is None:
            return
        content = Content(key, io.BytesIO(data))
        mine = content.read(MOST_DOCUMENT)
        if content.content_sha256 == entry.content_sha256:
            # That what is there is not what the manifest says was told already; here it is
            # said which records those are.
            with self._lock:
                self.packed += content.sha256 != entry.sha256
            if reading.is_intact:
                return
        if reading.content is None:
            return
        if reading.content.content_sha256 == content.content_sha256:
            message = "its entry in the manifest is not what the run gives"
            yield Finding(key, "manifest", message)
            return
        if entry.role in {"records", "truth"} and mine is not None:
            lines = ComparedLines(entry, reading)
            lines.write(mine)
            lines.finish(entry.records, entry.first, entry.last)
            yield from lines.findings()
            return
        if content.content_sha256 != entry.content_sha256:
            yield Finding(key, "differs", "is not what the run gives")
        if entry.role == "log":
            yield from _log_differences(key, mine, reading)


def _log_differences(key: str, mine: bytes | None, reading: Reading) -> Iterator[Finding]:
    """Yield which records of a log file differ."""
    there = _records(reading.again().read(MOST_DOCUMENT))
    given = _records(mine)
    if there is None or given is None:
        return
    have, want = Counter(map(json_text, there)), Counter(map(json_text, given))
    if have == want:
        yield Finding(key, "order", "has every record of the run, in another order or spelling")
        return
    ids = Counter(found for one in there if (found := _id_of(one)) is not None)
    yield from differences(key, "record", _ids(want - have), _ids(have - want), lambda _: ids)


def _ids(records: Counter[bytes]) -> Counter[str | None]:
    ids: Counter[str | None] = Counter()
    for record, count in records.items():
        ids[_event_id(record)] += count
    return ids


def _records(text: bytes | None) -> list[Any] | None:
    try:
        document = orjson.loads(text or b"")
    except orjson.JSONDecodeError:
        return None
    records = document.get("Records") if isinstance(document, dict) else None
    return records if isinstance(records, list) else None
