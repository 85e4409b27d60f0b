"""Whether a scenario gives records again: member by member, in order, with their types and times.

Names, ids, addresses and days may be others, if they are so consistently: one value stands for
one value, in all records, and has its form. Whatever else is not the same is told.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from simulator.cases.differences import Difference, differences
from simulator.cases.renaming import Renaming, renaming_of
from simulator.primitives.jsontext import json_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.cases.foreign import Foreign, Gathered
    from simulator.cases.given import Given
    from simulator.validation.findings import Place


@dataclass(frozen=True, slots=True)
class Deviation:
    """One record that is not given as it was."""

    place: Place
    """Where the record was read."""
    name: str
    """Its kind."""
    differences: tuple[Difference, ...]
    """Its members that differ, under the names that the scenario has for their values."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Records beside what a scenario gives."""

    records: int
    exact: int
    """How many are given as they were."""
    deviations: tuple[Deviation, ...]
    missing: tuple[Foreign, ...]
    """Records that are not given."""
    surplus: tuple[Given, ...]
    """What is given besides."""
    notes: tuple[str, ...]
    """What no scenario can give, in words."""
    renaming: Renaming

    @property
    def is_exact(self) -> bool:
        """Whether all records are given, and nothing else."""
        return not (self.deviations or self.missing or self.surplus)


def compared(gathered: Gathered, given: Sequence[Given]) -> Comparison:
    """Return how records and what a scenario gives compare."""
    pairs, missing, surplus = aligned(gathered.records, given)
    renaming = renaming_of((one.record, other.record) for one, other in pairs)
    deviations = []
    for one, other in pairs:
        found = tuple(
            each
            for each in differences(renaming.value(one.record), other.record)
            if not _is_renamed(each, renaming)
        )
        if found:
            deviations.append(Deviation(one.place, one.name, found))
    return Comparison(
        records=len(gathered.records),
        exact=len(pairs) - len(deviations),
        deviations=tuple(deviations),
        missing=tuple(missing),
        surplus=tuple(surplus),
        notes=tuple(_notes(gathered, pairs)),
        renaming=renaming,
    )


def _is_renamed(one: Difference, renaming: Renaming) -> bool:
    """Return whether a text differs by no more than a name that is an ordinary word elsewhere."""
    is_text = isinstance(one.wanted, str) and isinstance(one.found, str)
    return is_text and renaming.is_same(one.path, one.wanted, one.found)


def aligned(
    records: Sequence[Foreign], given: Sequence[Given]
) -> tuple[list[tuple[Foreign, Given]], list[Foreign], list[Given]]:
    """Return which given record is which, the records that are not given, and what is besides.

    Both in order of time. Records of one kind are told apart by what they tell of.
    """
    left = [_told(one.record) for one in records]
    right = [_told(one.record) for one in given]
    is_same = len(left) == len(right) and (left == right or Counter(left) != Counter(right))
    if is_same:
        # In one order, or nothing tells better which is which.
        return list(zip(records, given, strict=True)), [], []
    if max(len(left), len(right)) > _MANY:
        # Finding what is the same in the same order takes too long.
        return _rejoined([], list(records), list(given))
    pairs: list[tuple[Foreign, Given]] = []
    missing: list[Foreign] = []
    surplus: list[Given] = []
    at = at_given = 0
    for block in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
        missing += records[at : block.a]
        surplus += given[at_given : block.b]
        pairs += zip(
            records[block.a : block.a + block.size],
            given[block.b : block.b + block.size],
            strict=True,
        )
        at, at_given = block.a + block.size, block.b + block.size
    return _rejoined(pairs, missing, surplus)


def _rejoined(
    pairs: list[tuple[Foreign, Given]], missing: list[Foreign], surplus: list[Given]
) -> tuple[list[tuple[Foreign, Given]], list[Foreign], list[Given]]:
    """Return the same with records that are given at another place among the others."""
    waiting: dict[bytes, list[Given]] = {}
    for one in surplus:
        waiting.setdefault(_told(one.record), []).append(one)
    lost = []
    for record in missing:
        others = waiting.get(_told(record.record))
        if others:
            pairs.append((record, others.pop(0)))
        else:
            lost.append(record)
    return pairs, lost, [one for others in waiting.values() for one in others]


_MANY: Final = 3_000
"""Records of one side up to which they are lined up; of more, the first of a sort is the first."""
_TELLING: Final = ("eventSource", "eventName", "errorCode", "serviceEventDetails")


def _told(record: dict[str, Any]) -> bytes:
    """Return what a record tells of, without who and where."""
    extra = record.get("additionalEventData")
    factor = extra.get("CredentialType") if isinstance(extra, dict) else None
    details = record.get("serviceEventDetails")
    words = list(details.values()) if isinstance(details, dict) and len(details) == 1 else None
    return json_text([record.get(name) for name in _TELLING[:3]] + [factor, words])


def _notes(gathered: Gathered, pairs: Sequence[tuple[Foreign, Given]]) -> list[str]:
    """Return what of the input the scenario does not say."""
    notes = []
    places = {id(record): place for place, record in enumerate(gathered.records)}
    in_order = sorted(pairs, key=lambda pair: places[id(pair[0])])
    moved = sum(after.place < before.place for (_, before), (_, after) in pairwise(in_order))
    if moved:
        notes.append(f"records come in another order at {moved:,} places")
    if not gathered.is_in_order:
        notes.append("the records were not in order of time; a scenario gives them in order")
    spelled = sum(one.is_spelled_otherwise for one in gathered.records)
    if spelled:
        notes.append(
            f"{spelled:,} of the records were spelled otherwise: with spaces, escapes or numbers "
            "that mean the same"
        )
    return notes
