"""Programs of copies: what is fused, what is refused, and the rules that copying relies on."""

from __future__ import annotations

import pytest

from simulator.engines import fragments, vectorised
from simulator.engines.fragments import FIXED, VALUE_WIDTH, WIDEST, WINDOWS, Arena, programmed
from simulator.engines.templates import Template
from simulator.plan.compiler import compile_scenario
from simulator.primitives.columns import Tables
from simulator.scenario import library

TABLES = Tables({"user.id": ("short", "a" * 300), "text.value": ("x",)})
TAIL = b'","rest":"' + b"r" * 60 + b'"}'
SCENARIOS = ("baseline/developers", "baseline/external-idp", "storylines/group-administration-api")


def program_of(texts, names, tables=TABLES):
    """Return the program of a template and the arena it was made in."""
    arena = Arena()
    return programmed(Template(tuple(texts), tuple(names)), tables, arena), arena


def programs():
    """Return every template of a few scenarios with its program and arena."""
    for name in SCENARIOS:
        plan, _ = compile_scenario(library.load(name, events=None))
        vectorised.render(plan, 0, plan.horizon)
        memory = plan.tables.remembered("vectorised", vectorised._Memory)
        for (kind, era, code), (template, program) in memory.templates.items():
            yield (name, kind, era, code), template, program, memory.arena


def spills(page, offsets, ends):
    """Return how many windows reach past their record's end (rule 2)."""
    found = 0
    for place, seen in enumerate(page.seen):
        for code in seen:
            mine = page.codes[place] == code
            width = WINDOWS[(code - 1) % len(WINDOWS)]
            found += int((offsets[place][mine] + width > ends[mine]).sum())
    return found


@pytest.fixture
def spilt(monkeypatch):
    """Count the windows that spill in whatever is rendered: as it is, and with less room."""
    counts = {"as it is": 0, "with less room": 0}
    assemble = vectorised._Page._assemble

    def counted(page, out, offsets, ends):
        counts["as it is"] += spills(page, offsets, ends)
        counts["with less room"] += spills(page, offsets, ends - 2 * WIDEST)
        assemble(page, out, offsets, ends)

    monkeypatch.setattr(vectorised._Page, "_assemble", counted)
    return counts


def test_no_kind_falls_off_the_fused_road():
    """Every template of these scenarios has a program: none is joined text by text."""
    refused = [where for where, _, program, _ in programs() if program is None]

    assert refused == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_window_reaches_past_a_record(name, spilt):
    """Rule 2 holds, and the count that says so would see it broken."""
    plan, _ = compile_scenario(library.load(name))

    vectorised.render(plan, 0, plan.horizon)

    assert spilt["as it is"] == 0
    assert spilt["with less room"] > 0


def test_the_tail_is_covered_by_two_windows():
    """A window is at most the tail's length and at least half of it."""
    for where, _, program, _ in programs():
        assert program.tail_window <= program.tail_length <= 2 * program.tail_window, where


def test_a_short_end_is_refused():
    """A record needs as much fixed text at its end as the narrowest window is wide."""
    program, _ = program_of([b'{"a":"', b'"}'], ["user.id"])

    assert program is None


def test_long_texts_are_cut_into_windows():
    """A table's text may be wider than any window."""
    program, arena = program_of([b'{"a":"', TAIL], ["user.id"])

    assert program is not None
    assert all(piece.source == FIXED for piece in program.pieces)
    rows = [
        b"".join(
            arena.rows[piece.base + position, : arena.lengths[piece.base + position]].tobytes()
            for piece in program.pieces
        )
        for position in range(2)
    ]
    assert rows == [b'{"a":"short', b'{"a":"' + b"a" * 300]


def test_a_table_over_budget_is_written_for_each_record(monkeypatch):
    """What would take too much room is not fused; texts of one width still have a program."""
    monkeypatch.setattr(fragments, "TABLE_BUDGET", 0)
    even = Tables({"user.id": ("one", "two")})

    program, _ = program_of([b'{"a":"', TAIL], ["user.id"], even)

    assert program is not None
    assert [value.width for value in program.values] == [3]


def test_a_text_without_bound_takes_the_general_road(monkeypatch):
    """Over budget, and longer than a value row: joined instead."""
    monkeypatch.setattr(fragments, "TABLE_BUDGET", 0)

    program, _ = program_of([b'{"a":"', TAIL], ["user.id"])

    assert max(len(text) for text in TABLES.texts["user.id"]) > VALUE_WIDTH
    assert program is None


def test_texts_of_many_widths_are_copied_by_their_own_length(monkeypatch):
    """Over budget, of different widths that fit: a row for each record, with its length."""
    monkeypatch.setattr(fragments, "TABLE_BUDGET", 0)
    uneven = Tables({"user.id": ("a", "bcd")})
    long_tail = b'","rest":"' + b"r" * 200 + b'"}'

    program, _ = program_of([b'{"a":"', long_tail], ["user.id"], uneven)

    assert program is not None
    assert [value.width for value in program.values] == [-1]


@pytest.mark.parametrize("name", ["one", "two"])
def test_an_arena_keeps_one_copy(name):
    """Rows that are added twice are there once."""
    arena = Arena()

    first = arena.add(name, lambda: [b"text"])

    assert arena.add(name, lambda: [b"other"]) == first
    assert arena.count == 1
