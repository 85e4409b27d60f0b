"""Layouts: what is a spine, a span or a hole, and what takes the general road."""

from __future__ import annotations

import pytest

from simulator.engines.layouts import Hole, Span, laid_out, windows
from simulator.engines.templates import Template
from simulator.primitives.columns import Tables

UNEVEN = Tables({"user.id": ("short", "a" * 300), "user.name": ("ann", "barbara")})
TAIL = b'","rest":"' + b"r" * 60 + b'"}'


def layout_of(texts, names, tables=UNEVEN):
    """Return the layout of a template."""
    return laid_out(Template(tuple(texts), tuple(names)), tables)


def spelled(layout, tables, position):
    """Return a record without holes, put together by hand."""
    made = layout.spines[0]
    for span, spine in zip(layout.spans, layout.spines[1:], strict=True):
        whole = span.prefix + tables.contents(span.field)[position]
        made += whole[span.start : span.end] + spine
    return made


def test_a_field_of_one_width_is_a_hole():
    """The spine runs on around it."""
    even = Tables({"user.id": ("one", "two")})

    layout = layout_of([b'{"a":"', TAIL], ["user.id"], even)

    assert layout.spines == (b'{"a":"\0\0\0' + TAIL + b"\n",)
    assert layout.holes == (Hole("user.id", 0, 6, 3),)
    assert layout.spans == ()


def test_a_field_that_is_always_empty_leaves_nothing():
    """Neither a hole nor a span."""
    empty = Tables({"user.id": ("", "")})

    layout = layout_of([b'{"a":"', TAIL], ["user.id"], empty)

    assert (layout.spines, layout.spans, layout.holes) == ((b'{"a":"' + TAIL + b"\n",), (), ())


def test_a_field_of_many_widths_is_a_span():
    """What follows begins where it ends."""
    layout = layout_of([b'{"a":"', TAIL], ["user.name"])

    assert layout.spines == (b'{"a":"', TAIL + b"\n")
    assert layout.spans == (Span("user.name", b"", 0, 7),)
    assert layout.rooms == (6 + 3 + len(TAIL) + 1, len(TAIL) + 1)


def test_short_text_before_a_small_table_is_written_into_it():
    """One copy instead of two; not before the first span, and not around a hole."""
    layout = layout_of([b'{"a":"', b'","b":"', TAIL], ["user.name", "user.name"])

    assert layout.spines == (b'{"a":"', b"", TAIL + b"\n")
    assert layout.spans[1] == Span("user.name", b'","b":"', 0, 14)


def test_long_texts_are_cut_into_chunks():
    """No chunk reaches past the shortest record's end."""
    layout = layout_of([b'{"a":"', TAIL], ["user.id"])

    assert len(layout.spans) == 5
    assert {span.end - span.start for span in layout.spans[:-1]} == {len(TAIL) + 1}
    for position, text in enumerate(("short", "a" * 300)):
        assert spelled(layout, UNEVEN, position) == b'{"a":"' + text.encode() + TAIL + b"\n"


def test_a_long_text_near_the_end_takes_the_general_road():
    """Chunks as narrow as what is behind them would be too many."""
    assert layout_of([b'{"a":"', b'"}'], ["user.id"]) is None


def test_a_text_written_for_each_record_needs_room_behind_it():
    """Its window may be as wide as any such text."""
    enough = [b'{"a":', b',"b":"' + b"r" * 128 + b'"}']

    assert layout_of(enough, ["oidc.port"]).spans == (Span("oidc.port"),)
    assert layout_of([b'{"a":', b"}"], ["oidc.port"]) is None


def test_a_text_without_bound_takes_the_general_road():
    """Names that may be longer than any window."""
    endless = Tables({"user.name": ("a" * 200,), "text.value": ("b" * 9_000, "c")})

    assert layout_of([b'{"a":"', TAIL], ["mfa.name"], endless) is None


@pytest.mark.parametrize(
    ("length", "room", "found"),
    [
        (0, 500, []),
        (10, 500, [(0, 64)]),
        (64, 64, [(0, 64)]),
        (100, 500, [(0, 128)]),
        (100, 100, [(0, 64), (36, 64)]),
        (128, 128, [(0, 128)]),
        (10, 10, [(0, 10)]),
        (10, 63, [(0, 10)]),
    ],
)
def test_windows_cover_a_spine_and_stay_within_the_room(length, room, found):
    """Few widths, none past the record's end."""
    assert windows(length, room) == found
    covered = {byte for first, width in found for byte in range(first, first + width)}
    assert set(range(length)) <= covered <= set(range(room))
