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

WIDEST: Final = 320
"""Bytes of a span that are copied at once, at most; a longer text is cut into chunks."""

NARROWEST: Final = 32
"""A span is not cut into chunks narrower than this."""

MOST_CHUNKS: Final = 16
"""Chunks of one text, at most."""

PREFIX: Final = 64
"""Fixed text before a field that may be written into a table with it, at most."""

CLOSE: Final = 16
"""Fixed text between two fields that are spelled record by record as one, at most."""

FUSED_BUDGET: Final = 4 << 20
"""Bytes that a table of several texts may take."""

_EVEN: Final = 16
"""Rows of so many bytes, or of a multiple, are copied fastest."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring fields that are copied as one: all of one table, or all spelled anew."""

    fields: tuple[str, ...]
    texts: tuple[bytes, ...] = (b"",)
    """Fixed text before each field."""

    def extended(self, text: bytes, name: str) -> Stretch:
        """Return the stretch with one more field."""
        return Stretch((*self.fields, name), (*self.texts, text))


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch of one width in a spine."""

    stretch: Stretch
    spine: int
    """In which of the spines."""
    offset: int
    """Where in it, in bytes."""
    width: int
    """In bytes."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch whose length varies, or a chunk of it."""

    stretch: Stretch
    start: int = 0
    """First byte of the chunk."""
    end: int | None = None
    """Where the chunk ends at the latest; without it, the text is written for each record and
    may have up to `WIDE` bytes."""


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


def column_of(stretch: Stretch) -> str:
    """Return the one column that a stretch with a table reads."""
    (column,) = FIELDS[stretch.fields[0]].codec.columns()
    return column


def entries_of(stretch: Stretch, tables: Tables) -> NDArray[np.bytes_] | None:
    """Return a stretch's text for every position of the one column it reads, if that is so."""
    known: dict[Stretch, NDArray[np.bytes_] | None] = tables.remembered("stretches", dict)
    if stretch not in known:
        known[stretch] = _entries(stretch, tables)
    return known[stretch]


def _entries(stretch: Stretch, tables: Tables) -> NDArray[np.bytes_] | None:
    made: NDArray[np.bytes_] | None = None
    for text, name in zip(stretch.texts, stretch.fields, strict=True):
        entries = extent_of(name, tables).entries
        if entries is None:
            return None
        if text:
            entries = np.char.add(np.bytes_(text), entries)
        made = entries if made is None else np.char.add(made, entries)
    return made


def width_of(stretch: Stretch, tables: Tables) -> int | None:
    """Return how many bytes a stretch has, or nothing if that varies."""
    widths = [extent_of(name, tables).width for name in stretch.fields]
    if any(width is None or width < 0 for width in widths):
        return None
    return sum(map(len, stretch.texts)) + sum(width or 0 for width in widths)


def laid_out(template: Template, tables: Tables) -> Layout | None:
    """Return where everything stands, or nothing if a text may be too long to be copied."""
    spines, holes, stretches = _cut(template, tables)
    spans: list[list[Span]] = []
    behind = len(spines[-1])
    for place in range(len(stretches) - 1, -1, -1):
        stretch = stretches[place]
        has_hole = any(hole.spine == place for hole in holes)
        prefixed = replace(stretch, texts=(spines[place], *stretch.texts[1:]))
        if place and not has_hole and _is_tabled(prefixed, tables):
            stretch, spines[place] = prefixed, b""
        made = _chunks(stretch, behind, tables)
        if made is None:
            return None
        spans.insert(0, made)
        behind += len(spines[place]) + sum(shortest(span, tables) for span in made)
    return _numbered(spines, spans, holes, tables)


def shortest(span: Span, tables: Tables) -> int:
    """Return how many bytes a span has at least."""
    entries = entries_of(span.stretch, tables)
    if span.end is None or entries is None:
        return 0
    known: dict[Stretch, int] = tables.remembered("least widths", dict)
    least = known.get(span.stretch)
    if least is None:
        least = known[span.stretch] = int(np.char.str_len(entries).min())
    return min(max(least - span.start, 0), span.end - span.start)


def _cut(template: Template, tables: Tables) -> tuple[list[bytes], list[Hole], list[Stretch]]:
    """Return the spines, the holes in them, and the stretches between them."""
    holes, spans = list[Hole](), list[Stretch]()
    texts, stretches = _gathered(template, tables)
    spines = [texts[0]]
    for stretch, text in zip(stretches, texts[1:], strict=True):
        width = width_of(stretch, tables)
        if width is None:
            spans.append(stretch)
            spines.append(text)
        else:
            holes.append(Hole(stretch, len(spans), len(spines[-1]), width))
            spines[-1] += bytes(width) + text
    spines[-1] += b"\n"
    return spines, holes, spans


def _gathered(template: Template, tables: Tables) -> tuple[list[bytes], list[Stretch]]:
    """Return a template's texts and stretches in turn: one more text than stretches."""
    texts, stretches = [template.texts[0]], list[Stretch]()
    for name, text in zip(template.fields, template.texts[1:], strict=True):
        if extent_of(name, tables).width == 0:
            texts[-1] += text
            continue
        if stretches and _belong_together(stretches[-1], texts[-1], name, tables):
            stretches[-1] = stretches[-1].extended(texts.pop(), name)
        else:
            stretches.append(Stretch((name,)))
        texts.append(text)
    return texts, stretches


def _belong_together(stretch: Stretch, text: bytes, name: str, tables: Tables) -> bool:
    """Tell whether a field behind a stretch, and the text between them, may be part of it."""
    both = stretch.extended(text, name)
    if extent_of(name, tables).entries is None:
        is_spelled = extent_of(stretch.fields[-1], tables).entries is None
        return is_spelled and len(text) <= CLOSE and width_of(both, tables) is not None
    is_of_table = extent_of(stretch.fields[-1], tables).entries is not None
    is_of_one = is_of_table and column_of(stretch) == column_of(Stretch((name,)))
    return is_of_one and _is_tabled(both, tables)


def _is_tabled(stretch: Stretch, tables: Tables) -> bool:
    """Tell whether there may be a table of a stretch's texts."""
    entries = [extent_of(name, tables).entries for name in stretch.fields]
    tabled = [one for one in entries if one is not None]
    if len(tabled) < len(entries) or max(map(len, stretch.texts)) > PREFIX:
        return False
    width = sum(map(len, stretch.texts)) + sum(one.dtype.itemsize for one in tabled)
    return width <= WIDEST and len(tabled[0]) * width <= FUSED_BUDGET


def _chunks(stretch: Stretch, behind: int, tables: Tables) -> list[Span] | None:
    """Cut a span so that no copy of it reaches past the record's end.

    Args:
        behind: Bytes that every record has behind the span, at least.
    """
    entries = entries_of(stretch, tables)
    if entries is None:
        (name,) = stretch.fields
        is_bounded = extent_of(name, tables).width is not None
        return [Span(stretch)] if is_bounded and behind >= WIDE else None
    longest = entries.dtype.itemsize
    room = min(WIDEST, shortest(Span(stretch, 0, longest), tables) + behind)
    if longest <= room:
        even = -(-longest // _EVEN) * _EVEN
        return [Span(stretch, 0, even if even <= room else longest)]
    width = min(WIDEST, behind)
    if width < NARROWEST or longest > MOST_CHUNKS * width:
        return None
    starts = range(0, longest, width)
    return [Span(stretch, start, min(start + width, longest)) for start in starts]


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
    step = _STEP if length > _STEP // 2 else _STEP // 2
    wide = -(-length // step) * step
    if wide <= room:
        return [(0, wide)]
    step = min(step, _STEP // 2) if length < _STEP else step
    if length < step:
        return [(0, length)]
    whole = length // step * step
    return [(0, whole)] if whole == length else [(0, whole), (length - step, step)]


_STEP: Final = 128
"""Widths of windows are multiples of it, or half of it: the fewer widths, the fewer calls."""
