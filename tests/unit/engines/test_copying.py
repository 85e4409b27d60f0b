"""Copies to arbitrary places: what they give, and the rules that make it right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.engines import copying, vectorised
from simulator.engines.copying import Assembly, Copies, check, in_turn, rows_of, within
from simulator.plan.compiler import compile_scenario
from simulator.scenario import library

STARTS = np.array([0, 10, 22], np.int64)


def copies(texts, place, *, row=None, records=None, is_hole=False):
    """Return copies of some texts."""
    width = len(max(texts, key=len))

    def positions(values):
        return None if values is None else np.array(values, np.intp)

    source = rows_of(np.array(texts, f"S{width}"))
    at = np.array(place, np.int64)
    return Copies(source, positions(row), positions(records), at, is_hole=is_hole)


def assembled(parts, starts, lines, *, checked):
    """Return the bytes of records put together, all pieces in one."""
    pieces = Assembly(parts, starts, lines, is_checked=checked).pieces()
    return np.concatenate([np.zeros(0, np.uint8), *(piece.copy() for piece in pieces)])


HEAD = copies([b"<first--", b"<second-"], [0, 10], row=[0, 1])
TAIL = copies([b"tail>"], [5, 17], row=[0, 0])
HOLE = copies([b"11", b"22"], [2, 12], is_hole=True)
RECORDS = [HEAD, TAIL, HOLE]


def test_rows_are_copied_from_left_to_right_and_holes_last():
    """A row's garbage is covered by the next row of the same record."""
    out = assembled(RECORDS, STARTS, {}, checked=False).tobytes()

    assert out[:10] == b"<f11stail>"
    assert out[10:17] == b"<s22ond"
    assert out[17:22] == b"tail>"


def test_only_the_records_named_are_copied_to():
    """The others are finished already."""
    one = copies([b"0123456789ab"], [10], records=[1])

    out = assembled([one], STARTS, {0: b"already..\n"}, checked=True)

    assert out.tobytes() == b"already..\n0123456789ab"


def test_more_records_than_are_done_at_a_time():
    """Block after block; every record once."""
    count = 2 * copying.AT_ONCE + 7
    starts = np.arange(count + 1, dtype=np.int64) * 4
    texts = np.arange(1_000, 1_000 + count).astype("S4")
    odd = np.arange(1, count, 2)
    place = within(starts)
    every = Copies(rows_of(texts), None, None, place, is_hole=False)
    some = Copies(
        rows_of(np.array([b"--"])), np.zeros(len(odd), np.intp), odd, place[odd], is_hole=True
    )

    out = assembled([every, some], starts, {}, checked=True).view("S4")

    assert out[0::2].tolist() == texts[0::2].tolist()
    assert out[1::2].tolist() == [b"--" + text[2:] for text in texts[1::2].tolist()]


def test_a_piece_holds_so_many_records():
    """It stays in the cache until it is written; places are counted from its beginning."""
    starts = np.arange(copying.AT_ONCE + 3, dtype=np.int64) * 4
    texts = np.full(len(starts) - 1, b"abc\n", "S4")
    one = Copies(rows_of(texts), None, None, within(starts), is_hole=False)

    sizes = [len(piece) for piece in Assembly([one], starts, {}).pieces()]

    assert sizes == [4 * copying.AT_ONCE, 8]


def test_finished_lines_go_to_their_pieces():
    """Wherever they stand."""
    count = copying.AT_ONCE + 2
    starts = np.arange(count + 1, dtype=np.int64) * 2
    lines = dict.fromkeys(range(count), b"x\n")

    assert assembled([], starts, lines, checked=True).tobytes() == b"x\n" * count


@pytest.mark.parametrize("finished", [{}, {1: b"done\n", 2: b"x\n"}])
def test_texts_stand_in_turn(finished):
    """Of every length, and among records that are finished."""
    others = None if not finished else np.array([0, 3], np.intp)
    rows = np.array([0, 1, 1, 2], np.intp)[slice(None) if others is None else others]
    own = np.array([b"1;", b"2;", b"3;", b"4;"])[slice(None) if others is None else others]
    words = np.array([b"", b"one,", b"seventeen,"])
    parts = [(own, None), (words, rows), (np.array([b"and the rest\n"]), rows * 0)]

    made = in_turn(parts, others, finished, 4)
    made.is_checked = True

    lines = [b"1;", b"2;one,", b"3;one,", b"4;seventeen,"]
    expected = [finished.get(at, line + b"and the rest\n") for at, line in enumerate(lines)]
    assert b"".join(map(bytes, made.pieces())) == b"".join(expected)


def test_finished_records_may_be_shorter_than_any_window():
    """Where all are finished, there is nothing to copy."""
    none = np.zeros(0, np.intp)
    parts = [(np.array([b"wider than what is there"]), none)]

    made = in_turn(parts, none, {0: b"x\n"}, 1)

    assert b"".join(map(bytes, made.pieces())) == b"x\n"


def test_no_records_are_no_bytes():
    """Nothing is copied, and nothing goes wrong."""
    assert len(assembled([], np.zeros(1, np.int64), {}, checked=True)) == 0


def test_the_rules_hold():
    """A control for those below: these copies obey."""
    check([HEAD, HOLE], STARTS)


def broken(one, **changes):
    """Return copies with some members changed."""
    return replace(one, **changes)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ([broken(TAIL, place=np.array([6, 17]))], "rule 2"),
        ([broken(TAIL, place=np.array([5, 18]))], "rule 2"),
        ([TAIL, HEAD], "rule 1: from left"),
        ([HOLE, HEAD], "rule 1: what spills"),
        ([broken(HEAD, row=np.array([0, 2]))], "rows that are there"),
        ([broken(HEAD, row=np.array([-1, 0]))], "rows that are there"),
        ([broken(HEAD, place=np.array([0, 9]))], "begins before"),
        ([broken(HEAD, place=np.array([0]))], "a place and a row"),
    ],
)
def test_a_broken_rule_is_seen(bad, said):
    """Windows past a record's end, from right to left, or rows that are not there."""
    with pytest.raises(AssertionError, match=said):
        check(bad, STARTS)


def test_a_byte_that_nothing_was_copied_to_is_seen():
    """All of a record has to be covered."""
    with pytest.raises(AssertionError, match="every byte"):
        assembled([HEAD], STARTS, {}, checked=True)


@pytest.mark.parametrize(
    "name", ["baseline/office", "baseline/external-idp", "storylines/group-administration-api"]
)
def test_real_records_obey_the_rules(name, monkeypatch):
    """Every window of a scenario, checked."""
    checked = []
    monkeypatch.setattr(copying, "check", lambda *asked: checked.append(check(*asked)))
    monkeypatch.setattr(vectorised, "Assembly", lambda *parts: Assembly(*parts, is_checked=True))
    plan, _ = compile_scenario(library.load(name))

    batch = vectorised.render(plan, 0, plan.horizon)

    assert len(batch.data) == batch.starts[-1]
    assert checked
