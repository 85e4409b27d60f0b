"""Choices of which some are likelier."""

from __future__ import annotations

import pytest

from simulator.primitives.weights import weighted


def test_each_choice_gets_its_share():
    """A quarter of all words, and the rest."""
    words = [place << 56 for place in range(256)]

    chosen = [weighted((1, 3), word) for word in words]

    assert chosen.count(0) == 64
    assert chosen.count(1) == 192


def test_choices_without_weight_are_refused():
    """Nothing can be chosen of nothing."""
    with pytest.raises(ValueError, match="positive"):
        weighted((0,), 1)
