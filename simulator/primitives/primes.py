"""Large primes drawn from keys.

The primes of a key pair decide bytes, and a library is free to look for them in another
way in its next version: pycryptodome 3.20 and 4.4 make different keys from the same random
bytes. So they are looked for here, with whole numbers alone.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Final

from simulator.primitives.keys import purpose

if TYPE_CHECKING:
    from simulator.primitives.keys import Key

_CANDIDATE: Final = purpose("primes/candidate")
_WORD: Final = purpose("primes/word")

_BASES: Final = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
"""Enough to be certain below 3.3e24 (Sorenson and Webster: "Strong pseudoprimes to twelve
prime bases", 2015); beyond, a composite that passes all of them would have to be made on
purpose."""

_SMALL: Final = 1 << 16
"""Factors below it are found by division."""


@lru_cache(maxsize=8)
def prime(key: Key, bits: int) -> int:
    """Draw a prime of exactly so many bits, the two highest of them set.

    The product of two such primes has exactly twice as many bits. The latest are remembered: to
    find one takes a third of a second, and who makes a run again, as `verify --rerun` and
    `case minimise` do, signs with the same key.

    Args:
        bits: A multiple of 64.
    """
    ends = 3 << (bits - 2) | 1
    candidates = (_number(key.nth(_CANDIDATE, nth), bits) | ends for nth in count())
    return next(number for number in candidates if is_prime(number))


def is_prime(number: int) -> bool:
    """Return whether a number is prime (Miller-Rabin)."""
    if number <= _BASES[-1]:
        return number in _BASES
    # Most numbers have a small factor, and to look for one takes a hundredth of the time.
    if any(math.gcd(number, product) > 1 for product in _small_primes()):
        return number < _SMALL and all(number % base for base in range(2, math.isqrt(number) + 1))
    return all(_passes(number, base) for base in _BASES)


def _number(key: Key, bits: int) -> int:
    words = (key.word(_WORD, nth).to_bytes(8, "little") for nth in range(bits // 64))
    return int.from_bytes(b"".join(words), "little")


@lru_cache(maxsize=1)
def _small_primes() -> tuple[int, int]:
    """Return the product of the primes that most numbers fail at, and that of the others."""
    is_left = bytearray(b"\1") * _SMALL
    for number in range(2, math.isqrt(_SMALL)):
        multiples = range(number * number, _SMALL, number)
        is_left[multiples.start :: number] = bytes(len(multiples))
    primes = [number for number in range(2, _SMALL) if is_left[number]]
    return math.prod(primes[:300]), math.prod(primes[300:])


def _passes(number: int, base: int) -> bool:
    """Return whether a number looks prime to a base."""
    halvings = ((number - 1) & -(number - 1)).bit_length() - 1
    power = pow(base, (number - 1) >> halvings, number)
    if power in {1, number - 1}:
        return True
    for _ in range(halvings - 1):
        power = power * power % number
        if power == number - 1:
            return True
    return False
