"""Which part of a dataset a record is for: train, validation or test, in three ways.

By time an episode belongs where it begins; by user all records of a user belong together;
by play all records of one playing do. Users and playings are drawn by name, so that one who
is added moves nobody else; nothing is stratified, because that would.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.errors import RequestError
from simulator.primitives.instants import MINUTE
from simulator.primitives.keys import Key, purpose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.plan.episodes import Plan
    from simulator.primitives.jsontext import Json

SPLITS: Final = ("train", "validation", "test")
WAYS: Final = ("split_time", "split_user", "split_play")
"""Columns that tell of a split."""

USUAL: Final = (70, 15, 15)
_DRAW: Final = purpose("dataset/split")
_WHOLE: Final = 100


def shares_from(text: str) -> tuple[int, int, int]:
    """Read shares as they are asked for, such as `70,15,15`.

    Raises:
        RequestError: They are not three whole numbers that add up to 100.
    """
    parts = text.split(",")
    if not all(part.strip().isdecimal() for part in parts) or len(parts) != len(SPLITS):
        message = f"--splits {text!r}: expected three whole numbers such as 70,15,15"
        raise RequestError(message)
    train, validation, test = (int(part) for part in parts)
    if train + validation + test != _WHOLE:
        message = f"--splits {text!r}: they add up to {train + validation + test}, not to 100"
        raise RequestError(message)
    return train, validation, test


@dataclass(slots=True)
class Splits:
    """Where records belong, decided as they come, in order of time."""

    key: Key
    """What users and playings are drawn from."""

    shares: tuple[int, int, int]
    """In hundredths: how much is for training, validation and testing."""

    until: tuple[int, ...]
    """Instants at which training and validation end, by time, in milliseconds."""

    _known: dict[tuple[str, str], str] = field(default_factory=dict)

    def by_time(self, start: int) -> str:
        """Return where an episode belongs that begins at an instant, in milliseconds."""
        return SPLITS[sum(start >= end for end in self.until)]

    def by_user(self, line: Mapping[str, Json]) -> str:
        """Return where a record belongs by whose it is, given its line of truth."""
        return self._drawn("user", person_of(line))

    def by_play(self, line: Mapping[str, Json]) -> str:
        """Return where a record belongs by what it is a part of, given its line of truth."""
        return self._drawn("play", playing_of(line))

    def _drawn(self, way: str, name: str) -> str:
        known = self._known.get((way, name))
        if known is None:
            if len(self._known) >= 1 << 16:
                # Most names are episodes', which do not come back.
                self._known.clear()
            drawn = self.key.child("dataset", way, name).below(_WHOLE, _DRAW)
            known = SPLITS[sum(drawn >= limit for limit in accumulate(self.shares[:-1]))]
            self._known[way, name] = known
        return known


def person_of(line: Mapping[str, Json]) -> str:
    """Return whose a record is: its user's; of nobody's, its actor's; else its episode's own."""
    user = line["user"]
    if isinstance(user, dict):
        return f"who:{user['name']}"
    return f"who:{line['actor']}" if line["actor"] is not None else f"episode:{line['episode']}"


def playing_of(line: Mapping[str, Json]) -> str:
    """Return what a record is a part of: a playing; else a storyline entry; else an episode."""
    if line["play_id"] is not None:
        return f"playing:{line['play_id']}"
    return f"entry:{line['entry']}" if line["entry"] is not None else f"episode:{line['episode']}"


def splits_of(plan: Plan, seed: int, shares: tuple[int, int, int]) -> Splits:
    """Return the splits of a run.

    By time, its episodes are shared out to the minute; no record is rendered for it.
    """
    return Splits(Key.root(seed), shares, _ends(plan, shares))


def _ends(plan: Plan, shares: tuple[int, int, int]) -> tuple[int, ...]:
    """Return when so many of a plan's episodes have begun as each share but the last says."""
    first = plan.start
    # By the minute, so that it costs the same however many episodes there are.
    begun = np.zeros((plan.horizon - first) // MINUTE + 2, np.int64)
    for block in plan.whole():
        minutes = (block.columns["start"].astype(np.int64) - first) // MINUTE
        begun += np.bincount(np.maximum(minutes, 0), minlength=len(begun))
    by_then = np.cumsum(begun)
    ends = []
    for share in accumulate(shares[:-1]):
        if share == _WHOLE:
            # Nothing is left for what comes after it.
            ends.append(plan.horizon)
            continue
        wanted = share * int(by_then[-1])
        # The first minute by whose end they are there. Whole numbers, so that none is rounded.
        minute = int(np.searchsorted(by_then * _WHOLE, wanted)) if wanted else -1
        ends.append(first + (minute + 1) * MINUTE)
    return tuple(ends)
