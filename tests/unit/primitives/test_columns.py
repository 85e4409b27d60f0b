"""Tables of text, and what the numbers of columns are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.primitives.columns import Tables, dtype_of, in_order

TABLES = Tables({"user.name": ("ana", 'b"o', "日本"), "none.at_all": ()})


@pytest.mark.parametrize(
    ("column", "dtype"),
    [("key_high", np.uint64), ("key_low", np.uint64), ("start", np.int64), ("user", np.int64)],
)
def test_words_of_keys_are_unsigned(column, dtype):
    """All other numbers may be negative."""
    assert dtype_of(column) is dtype


def test_text_is_found_by_position():
    """As it is, not as JSON."""
    assert TABLES.text("user.name", 1) == 'b"o'


def test_contents_are_json_and_made_once():
    """What stands between the quotes, for every row."""
    contents = TABLES.contents("user.name")

    assert contents.tolist() == [b"ana", b'b\\"o', "日本".encode()]
    assert TABLES.contents("user.name") is contents


def test_an_empty_column_has_contents():
    """An array needs a row for its type."""
    assert TABLES.contents("none.at_all").tolist() == [b""]


def test_columns_that_are_not_there_are_missed():
    """A table is complete or it is a bug."""
    with pytest.raises(KeyError, match=r"user\.id"):
        TABLES.text("user.id", 0)


def test_contents_at_some_positions_are_those_of_all():
    """Before the whole is made, and from it afterwards."""
    fresh = Tables(TABLES.texts)
    positions = np.array([2, 0, 2])

    before = fresh.contents_at("user.name", positions).tolist()
    fresh.contents("user.name")

    assert before == ["日本".encode(), b"ana", "日本".encode()]
    assert fresh.contents_at("user.name", positions).tolist() == before


def test_a_column_knows_its_size_without_being_spelled():
    """Rows, the fewest and most bytes of JSON, and where a text stands."""
    assert TABLES.count("user.name") == 3
    assert TABLES.widths("user.name") == (3, 6)
    assert TABLES.widths("none.at_all") == (0, 0)
    assert TABLES.find("user.name", "日本") == 2
    assert TABLES.find("user.name", "nobody") == -1


@given(st.lists(st.one_of(st.integers(-3, 3), st.integers(-(1 << 61), 1 << 61))))
def test_numbers_are_put_in_order_and_what_is_equal_keeps_its_own(numbers: list[int]) -> None:
    """However far apart they are: as Python's own stable sort does."""
    found = in_order(np.array(numbers, np.int64)).tolist()

    assert found == sorted(range(len(numbers)), key=numbers.__getitem__)
