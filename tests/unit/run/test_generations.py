"""What each generation changed."""

from __future__ import annotations

import re
from pathlib import Path

from simulator.run import GENERATION
from simulator.run.generations import CHANGES, between

CHANGELOG = (Path(__file__).parents[3] / "CHANGELOG.md").read_text("utf-8")


def test_every_generation_says_what_it_changed():
    """Here in a line, and in the changelog under Bytes."""
    told = {
        int(number) for number in re.findall(r"^- `GENERATION` (\d+):", CHANGELOG, re.MULTILINE)
    }

    assert list(CHANGES) == list(range(2, GENERATION + 1))
    assert told == set(CHANGES)


def test_changes_between_two_generations_are_those_after_the_first():
    """In either direction."""
    assert [one[:13] for one in between(3, 5)] == ["generation 4:", "generation 5:"]
    assert list(between(5, 3)) == list(between(3, 5))
    assert list(between(4, 4)) == []
