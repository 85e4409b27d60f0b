"""What a SIEM says it received: records in any form, or no more than their eventIDs.

Records are read as `validate` reads them. What has eventIDs and no records (a column of a table, an
id a line) tells which records are there, and not whether they are what was sent.
"""

from __future__ import annotations

import csv
import re
import sys
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from simulator.errors import InputError
from simulator.reconciliation.contents import UNKNOWN, digest_of
from simulator.reconciliation.runs import SENT
from simulator.sinks.compression import packing_of
from simulator.validation.findings import Place
from simulator.validation.reading import MOST_DOCUMENT, MOST_LINE, files_of, read_source
from simulator.validation.tables import begins_table
from simulator.validation.unwrapping import Item, Trouble, records_of
from simulator.verification.rows import lines_of
from simulator.verification.unpacking import Content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from io import BufferedReader

HEAD: Final = 1 << 16
"""Bytes by which the form of a file is told."""
_PACKED: Final = (".gz", ".zst")
_TABLES: Final = (".csv", ".tsv", ".parquet", ".txt")
_PARQUET: Final = b"PAR1"
_UUID: Final = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ID: Final = re.compile(r"(?:.*\.)?(?:event_?id|event\.id)", re.IGNORECASE)
"""Names of columns and members that hold eventIDs."""
_OWN: Final = frozenset({"eventSource", "eventVersion"})
"""Members of which a record has one, whatever it lost."""
_DOUBLED: Final = "E007"
"""Told beside the record that is meant."""

Rows: TypeAlias = "Callable[[str, bytes, Callable[[str], bool]], Iterator[dict[str, object]]]"
"""Reads Parquet: a file's name, its bytes and which columns are wanted to its rows."""


@dataclass(frozen=True, slots=True)
class Received:
    """A record that was received, or only its eventID."""

    place: Place
    event_id: str | None
    """Absent where it has none that is text."""
    digest: int
    """Of what it says; `contents.UNKNOWN` where only its eventID is there."""
    record: dict[str, Any] | None
    """Absent likewise."""
    raw: bytes | None
    """Its text, where it is known."""


@dataclass(slots=True)
class Exports:
    """Files that were exported, and what was odd about them."""

    parquet: Rows
    ignored: tuple[str, ...] = ()
    """Members that are not compared."""
    wanted: frozenset[bytes] = frozenset()
    """sha256 of texts that are looked for among what is no record."""
    bare: int = 0
    """How many records are there by their eventID alone."""
    unread: int = 0
    """How much is no record."""
    troubles: list[Trouble] = field(default_factory=list)
    """The first of it."""
    lines: set[int] = field(default_factory=set)
    """Lines of the file at hand that are no record, of a run that was damaged."""
    raws: list[tuple[Place, bytes]] = field(default_factory=list)
    """sha256 of texts that were looked for and found."""

    def read(self, paths: Sequence[str], stdin: BufferedReader | None) -> Iterator[Received]:
        """Yield everything that was received.

        Args:
            paths: Files and folders; `-` for standard input.
            stdin: Stands for it; absent for the program's own.

        Raises:
            InputError: A file cannot be read.
            MissingExtraError: Its form needs a package that is not installed.
        """
        for file in all_files(paths):
            if file == "-":
                yield from self._of(file, stdin or cast("BufferedReader", sys.stdin.buffer))
                continue
            self.lines.clear()
            try:
                source = Path(file).open("rb", buffering=HEAD)  # noqa: SIM115  # by the with below
            except OSError as error:
                message = f"cannot read {file}: {error.strerror or error}"
                raise InputError(message) from None
            with source:
                yield from self._of(file, cast("BufferedReader", source))
            if self.wanted and self.lines:
                self._look_for(file)

    def _of(self, file: str, source: BufferedReader) -> Iterator[Received]:
        head, suffix = _unpacked(source.peek(HEAD)[:HEAD])
        if head.startswith(_PARQUET):
            yield from self._parquet(file, source)
        elif (form := _ids_in(head)) is not None:
            name = file if file.endswith(_PACKED) else f"{file}{suffix}"
            content = Content(name, source)
            for number, event_id in form(content):
                self.bare += 1
                yield Received(Place(file, number), event_id, UNKNOWN, None, None)
            content.refuse_odd(file)
        else:
            for one in read_source(file, source):
                yield from self._taken(one, None)

    def _taken(self, one: Item | Trouble, place: Place | None) -> Iterator[Received]:
        if isinstance(one, Trouble):
            if one.code != _DOUBLED:
                self.unread += 1
                if self.wanted:
                    self.lines.add(one.place.line)
                if len(self.troubles) < 20:
                    self.troubles.append(one)
            return
        record, place = one.record, place or one.place
        event_id = record.get("eventID")
        if not _OWN.isdisjoint(record):
            found = event_id if isinstance(event_id, str) else None
            yield Received(place, found, digest_of(record, self.ignored), record, one.raw)
            return
        named = next((name for name in record if _ID.fullmatch(name)), "")
        event_id = record.get(named)
        self.bare += isinstance(event_id, str)
        found = event_id if isinstance(event_id, str) else None
        yield Received(place, found, UNKNOWN, record, one.raw)

    def _parquet(self, file: str, source: BufferedReader) -> Iterator[Received]:
        content = source.read(MOST_DOCUMENT + 1)
        if len(content) > MOST_DOCUMENT:
            message = f"{file}: more than {MOST_DOCUMENT:,} bytes: export several files"
            raise InputError(message)
        for nth, row in enumerate(self.parquet(file, content, lambda _: True)):
            for one in records_of(file, 0, cast("Any", row), None):
                yield from self._taken(one, Place(file, 0, nth))

    def _look_for(self, file: str) -> None:
        """Look for damaged records among the lines of a file."""
        # Told from its name alone: what is read twice is damaged and small.
        with Path(file).open("rb") as source:
            for number, line in enumerate(
                chain.from_iterable(lines_of(Content(file, source))), start=1
            ):
                digest = sha256(line or b"").digest()
                if number in self.lines and digest in self.wanted:
                    self.raws.append((Place(file, number), digest))


def all_files(paths: Sequence[str]) -> list[str]:
    """Return the files that paths stand for, those of a folder sorted by name.

    Raises:
        InputError: A path does not exist, or there is nothing to read.
    """
    found: list[str] = []
    for path in paths:
        tables = []
        if path != "-" and Path(path).is_dir():
            tables = [str(one) for one in sorted(Path(path).rglob("*")) if _is_table(one)]
        with suppress(InputError) if tables else nullcontext():
            found += [one for one in files_of([path]) if _bare_name(one) != SENT or one == path]
        found += tables
    return list(dict.fromkeys(found))


def _bare_name(path: str) -> str:
    name = Path(path).name
    for packed in _PACKED:
        name = name.removesuffix(packed)
    return name


def _is_table(path: Path) -> bool:
    return _bare_name(path.name).endswith(_TABLES) and path.is_file()


def _unpacked(head: bytes) -> tuple[bytes, str]:
    """Return the beginning of a file uncompressed, and the ending of such files' names."""
    for suffix, magic in ((".gz", b"\x1f\x8b"), (".zst", b"\x28\xb5\x2f\xfd")):
        if head.startswith(magic):
            packing = packing_of(suffix)
            assert packing is not None
            try:
                return packing.begun().decompress(head), suffix
            except packing.error:
                return b"", suffix
    return head, ""


def _ids_in(head: bytes) -> Callable[[Content], Iterator[tuple[int, str]]] | None:
    """Return what reads eventIDs, if that is all there is."""
    lines = [line for line in head.removeprefix(b"\xef\xbb\xbf").splitlines() if line.strip()][:2]
    if not lines or lines[0].lstrip().startswith((b"{", b"[")):
        return None
    first = lines[0].decode(errors="replace")
    if _UUID.fullmatch(first.strip().strip('"')):
        return _listed
    separator = max(",;\t", key=first.count)
    cells = next(csv.reader([first], delimiter=separator))
    columns = [nth for nth, cell in enumerate(cells) if _ID.fullmatch(cell.strip())]
    if not columns or begins_table(lines, is_named=False):
        return None
    return lambda content: _column(content, columns[0], separator)


def _listed(content: Content) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(chain.from_iterable(lines_of(content)), start=1):
        text = (line or b"").decode(errors="replace").strip().strip('"')
        if text:
            yield number, text.removeprefix("\ufeff")


def _column(content: Content, column: int, separator: str) -> Iterator[tuple[int, str]]:
    csv.field_size_limit(MOST_LINE)
    lines = (
        f"{(line or b'').decode(errors='replace')}\n"
        for line in chain.from_iterable(lines_of(content))
    )
    reader = csv.reader(lines, delimiter=separator)
    next(reader)
    for cells in reader:
        if len(cells) > column and cells[column].strip():
            yield reader.line_num, cells[column].strip()
