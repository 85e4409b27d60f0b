"""What is measured, how much of it and how often: everything, or what floors need.

In a section every command is run once a turn, in the order given, turn after turn: whatever
slows the machine for a while slows all of them. Sizes are chosen so that the large run of a
command takes a second or more beyond starting, whose own noise is a tenth of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Section:
    """Commands that are compared with each other."""

    name: str
    turns: int
    entries: tuple[tuple[str, int], ...]
    """Which contender is asked for how much, in the order of running."""

    limit: float = 300
    """Seconds that one command may take."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A choice of sections."""

    name: str
    sections: tuple[Section, ...]
    minutes: float
    """What all of it may take: turns that would take it beyond are not begun."""


def both(name: str, small: int, large: int) -> tuple[tuple[str, int], ...]:
    """Return a contender at the two sizes that tell its marginal cost."""
    return (name, small), (name, large)


BOTH_AT_WORK: Final = 500_000
"""Records of a run in which every worker has started, and has had each slot in its hands: what a
record more costs does not hold the second worker's start then."""

START: Final = Section("start", 7, (("quickstart", 0),))

FULL: Final = Profile(
    "full",
    (
        Section(
            "core",
            7,
            (
                *both("vectorised", 20_000, 3_000_000),
                *both("tuned-orjson", 10_000, 200_000),
                ("orjson-alone", 100_000),
                *both("tuned-fragments", 10_000, 200_000),
                *both("plain-orjson", 5_000, 50_000),
                *both("naive-faker", 500, 5_000),
                *both("stepwise", 2_000, 20_000),
            ),
        ),
        Section(
            "scaling",
            5,
            (
                *both("vectorised", BOTH_AT_WORK, 4_000_000),
                ("control-one", 150),
                *both("workers", BOTH_AT_WORK, 4_000_000),
                ("control-many", 150),
            ),
        ),
        Section(
            "compression",
            5,
            (
                *both("gzip", 20_000, 1_000_000),
                ("isal-alone", 100_000),
                *both("gzip-workers", 20_000, 1_000_000),
            ),
        ),
        START,
        Section("limits", 5, (("yes", 1_000_000), ("memory-cache", 3), ("memory-main", 3))),
        Section(
            "populations",
            2,
            tuple(
                (f"users-{users}", 100_000)
                for users in (100, 1_000, 5_000, 10_000, 100_000, 1_000_000)
            ),
            limit=120,
        ),
        Section(
            "peers",
            3,
            (
                *both("vectorised", 20_000, 300_000),
                *both("mimesis", 1_000, 10_000),
                # Two hundred a second.
                *both("polyfactory", 50, 300),
                *both("logsynth", 1_000, 10_000),
                *both("geneve", 1_000, 10_000),
            ),
        ),
        Section(
            "sizes",
            5,
            tuple(("vectorised", size) for size in (10_000, 100_000, 1_000_000, 10_000_000)),
        ),
    ),
    minutes=26,
)

QUICK: Final = Profile(
    "quick",
    (
        Section(
            "core",
            3,
            (
                *both("vectorised", 20_000, 1_000_000),
                *both("tuned-orjson", 5_000, 100_000),
                ("orjson-alone", 100_000),
            ),
        ),
        Section(
            "scaling",
            3,
            (
                *both("vectorised", BOTH_AT_WORK, 2_500_000),
                ("control-one", 100),
                *both("workers", BOTH_AT_WORK, 2_500_000),
                ("control-many", 100),
            ),
        ),
        Section("start", 3, START.entries),
    ),
    minutes=6,
)

PROFILES: Final = {profile.name: profile for profile in (FULL, QUICK)}
