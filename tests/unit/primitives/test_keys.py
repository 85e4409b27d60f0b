"""Words of keys are fixed for ever: a change here changes every record of every scenario."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.primitives import keys
from simulator.primitives.keys import Key, KeyColumn

# First outputs of splitmix64 for seed 0, as its authors publish them.
SPLITMIX = (0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F)


@pytest.mark.parametrize(("ordinal", "word"), list(enumerate(SPLITMIX, start=1)))
def test_words_are_those_of_splitmix64(ordinal, word):
    """The key of zeros, drawn for no purpose, is the generator seeded with zero."""
    zeros = np.zeros(1, np.uint64)

    assert keys.word_at(0, 0, 0, ordinal) == word
    assert keys.word_at_many(zeros, zeros, 0, ordinal).tolist() == [word]


def test_a_purpose_is_the_digest_of_its_name():
    """Eight bytes of BLAKE2b, the lowest first."""
    assert keys.purpose("gap") == 0x379BBBF826A758AC
    assert keys.purpose("event-id") == 0xEA4304BF593002EF


def test_the_root_depends_on_the_seed_and_zero_is_one():
    """Sixteen bytes of BLAKE2b of the program's name and the seed."""
    assert Key.root(0) == Key(0x75A2DD94E3F5E61F, 0xB06EA7610AE6311C)
    assert Key.root(20250113) == Key(0x3DFE9F3ECB88DE77, 0xA7D2B6EF3CE7054B)


def test_a_child_is_named_by_its_whole_path():
    """Two names at once are another place than one name below the other."""
    root = Key.root(0)

    assert root.child("user:ana", "2025-01-13") == Key(0xF75162A231FC4103, 0xA81883229FA0A140)
    assert root.child("user:ana").child("2025-01-13") == Key(0x8F253D15A0B95FCB, 0x3A2D692B322D9B94)
    assert root.child("a", "b") != root.child("ab")


def test_children_by_number_and_draws():
    """One of many alike, a word, and a number below a limit."""
    root = Key.root(0)
    gap = keys.purpose("gap")

    assert root.nth(keys.purpose("episode"), 7) == Key(0x544CF96C6141B7C3, 0xF90157E60349BCA9)
    assert root.word(gap, 3) == 0x557A7F66DC32EF80
    assert root.below(100, gap, 3) == 33


@pytest.mark.parametrize(
    ("word", "limit", "expected"),
    [
        (0, 10, 0),
        ((1 << 64) - 1, 10, 9),
        (1 << 63, 10, 5),
        ((1 << 64) - 1, 1 << 32, (1 << 32) - 1),
        ((1 << 64) - 1, 1, 0),
        (0x1999999A_00000000, 10, 1),
        (0x19999999_FFFFFFFF, 10, 0),
    ],
)
def test_scaling_uses_the_upper_half(word, limit, expected):
    """A word becomes a number from 0 to limit - 1."""
    words = np.array([word], np.uint64)

    assert keys.scaled(word, limit) == expected
    assert keys.scaled_many(words, limit).tolist() == [expected]
    assert keys.scaled_many(words, np.array([limit], np.int64)).tolist() == [expected]


def test_a_column_gives_up_some_of_its_keys():
    """In the order of the positions."""
    column = KeyColumn.of([Key(1, 2), Key(3, 4), Key(5, 6)])

    taken = column.take(np.array([2, 0], np.int64))

    assert taken.high.tolist() == [5, 1]
    assert taken.low.tolist() == [6, 2]
    assert taken.high.dtype == np.uint64
