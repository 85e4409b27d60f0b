"""Sizes in bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.primitives.sizes import format_size, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("16MiB", 16 * 1024 * 1024),
        ("5 MB", 5_000_000),
        ("5MB", 5_000_000),
        ("2kB", 2_000),
        ("2KB", 2_000),
        ("3KiB", 3_072),
        ("1GiB", 1 << 30),
        ("7", 7),
        ("7B", 7),
        ("1_000_000", 1_000_000),
    ],
)
def test_sizes_are_read(text, size):
    """Units of ten and of two, and plain bytes."""
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "MB", "-1", "1.5MB", "5 mb", "5 TB", "5MBs", "_1", "5  MB"])
def test_what_is_no_size_is_refused(text):
    """Units are spelled as everybody spells them."""
    with pytest.raises(ValueError, match="expected a size such as 16MiB or 5MB"):
        parse_size(text)


@pytest.mark.parametrize(
    ("size", "text"),
    [(16 << 20, "16MiB"), (5_000_000, "5MB"), (1_500, "1500B"), (0, "0B"), (1 << 30, "1GiB")],
)
def test_sizes_are_written_in_the_largest_unit(size, text):
    """A size is written as a person would."""
    assert format_size(size) == text


@given(size=st.integers(0, 1 << 40))
def test_what_is_written_reads_back(size):
    """So that a resolved scenario is the same scenario."""
    assert parse_size(format_size(size)) == size
