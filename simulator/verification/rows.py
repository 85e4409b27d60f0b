"""What is asked of records and of lines of the truth: an eventID, an eventTime, a few words.

Records are not parsed where a look-up will do: a name in quotes and its colon occur in a line
of JSON only where a member has that name.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Final, TypeAlias, cast

import orjson

from simulator.validation.reading import Item, read_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.verification.unpacking import Content

MIB: Final = 1 << 20
MOST_LINE: Final = 16 * MIB
"""Bytes of the longest line that is read."""
MOST_DOCUMENT: Final = 512 * MIB
"""Bytes of the longest log file, uncompressed."""

_ID: Final = b'"eventID":"'
_UUID: Final = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

Key: TypeAlias = "int | str"
"""An eventID that is remembered: a UUID as a number, which is a third of its text."""


def key_of(event_id: str) -> Key:
    """Return how an eventID is remembered."""
    return int(event_id.replace("-", ""), 16) if _UUID.fullmatch(event_id) else event_id


def id_of(key: Key) -> str:
    """Return the eventID that is remembered so."""
    if isinstance(key, str):
        return key
    text = f"{key:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


@dataclass(slots=True)
class Rows:
    """Some records, in the order in which they stand."""

    ids: list[str | None] = field(default_factory=list)
    """Their eventIDs; absent where a record has none that is text."""

    times: list[str] = field(default_factory=list)
    """Their eventTimes, of those that have one."""

    broken: list[int] = field(default_factory=list)
    """Lines, from 1, on which there is something else."""

    def add(self, record: object) -> None:
        """Add a record that was parsed."""
        found = record if isinstance(record, dict) else {}
        event_id, time = found.get("eventID"), found.get("eventTime")
        self.ids.append(event_id if isinstance(event_id, str) else None)
        if isinstance(time, str) and _INSTANT.fullmatch(time):
            self.times.append(time)


def lines_of(content: Iterable[bytes]) -> Iterator[list[bytes | None]]:
    """Yield lines without their ends, as many at a time as come; `None` for one too long."""
    rest = b""
    is_long = False
    for piece in content:
        *whole, last = piece.split(b"\n")
        lines: list[bytes | None] = [*whole]
        if whole:
            lines[0] = None if is_long else rest + whole[0]
            rest, is_long = b"", False
        rest += last
        if is_long or len(rest) > MOST_LINE:
            rest, is_long = b"", True
        if lines:
            yield lines
    if rest or is_long:
        yield [None if is_long else rest]


def record_lines(content: Iterable[bytes], *, is_careful: bool = False) -> Iterator[Rows]:
    """Yield the records that stand on lines.

    Args:
        content: The file.
        is_careful: Parse every line: a file that was changed may have lines that are no JSON.
            Otherwise only the first and last eventTime of some lines are told, which in a
            file as it was written are the earliest and latest.
    """
    number = 0
    for lines in lines_of(content):
        rows = Rows()
        ids, last = rows.ids, len(lines) - 1
        for place, line in enumerate(lines):
            event_id = None if is_careful or not 0 < place < last else _marked(line)
            if event_id is not None:
                ids.append(event_id)
            elif isinstance(record := _parsed(line), dict):
                rows.add(record)
            else:
                rows.broken.append(number + place + 1)
        number += len(lines)
        yield rows


def _marked(line: bytes | None) -> str | None:
    """Return the eventID of a line, if it is named once and is what it usually is."""
    if line is None:
        return None
    parts = line.split(_ID)
    if len(parts) != 2 or parts[1][36:37] != b'"':
        return None
    text = parts[1][:36]
    return text.decode() if text.isascii() and b"\\" not in text else None


def _parsed(text: bytes | None) -> Any:  # noqa: ANN401  # whatever stands there
    if text is None:
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def log_records(content: Content) -> Iterator[Rows]:
    """Yield the records of a log file."""
    text = content.read(MOST_DOCUMENT)
    document = _parsed(text)
    records = document.get("Records") if isinstance(document, dict) else None
    rows = Rows()
    if isinstance(records, list):
        for record in records:
            rows.add(record)
    else:
        rows.broken.append(0)
    yield rows


@dataclass(slots=True)
class _Pieces:
    """What is in a file, as something to read from."""

    pieces: Iterator[bytes]

    def read(self, size: int = -1) -> bytes:  # noqa: ARG002  # as files have it
        """Return some bytes; none at the end."""
        return next(self.pieces, b"")


def records_of_any_kind(name: str, content: Content) -> Iterator[Rows]:
    """Yield the records of a file of whatever form."""
    for one in read_source(name, cast("IO[bytes]", _Pieces(iter(content)))):
        rows = Rows()
        if isinstance(one, Item):
            rows.add(one.record)
        else:
            rows.broken.append(one.place.line)
        yield rows


@dataclass(slots=True)
class TruthRows:
    """What some lines of the truth tell, each of one record."""

    ids: list[str] = field(default_factory=list)
    """Its eventID, as far as an override left it one."""
    times: list[str] = field(default_factory=list)
    """Its eventTime, likewise."""
    deliveries: list[tuple[str, ...]] = field(default_factory=list)
    """When it is delivered; empty where that is not told."""
    overridden: list[bool] = field(default_factory=list)
    """Whether an override changed it, or damage that was done on purpose."""
    broken: list[int] = field(default_factory=list)
    """Lines, from 1, that are no lines of the truth."""


@dataclass(slots=True)
class TruthCounts:
    """What the truth adds up to."""

    words: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Lines by kind and era."""
    overridden: int = 0
    """Lines of records that were changed after they were written."""
    mutations: Counter[str] = field(default_factory=Counter)
    """Lines by the damage that is told of."""

    def by(self, place: int) -> dict[str, int]:
        """Return lines by kind, 0, or by era, 1."""
        counts: Counter[str] = Counter()
        for words, count in self.words.items():
            counts[words[place]] += count
        return dict(counts)


def _names(mutations: object) -> list[str]:
    """Return what damage a line of the truth tells of."""
    told = mutations if isinstance(mutations, list) else []
    return [str(one.get("name")) for one in told if isinstance(one, dict)]


def truth_lines(content: Iterable[bytes], counts: TruthCounts) -> Iterator[TruthRows]:
    """Yield what the truth tells, and count it.

    Args:
        content: The file.
        counts: Brought up to date.
    """
    number = 0
    for lines in lines_of(content):
        rows = TruthRows()
        words: list[tuple[str, str]] = []
        for line in lines:
            number += 1
            told = _parsed(line)
            event_id = told.get("eventID") if isinstance(told, dict) else None
            if not isinstance(event_id, str):
                rows.broken.append(number)
                continue
            delivered = told.get("delivered")
            rows.ids.append(event_id)
            rows.times.append(str(told.get("eventTime")))
            rows.deliveries.append(tuple(map(str, delivered)) if delivered else ())
            done = _names(told.get("mutations"))
            counts.mutations.update(done)
            rows.overridden.append(told.get("override") is True or bool(done))
            words.append((str(told.get("kind")), str(told.get("era"))))
        counts.words.update(words)
        counts.overridden += sum(rows.overridden)
        yield rows
