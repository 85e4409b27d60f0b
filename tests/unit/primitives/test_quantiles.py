"""Distributions: through the percentiles given, by integers alone."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.primitives.quantiles import Quantiles

MADE = Quantiles.through({0: 0, 50: 100, 100: 1_100})
WORDS = {0: 0, 1 << 62: 50, 1 << 63: 100, 3 << 62: 600, (1 << 64) - 1: 1_099}


@pytest.mark.parametrize(("word", "value"), list(WORDS.items()))
def test_a_word_stands_for_its_quantile(word, value):
    """A quarter of the way is half of the median, and so on; the last is never reached."""
    assert MADE.at(word) == value
    assert MADE.at_many(np.array([word], np.uint64)).tolist() == [value]


def test_the_table_has_both_ends():
    """1,024 equal parts of the whole."""
    assert len(MADE.table) == 1_025
    assert MADE.table[:2] == (0, 0)
    assert MADE.table[511:514] == (99, 100, 101)
    assert MADE.table[-1] == MADE.greatest == 1_100


def test_percentiles_need_not_be_in_order_nor_whole():
    """Two decimals are enough for one in ten thousand."""
    made = Quantiles.through({100: 9, 99.99: 1, 0: 1})

    assert made.table[1_023] == 1
    assert made.greatest == 9


@pytest.mark.parametrize("percentiles", [{1: 0, 100: 1}, {0: 0, 99: 1}, {50: 1}])
def test_both_ends_must_be_given(percentiles):
    """There is nothing to extrapolate from."""
    with pytest.raises(ValueError, match="percentiles must begin at 0 and end at 100"):
        Quantiles.through(percentiles)


def test_values_must_not_fall():
    """A higher percentile is at least as long."""
    with pytest.raises(ValueError, match="values must not fall as percentiles rise"):
        Quantiles.through({0: 0, 50: 10, 100: 9})
