"""Layouts: what is a spine, a span or a hole, and what takes the general road."""

from __future__ import annotations

import pytest

from simulator.engines import layouts
from simulator.engines.layouts import Hole, Span, Stretch, entries_of, laid_out, windows
from simulator.engines.templates import Template
from simulator.primitives.columns import Tables

UNEVEN = Tables({"user.id": ("short", "a" * 300), "user.name": ("ann", "barbara")})
PAIRS = Tables({"user.id": ("one", "two"), "user.name": ("ann", "barbara")})
TWO = Tables({"user.name": ("ann", "barbara"), "agent.value": ("x", "yyyyyyy")})
NAME = Stretch(("user.name",))
TAIL = b'","rest":"' + b"r" * 60 + b'"}'


def layout_of(texts, names, tables=UNEVEN):
    """Return the layout of a template."""
    return laid_out(Template(tuple(texts), tuple(names)), tables)


def spelled(layout, tables, position):
    """Return a record without holes, put together by hand."""
    made = layout.spines[0]
    for span, spine in zip(layout.spans, layout.spines[1:], strict=True):
        made += entries_of(span.stretch, tables)[position][span.start : span.end] + spine
    return made


def test_a_field_of_one_width_is_a_hole():
    """The spine runs on around it."""
    even = Tables({"user.id": ("one", "two")})

    layout = layout_of([b'{"a":"', TAIL], ["user.id"], even)

    assert layout.spines == (b'{"a":"\0\0\0' + TAIL + b"\n",)
    assert layout.holes == (Hole(Stretch(("user.id",)), 0, 6, 3),)
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
    assert layout.spans == (Span(NAME, 0, 16),)
    assert layout.rooms == (6 + 3 + len(TAIL) + 1, len(TAIL) + 1)


def test_a_row_is_as_wide_as_is_copied_fastest_where_there_is_room():
    """And not wider, where that would reach past the record's end."""
    even, exact = (
        layout_of([b'{"a":"', b'","b":' + b"1" * digits + b"}"], ["user.name"]).spans
        for digits in (6, 1)
    )

    assert (even, exact) == ((Span(NAME, 0, 16),), (Span(NAME, 0, 7),))


def test_short_text_before_a_small_table_is_written_into_it():
    """One copy instead of two; not before the first span, and not around a hole."""
    layout = layout_of([b'{"a":"', b'","b":"', TAIL], ["user.name", "source.agent"], TWO)

    assert layout.spines == (b'{"a":"', b"", TAIL + b"\n")
    assert layout.spans[1] == Span(Stretch(("source.agent",), (b'","b":"',)), 0, 16)


def test_neighbouring_fields_of_one_table_are_one_span():
    """With the text between them."""
    layout = layout_of([b'{"a":"', b'","b":"', TAIL], ["user.id", "user.name"], PAIRS)

    stretch = Stretch(("user.id", "user.name"), (b"", b'","b":"'))
    assert layout.spines == (b'{"a":"', TAIL + b"\n")
    assert layout.spans == (Span(stretch, 0, 32),)
    assert entries_of(stretch, PAIRS).tolist() == [b'one","b":"ann', b'two","b":"barbara']


@pytest.mark.parametrize(("name", "value"), [("PREFIX", 6), ("WIDEST", 16), ("FUSED_BUDGET", 33)])
def test_a_table_does_not_grow_without_bound(monkeypatch, name, value):
    """Nor is long text between two fields written into it."""
    monkeypatch.setattr(layouts, name, value)

    layout = layout_of([b'{"a":"', b'","b":"', TAIL], ["user.id", "user.name"], PAIRS)

    assert [hole.stretch.fields for hole in layout.holes] == [("user.id",)]


def test_neighbouring_fields_that_are_spelled_anew_are_one_hole():
    """Where little text is between them."""
    layout = layout_of([b'{"a":"', b'","b":"', TAIL], ["request.id", "event.id"])
    apart = layout_of([b'{"a":"', b'","bbbbbbbbbbbb":"', TAIL], ["request.id", "event.id"])

    stretch = Stretch(("request.id", "event.id"), (b"", b'","b":"'))
    assert layout.holes == (Hole(stretch, 0, 6, 36 + 7 + 36),)
    assert [hole.width for hole in apart.holes] == [36, 36]


def test_a_field_of_a_table_and_one_that_is_spelled_stay_apart():
    """Each is copied from where it is."""
    layout = layout_of([b'{"a":"', b'","b":"', TAIL], ["user.id", "event.id"], PAIRS)

    assert [hole.width for hole in layout.holes] == [3, 36]


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

    assert layout_of(enough, ["oidc.port"]).spans == (Span(Stretch(("oidc.port",))),)
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
        (200, 500, [(0, 256)]),
        (200, 255, [(0, 128), (72, 128)]),
        (10, 10, [(0, 10)]),
        (10, 63, [(0, 10)]),
    ],
)
def test_windows_cover_a_spine_and_stay_within_the_room(length, room, found):
    """Few widths, none past the record's end."""
    assert windows(length, room) == found
    covered = {byte for first, width in found for byte in range(first, first + width)}
    assert set(range(length)) <= covered <= set(range(room))
