"""Randomness as a pure function of names and ordinals.

A `Key` is 128 bits that stand for a place in a tree of names: the seed at the root,
below it a user, a day, a sign-in. A draw names its purpose and, where there are many
alike, an ordinal; the answer depends on nothing else. So the order of draws, the size
of a batch and the number of workers cannot change a byte, and a user who is added
changes nobody else.

Every function has an array twin (`..._many`, `KeyColumn`) that gives the same words,
for code that works a column at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MASK: Final = (1 << 64) - 1
# Constants of splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
# generators", OOPSLA 2014): odd multipliers whose finaliser passes BigCrush.
_GOLDEN: Final = 0x9E3779B97F4A7C15
_FIRST: Final = 0xBF58476D1CE4E5B9
_SECOND: Final = 0x94D049BB133111EB


def _mix(word: int) -> int:
    word = ((word ^ (word >> 30)) * _FIRST) & _MASK
    word = ((word ^ (word >> 27)) * _SECOND) & _MASK
    return word ^ (word >> 31)


@lru_cache(maxsize=4096)
def _word(value: int) -> NDArray[np.uint64]:
    """Return a number as NumPy takes it fastest: a scalar costs three times as much a call."""
    return np.array(value & _MASK, np.uint64)


_SHIFTS: Final = tuple(map(_word, (27, 30, 31, 32)))
_FACTORS: Final = (_word(_FIRST), _word(_SECOND))
_STRIDE: Final = _word(_GOLDEN)


def _mix_many(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix as `_mix` does, in place: fresh arrays cost as much as the arithmetic."""
    by_27, by_30, by_31, _ = _SHIFTS
    first, second = _FACTORS
    spare = words >> by_30
    words ^= spare
    words *= first
    np.right_shift(words, by_27, spare)
    words ^= spare
    words *= second
    np.right_shift(words, by_31, spare)
    words ^= spare
    return words


def purpose(name: str) -> int:
    """Return the 64-bit number that stands for a name in every draw."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")


def word_at(high: int, low: int, use: int, ordinal: int = 0) -> int:
    """Draw 64 bits from the key (`high`, `low`) for a `purpose` and an ordinal."""
    return _mix((_mix(high ^ use) + low + ordinal * _GOLDEN) & _MASK)


def word_at_many(
    high: NDArray[np.uint64],
    low: NDArray[np.uint64],
    use: int,
    ordinal: NDArray[np.uint64] | int = 0,
) -> NDArray[np.uint64]:
    """Draw as `word_at` does, for every key of the columns."""
    return word_of_many(_stem(high, low, use), ordinal)


def _stem(high: NDArray[np.uint64], low: NDArray[np.uint64], use: int) -> NDArray[np.uint64]:
    stem = _mix_many(high ^ _word(use))
    stem += low
    return stem


def word_of_many(stem: NDArray[np.uint64], ordinal: NDArray[np.uint64] | int) -> NDArray[np.uint64]:
    """Draw as `word_at` does, from what `KeyColumn.stem` gives."""
    if isinstance(ordinal, int):
        return _mix_many(stem + _word(ordinal * _GOLDEN))
    return _mix_many(stem + ordinal * _STRIDE)


def scaled(word: int, limit: int) -> int:
    """Bring a 64-bit word into 0 … limit - 1, for a limit up to 2³²."""
    return ((word >> 32) * limit) >> 32


def scaled_many(
    words: NDArray[np.uint64], limit: NDArray[np.int64] | NDArray[np.uint64] | int
) -> NDArray[np.int64]:
    """Bring words into range as `scaled` does, each with its own limit if an array is given."""
    by_32 = _SHIFTS[-1]
    top = words >> by_32
    top *= _word(limit) if isinstance(limit, int) else limit.astype(np.uint64, copy=False)
    top >>= by_32
    return top.view(np.int64)


@dataclass(frozen=True, slots=True)
class Key:
    """A named source of randomness."""

    high: int
    """First 64 bits."""

    low: int
    """Last 64 bits."""

    @classmethod
    def root(cls, seed: int) -> Key:
        """Return the key that everything made from a seed descends from."""
        digest = blake2b(b"trailwright" + str(seed).encode(), digest_size=16).digest()
        return cls(int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little"))

    def child(self, *names: str) -> Key:
        """Return the key of a place below this one, named by text."""
        digest = blake2b(
            "\x1f".join(names).encode(),
            key=self.high.to_bytes(8, "little") + self.low.to_bytes(8, "little"),
            digest_size=16,
        ).digest()
        return Key(int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little"))

    def nth(self, use: int, ordinal: int) -> Key:
        """Return the key of one of many places below this one, told apart by number."""
        return Key(
            word_at(self.high, self.low, use, 2 * ordinal),
            word_at(self.high, self.low, use, 2 * ordinal + 1),
        )

    def word(self, use: int, ordinal: int = 0) -> int:
        """Draw 64 bits."""
        return word_at(self.high, self.low, use, ordinal)

    def below(self, limit: int, use: int, ordinal: int = 0) -> int:
        """Draw a whole number from 0 to limit - 1, for a limit up to 2³²."""
        return scaled(self.word(use, ordinal), limit)


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """Many keys, as two columns of words."""

    high: NDArray[np.uint64]
    """First 64 bits of each."""

    low: NDArray[np.uint64]
    """Last 64 bits of each."""

    @classmethod
    def of(cls, keys: list[Key]) -> KeyColumn:
        """Return keys as columns."""
        return cls(
            np.array([key.high for key in keys], np.uint64),
            np.array([key.low for key in keys], np.uint64),
        )

    def take(self, positions: NDArray[np.int64]) -> KeyColumn:
        """Return the keys at these positions."""
        return KeyColumn(self.high[positions], self.low[positions])

    def nth(self, use: int, ordinal: NDArray[np.int64] | int) -> KeyColumn:
        """Derive as `Key.nth` does, for every key."""
        stem = self.stem(use)
        if isinstance(ordinal, int):
            return KeyColumn(word_of_many(stem, 2 * ordinal), word_of_many(stem, 2 * ordinal + 1))
        # The word of the ordinal after is one stride further.
        stem += ordinal.astype(np.uint64) * _word(2 * _GOLDEN)
        return KeyColumn(_mix_many(stem.copy()), _mix_many(stem + _STRIDE))

    def stem(self, use: int) -> NDArray[np.uint64]:
        """Return what all words of a purpose have in common, to draw several from."""
        return _stem(self.high, self.low, use)

    def word(self, use: int, ordinal: NDArray[np.uint64] | int = 0) -> NDArray[np.uint64]:
        """Draw as `Key.word` does, for every key."""
        return word_at_many(self.high, self.low, use, ordinal)

    def below(
        self,
        limit: NDArray[np.int64] | int,
        use: int,
        ordinal: NDArray[np.uint64] | int = 0,
    ) -> NDArray[np.int64]:
        """Draw as `Key.below` does, for every key."""
        return scaled_many(self.word(use, ordinal), limit)
