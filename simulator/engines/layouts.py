"""Where everything in a template's records stands: what is fixed, and what follows what.

A record is a row of spans whose length varies, with spines between them. A spine is text
of one length for all records of the template; fields of one width are holes in it, and
their texts are punched in when the spine is there. So few things need to be copied one
behind another, however many fields there are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.records.codecs import WIDE
from simulator.records.fields import FIELDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.engines.templates import Template
    from simulator.primitives.columns import Tables
    from simulator.records.codecs import Extent

WIDEST: Final = 256
"""Bytes of a span that are copied at once, at most; a longer text is cut into chunks."""

NARROWEST: Final = 32
"""A span is not cut into chunks narrower than this."""

MOST_CHUNKS: Final = 16
"""Chunks of one text, at most."""

PREFIX: Final = 64
"""Fixed text before a span that may be written into the span's own table, at most."""

FUSED_BUDGET: Final = 4 << 20
"""Bytes that a table with fixed text before every entry may take."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A field of one width in a spine."""

    field: str
    spine: int
    """In which of the spines."""
    offset: int
    """Where in it, in bytes."""
    width: int
    """In bytes."""


@dataclass(frozen=True, slots=True)
class Span:
    """A field whose length varies, or a chunk of it."""

    field: str
    prefix: bytes = b""
    """Fixed text before the field."""
    start: int = 0
    """First byte of the chunk; bytes of `prefix` count."""
    end: int | None = None
    """Where the chunk ends at the latest; without it, the field's text is written for each
    record and may have up to `WIDE` bytes."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Spines and spans in turn: one more spine than spans."""

    spines: tuple[bytes, ...]
    """Zero bytes stand where the holes are; the last one has the line end."""
    rooms: tuple[int, ...]
    """Bytes from a spine's beginning to the record's end, at least."""
    spans: tuple[Span, ...]
    holes: tuple[Hole, ...]


def extent_of(field: str, tables: Tables) -> Extent:
    """Return how much room a field's texts take; asked of its codec once."""
    known: dict[str, Extent] = tables.remembered("extents", dict)
    made = known.get(field)
    if made is None:
        made = known[field] = FIELDS[field].codec.extent(tables)
    return made


def entries_of(field: str, tables: Tables) -> NDArray[np.bytes_] | None:
    """Return a field's text for every position of the one column it reads, if that is so."""
    return extent_of(field, tables).entries


def column_of(field: str) -> str:
    """Return the one column that a field with a table reads."""
    (column,) = FIELDS[field].codec.columns()
    return column


def laid_out(template: Template, tables: Tables) -> Layout | None:
    """Return where everything stands, or nothing if a text may be too long to be copied."""
    spines, holes, fields = _cut(template, tables)
    spans: list[list[Span]] = []
    behind = len(spines[-1])
    for place in range(len(fields) - 1, -1, -1):
        name, prefix = fields[place], b""
        entries = entries_of(name, tables)
        if entries is not None and _fuses(spines[place], place, holes, entries):
            prefix, spines[place] = spines[place], b""
        made = _chunks(name, prefix, behind, tables)
        if made is None:
            return None
        spans.insert(0, made)
        behind += len(spines[place]) + sum(shortest(span, tables) for span in made)
    return _numbered(spines, spans, holes, tables)


def shortest(span: Span, tables: Tables) -> int:
    """Return how many bytes a span has at least."""
    entries = entries_of(span.field, tables)
    if span.end is None or entries is None:
        return 0
    least = len(span.prefix) + int(np.char.str_len(entries).min())
    return min(max(least - span.start, 0), span.end - span.start)


def _cut(template: Template, tables: Tables) -> tuple[list[bytes], list[Hole], list[str]]:
    """Return the spines, the holes in them, and the fields between them."""
    spines, holes = [template.texts[0]], list[Hole]()
    fields: list[str] = []
    for name, text in zip(template.fields, template.texts[1:], strict=True):
        width = extent_of(name, tables).width
        if width is not None and width >= 0:
            if width:
                holes.append(Hole(name, len(fields), len(spines[-1]), width))
            spines[-1] += bytes(width) + text
        else:
            fields.append(name)
            spines.append(text)
    spines[-1] += b"\n"
    return spines, holes, fields


def _fuses(spine: bytes, place: int, holes: list[Hole], entries: NDArray[np.bytes_]) -> bool:
    """Tell whether a spine may stand in the table of the span behind it."""
    size = len(entries) * (len(spine) + entries.dtype.itemsize)
    has_hole = any(hole.spine == place for hole in holes)
    return place > 0 and len(spine) <= PREFIX and size <= FUSED_BUDGET and not has_hole


def _chunks(name: str, prefix: bytes, behind: int, tables: Tables) -> list[Span] | None:
    """Cut a span so that no copy of it reaches past the record's end.

    Args:
        behind: Bytes that every record has behind the span, at least.
    """
    entries = entries_of(name, tables)
    if entries is None:
        is_bounded = extent_of(name, tables).width is not None
        return [Span(name)] if is_bounded and behind >= WIDE else None
    longest = len(prefix) + entries.dtype.itemsize
    whole = Span(name, prefix, 0, longest)
    if longest <= min(WIDEST, shortest(whole, tables) + behind):
        return [whole]
    width = min(WIDEST, behind)
    if width < NARROWEST or longest > MOST_CHUNKS * width:
        return None
    starts = range(0, longest, width)
    return [Span(name, prefix, start, min(start + width, longest)) for start in starts]


def _numbered(
    spines: list[bytes], spans: list[list[Span]], holes: list[Hole], tables: Tables
) -> Layout:
    """Put empty spines between the chunks of a text, and count spines anew."""
    all_spines: list[bytes] = []
    number = []
    for spine, chunks in zip(spines, [*spans, []], strict=True):
        number.append(len(all_spines))
        all_spines += [spine, *([b""] * (len(chunks) - 1))]
    flat = [span for chunks in spans for span in chunks]
    rooms = [len(all_spines[-1])]
    for spine, span in zip(reversed(all_spines[:-1]), reversed(flat), strict=True):
        rooms.insert(0, len(spine) + shortest(span, tables) + rooms[0])
    return Layout(
        tuple(all_spines),
        tuple(rooms),
        tuple(flat),
        tuple(replace(hole, spine=number[hole.spine]) for hole in holes),
    )


def windows(length: int, room: int) -> list[tuple[int, int]]:
    """Return where the copies of a spine begin and how wide they are.

    A copy may reach into what follows, which is written later, but not past the record's
    end. Widths are few, so that many templates share a call.
    """
    if not length:
        return []
    wide = -(-length // _STEP) * _STEP
    if wide <= room:
        return [(0, wide)]
    if length < _STEP:
        return [(0, length)]
    whole = length // _STEP * _STEP
    return [(0, whole)] if whole == length else [(0, whole), (length - _STEP, _STEP)]


_STEP: Final = 64
