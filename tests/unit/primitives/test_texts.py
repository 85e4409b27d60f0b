"""A column of text is the same however it is held."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.primitives.jsontext import string_content
from simulator.primitives.texts import Affixed, Joined, Listed, Same, Spelled, beside, trimmed

ODD = ("ana", 'b"o', "", "日本", "ana", "a\x00")


def _squares(places):
    return (places * places).astype("S4")


SQUARES = Spelled(4, (1, 4), _squares)
COLUMNS = {
    "listed": (Listed(ODD), ODD),
    "none": (Listed(()), ()),
    "same": (Same('c"', 3), ('c"',) * 3),
    "spelled": (SQUARES, ("0", "1", "4", "9")),
    "affixed": (
        Affixed(Listed(ODD), before="d\\", after="@x"),
        tuple(f"d\\{one}@x" for one in ODD),
    ),
    "bare": (Affixed(SQUARES), ("0", "1", "4", "9")),
    "joined": (Joined([SQUARES, Listed(()), Listed(ODD), Same("z", 2)]), (*"0149", *ODD, "z", "z")),
    "nothing joined": (Joined([]), ()),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_a_sequence_of_its_texts(name):
    """Length, places from either end, slices, and iteration."""
    texts, expected = COLUMNS[name]

    assert len(texts) == len(expected)
    assert tuple(texts) == expected
    assert texts[1:] == list(expected[1:])
    assert [texts[place - len(expected)] for place in range(len(expected))] == list(expected)
    for beyond in (len(expected), -len(expected) - 1):
        with pytest.raises(IndexError, match=str(beyond)):
            texts[beyond]


@pytest.mark.parametrize("name", COLUMNS)
def test_many_are_the_json_of_each(name):
    """In any order, and as often as asked; widths bound them all."""
    texts, expected = COLUMNS[name]
    places = np.array([*range(len(expected)), *reversed(range(len(expected)))], np.int64)

    made = texts.many(places).tolist()
    least, most = texts.widths()

    assert made == [string_content(texts.one(place)) for place in places.tolist()]
    assert all(least <= len(text) <= most for text in made)
    assert len({len(text) for text in made}) <= 1 or least < most


@pytest.mark.parametrize("name", COLUMNS)
def test_the_first_place_of_a_text_is_found(name):
    """And nothing where there is none."""
    texts, expected = COLUMNS[name]

    assert [texts.find(text) for text in expected] == [expected.index(text) for text in expected]
    assert texts.find("nobody") == -1
    assert texts.find("@") == -1


def test_trimmed_texts_are_no_wider_than_the_longest():
    """At least one byte, since NumPy has no narrower type."""
    assert trimmed(np.array([b"ab", b"c"], "S9")).dtype == "S2"
    assert trimmed(np.array([b""], "S9")).dtype == "S1"


def test_texts_stand_side_by_side():
    """One for all rows, or each row its own; what is empty takes no room."""
    ids, times = np.array([b"ab", b"cd"]), np.array([b"1", b"2"])

    made = beside(2, b"<", ids, b"", b"|", times, b">")

    assert made.tolist() == [b"<ab|1>", b"<cd|2>"]
    assert beside(0, b"<", ids[:0], b"|").dtype == np.dtype("S4")
