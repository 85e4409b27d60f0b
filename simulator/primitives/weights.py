"""Choices of which some are likelier than others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.primitives.keys import scaled, scaled_many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def weighted(weights: Sequence[int], word: int) -> int:
    """Return the place of the choice that a word falls on; weights are positive."""
    place = scaled(word, sum(weights))
    for choice, weight in enumerate(weights):
        place -= weight
        if place < 0:
            return choice
    message = "weights must be positive"
    raise ValueError(message)


def weighted_many(weights: Sequence[int], words: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Choose as `weighted` does, for every word."""
    upto = np.cumsum(weights)
    return np.searchsorted(upto, scaled_many(words, int(upto[-1])), side="right").astype(np.int64)
