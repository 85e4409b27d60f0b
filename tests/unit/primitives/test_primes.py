"""Primes are drawn from keys, and are those that they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.primitives.keys import Key
from simulator.primitives.primes import is_prime, prime


def has_factor(number: int) -> bool:
    """Return whether trial division finds a factor."""
    return any(number % factor == 0 for factor in range(2, int(number**0.5) + 1))


def test_small_numbers_are_told_apart():
    """Those that division settles, and those below the bases."""
    assert [number for number in range(-3, 60) if is_prime(number)] == [
        *(2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59)
    ]


@given(number=st.integers(2, 2**34))
def test_it_agrees_with_trial_division(number):
    """Below 3.3e24 the answer is certain."""
    assert is_prime(number) is not has_factor(number)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (65_521, True),
        (65_537, True),
        (65_521 * 65_537, False),
        (65_537 * 65_539, False),
        # Smallest composites that pass the first 9 and 12 bases (OEIS A014233).
        (3_825_123_056_546_413_051, False),
        (318_665_857_834_031_151_167_461, False),
        (2**521 - 1, True),
        (2**523 - 1, False),
    ],
)
def test_known_numbers(number, expected):
    """Large primes, and composites that fool weaker tests."""
    assert is_prime(number) is expected


def test_a_composite_that_passes_all_bases_is_known():
    """OEIS A014233: the smallest that thirteen bases do not tell from a prime."""
    assert is_prime(3_317_044_064_679_887_385_961_981)


def test_a_drawn_prime_is_fixed_for_ever():
    """A change here changes the signatures of every scenario."""
    assert prime(Key.root(0), 64) == 0xDFB28BC12D39A927
    assert prime(Key.root(0), 256) == int(
        "C2D2FD8A570B3E4C0E8F694D3E5ACB1E7E44A0A53702113AB6CA148938253F85", 16
    )


@given(seed=st.integers(0, 2**63 - 1))
def test_a_prime_has_its_bits(seed):
    """The two highest are set, so that a product of two has all of its bits, too."""
    p, q = (prime(Key.root(seed).child(name), 128) for name in "pq")

    assert is_prime(p)
    assert p >> 126 == 3
    assert (p * q).bit_length() == 256
