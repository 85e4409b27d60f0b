"""Delta debugging on lists of numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.cases.reduction.deltas import least, lowest


def needing(*needed: int):
    """Return a failure that takes all of some items, and the list of what it was asked."""
    asked: list[list[int]] = []

    def fails(part) -> bool:
        asked.append(list(part))
        return set(needed) <= set(part)

    return fails, asked


def test_one_of_ten_thousand_takes_two_attempts_for_each_halving():
    """Wherever it is."""
    for needed in (0, 1, 4_999, 5_000, 6_543, 9_999):
        fails, asked = needing(needed)

        assert least(range(10_000), fails) == [needed]
        assert len(asked) <= 32


def test_two_that_must_come_together_are_found():
    """However far they are apart."""
    for pair in ((0, 9_999), (4_999, 5_000), (17, 18), (123, 7_654)):
        fails, asked = needing(*pair)

        assert tuple(least(range(10_000), fails)) == pair
        assert len(asked) <= 70


def test_a_list_of_which_all_is_needed_takes_twice_as_many_attempts_as_items():
    """Not their square."""
    fails, asked = needing(*range(512))

    assert least(range(512), fails) == list(range(512))
    assert len(asked) <= 2 * 512


def test_what_fails_with_nothing_needs_nothing():
    """And that is asked first."""
    fails, asked = needing()

    assert least(range(100), fails) == []
    assert len(asked) == 1
    assert least([], fails) == []


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1)))))
def test_what_is_needed_is_what_is_left(case):
    """For every list, and every set of items that fail together."""
    count, needed = case
    fails, _ = needing(*needed)

    assert least(range(count), fails) == sorted(needed)


@given(st.integers(1, 24), st.integers(0, 2**32), st.integers(2, 9))
def test_no_single_item_can_be_left_out(count, salt, share):
    """Also where a part may pass of which a smaller part fails."""

    def fails(part) -> bool:
        return len(part) == count or hash((salt, *part)) % share == 0

    kept = least(range(count), fails)

    assert fails(kept)
    assert not kept or not any(fails(kept[:at] + kept[at + 1 :]) for at in range(len(kept)))


def test_the_lowest_number_is_found_by_halving():
    """And the highest holds, so that it is never asked."""
    asked = []

    assert lowest(0, 10_000, lambda number: asked.append(number) or number >= 68) == 68
    assert len(asked) <= 14
    assert lowest(0, 1, lambda _: False) == 1
    assert lowest(0, 5, lambda _: False) == 5
