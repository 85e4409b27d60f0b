"""From paths to records: every form in which CloudTrail records are kept.

Lines of JSON are streamed. A document (`{"Records": […]}`, a list, the answer of
LookupEvents, one record over several lines) is read as a whole, up to `MOST_DOCUMENT`.
Records are taken out of what they are wrapped in: envelopes of EventBridge, payloads of a
CloudWatch Logs subscription, events of LookupEvents, lines and tables that log stores export.
Compression is told from the first bytes, not from the name.
"""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from simulator.errors import InputError, MissingExtraError
from simulator.sinks.targets import MANIFEST, METADATA, PUBLIC_KEYS, TRUTH, UNFINISHED
from simulator.validation import tables
from simulator.validation.findings import Place
from simulator.validation.unwrapping import (
    Item,
    Read,
    Trouble,
    parsed,
    records_of,
    repeated_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from simulator.validation.layouts import Value
    from simulator.validation.unwrapping import Refusal

try:
    import zstandard
except ImportError:
    _HAS_ZSTD = False
else:
    _HAS_ZSTD = True

MIB: Final = 1024 * 1024
MOST_LINE: Final = 16 * MIB
"""Bytes of the longest line that is read as one record."""
MOST_DOCUMENT: Final = 512 * MIB
"""Bytes of the longest document."""
_MOST_UNREAD: Final = 20
MOST_DEPTH: Final = 200
"""Objects and lists of a record that lie in one another: orjson writes 254, Python shows 1,000."""
_CHUNK: Final = 1 * MIB
# Smaller, because a chunk of it is unpacked as a whole.
_ZSTD_CHUNK: Final = 16 * 1024

_GZIP, _ZSTD, _BOM = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xef\xbb\xbf"

__all__ = ["Item", "Read", "Trouble", "files_of", "read_file", "read_source", "repeated_name"]

SUFFIXES: Final = (".json", ".ndjson", ".jsonl")
_PACKED: Final = (".gz", ".zst")
_HEAD, _MOST_SEEN = 2, 100
"""Lines by which a table is known, and lines that are looked at to find them."""
# What this program writes beside its records, and CloudTrail beside its log files.
_OTHER_NAMES: Final = (TRUTH, MANIFEST, PUBLIC_KEYS, METADATA, UNFINISHED)


@dataclass(slots=True)
class Missed:
    """What could not be read as a record: how much, and the first of it."""

    troubles: int = 0
    """How much could not be read."""
    unread: list[Trouble] = field(default_factory=list)
    """The first of it."""

    def miss(self, trouble: Trouble) -> None:
        """Count what is no record."""
        self.troubles += 1
        if len(self.unread) < _MOST_UNREAD:
            self.unread.append(trouble)


def files_of(paths: Sequence[str]) -> list[str]:
    """Return the files that paths stand for, those of a folder sorted by name.

    A named file is read whatever its name. In folders only `.json`, `.ndjson` and
    `.jsonl`, compressed or not, are: neither truth, manifests, digest files nor what verifies them.

    Raises:
        InputError: A path does not exist, or there is nothing to read.
    """
    found: list[str] = []
    for path in paths:
        if path == "-":
            found.append(path)
        elif (folder := Path(path)).is_dir():
            inside = [str(one) for one in sorted(folder.rglob("*")) if _is_wanted(one)]
            if not inside:
                message = f"{path}: no CloudTrail files (.json, .ndjson, .jsonl) in this folder"
                raise InputError(message)
            found += inside
        elif not folder.exists():
            message = f"{path}: no such file or folder"
            raise InputError(message)
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def _is_wanted(path: Path) -> bool:
    name = _bare_name(path.name)
    return (
        name.endswith(SUFFIXES)
        and not any(name == other or name.endswith(f".{other}") for other in _OTHER_NAMES)
        and not any(part.startswith("CloudTrail-Digest") for part in path.parts)
        and path.is_file()
    )


def _bare_name(name: str) -> str:
    for packed in _PACKED:
        name = name.removesuffix(packed)
    return name


def _unheard(_trouble: Trouble) -> None:
    """Leave it at that."""


def read_file(file: str, tell: Callable[[Trouble], None] = _unheard) -> Iterator[Read]:
    """Yield every record of a file, and everything in it that is none.

    Args:
        file: Its name; `-` for standard input.
        tell: Told of what is odd about it and keeps nothing from being read.

    Raises:
        InputError: The file cannot be opened.
        MissingExtraError: It is Zstandard, and the extra is not installed.
    """
    if file == "-":
        yield from _read(file, sys.stdin.buffer, tell)
        return
    try:
        source = Path(file).open("rb")  # noqa: SIM115  # closed by the with below
    except OSError as error:
        message = f"cannot read {file}: {error.strerror or error}"
        raise InputError(message) from None
    with source:
        yield from _read(file, source, tell)


def read_source(file: str, source: IO[bytes]) -> Iterator[Read]:
    """Yield what `read_file` does, of something that is open already.

    Raises:
        MissingExtraError: It is Zstandard, and the extra is not installed.
    """
    yield from _read(file, source, _unheard)


def _read(file: str, source: IO[bytes], tell: Callable[[Trouble], None]) -> Iterator[Read]:
    try:
        for one in _read_chunks(file, _marked(file, _chunks(source), tell), tell):
            if isinstance(one, Item) and _is_deep(one):
                message = f"more than {MOST_DEPTH} objects or lists lie in one another"
                yield Trouble(one.place, "E008", message)
            else:
                yield one
    except _DamagedError as error:
        yield Trouble(Place(file), "E006", str(error))
    except OSError as error:
        yield Trouble(Place(file), "E001", error.strerror or str(error))


def _is_deep(item: Item) -> bool:
    raw = item.raw
    if raw is not None and raw.count(b"{") + raw.count(b"[") <= MOST_DEPTH:
        # Nearly all: what opens so little is not deep.
        return False
    level: list[Value] = [item.record]
    for _ in range(MOST_DEPTH):
        inner: list[Value] = []
        for one in level:
            if isinstance(one, dict):
                inner += [value for value in one.values() if isinstance(value, dict | list)]
            elif isinstance(one, list):
                inner += [value for value in one if isinstance(value, dict | list)]
        if not inner:
            return False
        level = inner
    return True


class _DamagedError(Exception):
    """The compressed data ends early or is broken."""


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    """Yield a file's bytes, uncompressed."""
    first = source.read(_CHUNK)
    if first.startswith(_GZIP):
        yield from _unzipped(_Rest(first, source))
    elif first.startswith(_ZSTD):
        yield from _unpacked(_Rest(first, source))
    else:
        yield first
        while chunk := source.read(_CHUNK):
            yield chunk


def _marked(file: str, chunks: Iterator[bytes], tell: Callable[[Trouble], None]) -> Iterator[bytes]:
    """Yield a file's bytes without a byte order mark before them."""
    first = next(chunks, b"")
    if first.startswith(_BOM):
        tell(Trouble(Place(file), "N009", "begins with the byte order mark EF BB BF"))
    yield first.removeprefix(_BOM)
    yield from chunks


@dataclass(slots=True)
class _Rest:
    """A stream whose beginning was already read."""

    first: bytes
    source: IO[bytes]

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes."""
        if self.first:
            size = len(self.first) if size < 0 else size
            given, self.first = self.first[:size], self.first[size:]
            return given
        return self.source.read(size)


def _unzipped(source: _Rest) -> Iterator[bytes]:
    # A file may have several members, one after the other.
    stream = gzip.GzipFile(fileobj=source, mode="rb")  # type: ignore[call-overload]  # reads only
    try:
        while chunk := stream.read1(_CHUNK):
            yield chunk
    except EOFError:
        message = "the gzip data ends before its end mark"
        raise _DamagedError(message) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        message = f"the gzip data is damaged: {error}"
        raise _DamagedError(message) from None


def _unpacked(source: _Rest) -> Iterator[bytes]:
    if not _HAS_ZSTD:
        feature = "reading Zstandard"
        raise MissingExtraError(feature, "zstd")
    frame = zstandard.ZstdDecompressor().decompressobj()
    begun = False
    try:
        while packed := source.read(_ZSTD_CHUNK):
            while packed:
                begun = True
                yield frame.decompress(packed)
                packed = frame.unused_data if frame.eof else b""
                if frame.eof:
                    frame, begun = zstandard.ZstdDecompressor().decompressobj(), False
    except zstandard.ZstdError as error:
        message = f"the Zstandard data is damaged: {error}"
        raise _DamagedError(message) from None
    if begun:
        message = "the Zstandard data ends within a frame"
        raise _DamagedError(message)


def _lines(chunks: Iterator[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Yield every line with its number; `None` for one that is too long to be kept."""
    number, kept, is_long = 0, bytearray(), False
    for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for piece in whole:
            number += 1
            yield number, None if is_long else bytes(kept + piece) if kept else piece
            kept.clear()
            is_long = False
        kept += rest
        if is_long or len(kept) > (MOST_DOCUMENT if _opens_document(kept) else MOST_LINE):
            kept.clear()
            is_long = True
    if kept or is_long:
        yield number + 1, None if is_long else bytes(kept)


def _opens_document(text: bytes | bytearray) -> bool:
    # A log file is one line, and has as many records as fit.
    head = bytes(text[:64]).lstrip()
    return head.startswith(b"[") or head.replace(b" ", b"").startswith(
        (b'{"Records":', b'{"Events":')
    )


def _read_chunks(
    file: str, chunks: Iterator[bytes], tell: Callable[[Trouble], None] = _unheard
) -> Iterator[Read]:
    head, lines = _begun(_lines(chunks))
    if tables.begins_table(head, is_named=_bare_name(str(file)).endswith(tables.SUFFIXES)):
        yield from tables.read_table(file, head, lines, MOST_LINE)
    else:
        yield from _read_lines(file, lines, tell)


def _begun(
    lines: Iterator[tuple[int, bytes | None]],
) -> tuple[list[bytes], Iterator[tuple[int, bytes | None]]]:
    """Return the first lines that are not empty, two at most, and all lines."""
    head: list[bytes] = []
    seen: list[tuple[int, bytes | None]] = []
    for number, line in lines:
        seen.append((number, line))
        if line is None:
            break
        if line.strip():
            head.append(line)
        if len(head) == _HEAD or line.lstrip().startswith((b"{", b"[")) or number == _MOST_SEEN:
            break
    return head, chain(seen, lines)


def _read_lines(
    file: str, lines: Iterator[tuple[int, bytes | None]], tell: Callable[[Trouble], None]
) -> Iterator[Read]:
    has_cr = False
    for number, line in lines:
        if line is None:
            place = Place(file, number)
            yield Trouble(place, "E002", f"more than {MOST_LINE:,} bytes without a line end")
            continue
        if line.endswith(b"\r") and not has_cr:
            has_cr = True
            tell(Trouble(Place(file, number), "N010", "the line ends in CR LF"))
        if line.isspace() or not line:
            continue
        value, error = parsed(line)
        if error is None:
            yield from records_of(file, number, value, line)
        elif error.code == "E004" and _goes_on(line) and (number == 1 or _stands_alone(line)):
            yield from _read_document(file, number, line, lines)
        else:
            yield from _split(file, number, line, error)


def _goes_on(line: bytes) -> bool:
    """Return whether a line that is not JSON may be the beginning of a document."""
    return line.lstrip().startswith((b"{", b"[")) and line.rstrip().endswith((b"{", b"[", b","))


def _stands_alone(line: bytes) -> bool:
    return line.strip() in {b"{", b"["}


def _read_document(
    file: str, number: int, first: bytes, lines: Iterator[tuple[int, bytes | None]]
) -> Iterator[Read]:
    """Read a document that goes over several lines, to the end of the file."""
    kept, size = [first], len(first)
    for _, line in lines:
        size += 0 if line is None else len(line) + 1
        if line is None or size > MOST_DOCUMENT:
            message = f"a document of more than {MOST_DOCUMENT:,} bytes"
            yield Trouble(Place(file, number), "E002", message)
            for _ in lines:
                pass  # what is left of it is no record either
            return
        kept.append(line)
    text = b"\n".join(kept)
    value, error = parsed(text)
    if error is None:
        yield from records_of(file, number, value, None, text)
    elif any(_is_record(line) for line in kept[1:]):
        # Lines of records after all, of which the first is broken.
        for place, line in enumerate(kept, start=number):
            value, error = parsed(line)
            if error is None:
                yield from records_of(file, place, value, line)
            elif line.strip():
                yield from _split(file, place, line, error)
    else:
        yield from _split(file, number, text, error)


def _is_record(line: bytes) -> bool:
    if b'"eventSource"' not in line:
        return False
    value, _ = parsed(line)
    return isinstance(value, dict)


def _split(file: str, number: int, text: bytes, error: Refusal) -> Iterator[Read]:
    """Read documents that follow each other without a line end, as joined log files do."""
    if error.code == "E004" and b"}" in text[:-1] and len(text) > 2:
        decoder = json.JSONDecoder()
        rest, at, found = text.decode(), 0, []
        try:
            while at < len(rest):
                value, at = decoder.raw_decode(rest, at)
                found.append(value)
                while at < len(rest) and rest[at].isspace():
                    at += 1
        except (ValueError, RecursionError):
            found = []
        if len(found) > 1:
            for value in found:
                yield from records_of(file, number, value, None)
            return
    yield Trouble(Place(file, number), error.code, error.message)
