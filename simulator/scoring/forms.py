"""From a file of alerts to its rows, in every form that is read.

CSV and lines of JSON are read a piece at a time; a list of JSON and Parquet as a whole, up to
`MOST_DOCUMENT`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final, TypeAlias

import orjson

from simulator.errors import InputError
from simulator.scoring.parquet import parquet_rows
from simulator.verification.rows import MOST_DOCUMENT, MOST_LINE, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from simulator.scoring.troubles import Troubles

_BOM: Final = b"\xef\xbb\xbf"
_PACKED: Final = (".gz", ".zst")


@dataclass(frozen=True, slots=True)
class Source:
    """A file of alerts, begun."""

    name: str
    """As the user gave it."""

    pieces: Iterable[bytes]
    """What is in it, uncompressed."""

    is_known: Callable[[str], bool]
    """Whether a member or column of this name is read."""

    troubles: Troubles
    """Where to tell what is wrong."""


@dataclass(frozen=True, slots=True)
class Row:
    """One alert as it stands in the file."""

    place: int
    """Its line, from 1; in a list or in Parquet how many come before it."""

    members: dict[str, object]
    """Its columns or members by name."""


Reader: TypeAlias = "Callable[[Source], Iterator[Row]]"


@dataclass(frozen=True, slots=True)
class Form:
    """A way of writing alerts."""

    rows: Reader
    """Reads them."""

    has_lines: bool
    """Whether places are lines."""

    separators: str = ""
    """What stands between several eventIDs in one text; empty where there are lists."""

    def place(self, file: str, place: int) -> str:
        """Return the place of a row as people write it."""
        return f"{file}:{place}" if self.has_lines else f"{file}[{place}]"


def form_of(source: Source) -> tuple[Form, Source]:
    """Return the form of a file, told from its name or else from its beginning."""
    pieces = iter(source.pieces)
    head = b""
    for piece in pieces:
        head = (head + piece).removeprefix(_BOM)
        if not head.isspace():
            break
    whole = Source(source.name, chain((head,), pieces), source.is_known, source.troubles)
    begins = head.lstrip()
    stem = source.name
    for packed in _PACKED:
        stem = stem.removesuffix(packed)
    for suffix, form in _BY_NAME.items():
        if stem.endswith(suffix):
            return form, whole
    for mark, form in _BY_BEGINNING.items():
        if begins.startswith(mark):
            return form, whole
    return (_LINES if stem.endswith(".json") else _CSV), whole


def _csv_rows(source: Source) -> Iterator[Row]:
    # One row may name thousands of eventIDs; 131,072 characters is what Python allows unasked.
    csv.field_size_limit(MOST_LINE)
    reader = csv.reader(_text_lines(source), strict=True)
    heading: list[str] | None = None
    before = 0
    try:
        for cells in reader:
            # A row may go over several lines.
            line, before = before + 1, reader.line_num
            if heading is None:
                heading = [cell.strip() for cell in cells]
                if not _is_heading(source, line, heading):
                    return
            elif len(cells) not in (0, len(heading)):
                message = f"has {len(cells)} fields, and the heading has {len(heading)}"
                source.troubles.add(f"{source.name}:{line}", message)
            elif cells:
                yield Row(line, dict(zip(heading, cells, strict=True)))
    except csv.Error as error:
        source.troubles.add(f"{source.name}:{reader.line_num}", f"not CSV: {error}")


def _is_heading(source: Source, line: int, heading: list[str]) -> bool:
    place = f"{source.name}:{line}"
    known = [name for name in heading if source.is_known(name)]
    for name in sorted({name for name in known if known.count(name) > 1}):
        source.troubles.add(place, "two columns have this name", name)
    if not known:
        source.troubles.add(
            place, "no heading: the first line names the columns, such as eventID,rule,time"
        )
    return len(set(known)) == len(known) > 0


def _lines(source: Source) -> Iterator[tuple[int, bytes]]:
    """Yield every line with its number, and tell of those that are too long."""
    for number, line in enumerate(chain.from_iterable(lines_of(source.pieces)), start=1):
        if line is None:
            message = f"more than {MOST_LINE:,} bytes without a line end"
            source.troubles.add(f"{source.name}:{number}", message)
        else:
            yield number, line


def _text_lines(source: Source) -> Iterator[str]:
    for number, line in _lines(source):
        try:
            text = line.removesuffix(b"\r").decode()
        except UnicodeDecodeError as error:
            message = f"byte {error.start + 1} is not UTF-8"
            source.troubles.add(f"{source.name}:{number}", message)
        else:
            yield f"{text}\n"


def _json_lines(source: Source) -> Iterator[Row]:
    for number, line in _lines(source):
        if not line.strip():
            continue
        place = f"{source.name}:{number}"
        try:
            alert = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            source.troubles.add(place, f"not JSON: {error}")
            continue
        if isinstance(alert, dict):
            yield Row(number, alert)
        else:
            source.troubles.add(place, "expected an object with an alert")


def _json_list(source: Source) -> Iterator[Row]:
    text = _whole(source)
    try:
        alerts = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        source.troubles.add(f"{source.name}:{error.lineno}", f"not JSON: {error}")
        return
    for place, alert in enumerate(alerts):
        if isinstance(alert, dict):
            yield Row(place, alert)
        else:
            source.troubles.add(f"{source.name}[{place}]", "expected an object with an alert")


def _parquet(source: Source) -> Iterator[Row]:
    for place, members in enumerate(parquet_rows(source.name, _whole(source), source.is_known)):
        yield Row(place, members)


def _whole(source: Source) -> bytes:
    kept, size = [], 0
    for piece in source.pieces:
        kept.append(piece)
        size += len(piece)
        if size > MOST_DOCUMENT:
            message = f"{source.name}: more than {MOST_DOCUMENT:,} bytes: write lines of JSON"
            raise InputError(message)
    return b"".join(kept)


_CSV: Final = Form(_csv_rows, has_lines=True, separators="; ")
_LINES: Final = Form(_json_lines, has_lines=True)
_LIST: Final = Form(_json_list, has_lines=False)
_PARQUET: Final = Form(_parquet, has_lines=False)
_BY_NAME: Final = {".csv": _CSV, ".ndjson": _LINES, ".jsonl": _LINES, ".parquet": _PARQUET}
_BY_BEGINNING: Final = {b"PAR1": _PARQUET, b"[": _LIST, b"{": _LINES}
