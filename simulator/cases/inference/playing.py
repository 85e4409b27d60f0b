"""Playing a draft: what it gives, which of that is which record, and what it lacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from simulator.cases.differences import override
from simulator.cases.given import Given, replayed
from simulator.cases.inference.draft import Draft, Entry, document
from simulator.cases.inference.needs import CARRIER
from simulator.cases.renaming import Renaming, renaming_of
from simulator.errors import RequestError, ScenarioError
from simulator.primitives.jsontext import json_text
from simulator.scenario import library

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.cases.inference.seen import Act, Seen

_OMITTED: Final = 60
"""What leaving a record out costs, in bytes of the scenario, about."""


@dataclass(slots=True)
class Played:
    """A draft and what it gives."""

    draft: Draft
    given: dict[str, list[Given]]
    """By the name of the entry."""
    pairs: list[tuple[Seen, Given, Entry]] = field(default_factory=list)
    """Records and what is given for them."""
    surplus: list[tuple[Given, Entry]] = field(default_factory=list)
    """What is given and not wanted."""
    lost: list[tuple[Seen, Entry]] = field(default_factory=list)
    """Records that are not given."""


def play(draft: Draft) -> Played:
    """Return a draft and what it gives.

    Raises:
        ScenarioError: Something in it cannot be.
    """
    given: dict[str, list[Given]] = {}
    for one in replayed(library.from_mapping(document(draft), draft.name)):
        given.setdefault(one.entry, []).append(one)
    played = Played(draft, given)
    for entry in draft.entries:
        if not entry.act.is_silent:
            _align(played, entry, given.get(entry.name, []))
    return played


def _align(played: Played, entry: Entry, given: Sequence[Given]) -> None:
    """Say which given record is which of an act's."""
    if entry.act.does == CARRIER:
        played.pairs.append((entry.act.seen[0], given[0], entry))
        return
    seen = entry.act.seen
    tokens = [_token(one.name, one.record) for one in seen]
    others = [_token(one.kind, one.record) for one in given]
    at = at_given = 0
    blocks = SequenceMatcher(None, tokens, others, autojunk=False).get_matching_blocks()
    for block in blocks:
        # What lies between may be of one kind and of another outcome.
        _align_loosely(played, entry, seen[at : block.a], given[at_given : block.b])
        for place in range(block.size):
            played.pairs.append((seen[block.a + place], given[block.b + place], entry))
        at, at_given = block.a + block.size, block.b + block.size


def _align_loosely(
    played: Played, entry: Entry, seen: Sequence[Seen], given: Sequence[Given]
) -> None:
    left = list(given)
    for one in seen:
        same = next((other for other in left if other.kind == one.name), None)
        if same is None:
            played.lost.append((one, entry))
            continue
        for other in left[: left.index(same)]:
            played.surplus.append((other, entry))
        left = left[left.index(same) + 1 :]
        played.pairs.append((one, same, entry))
    played.surplus += [(other, entry) for other in left]


def _token(kind: str, record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what records of one act are told apart by."""
    extra = record.get("additionalEventData")
    details = record.get("serviceEventDetails")
    told = extra.get("CredentialType") if isinstance(extra, dict) else None
    outcome = (
        list(details.values()) if isinstance(details, dict) and kind.startswith("signin") else []
    )
    return (
        kind,
        str(told),
        *map(str, outcome),
        str(record.get("errorCode")),
        str("responseElements" in record and record["responseElements"] is None),
    )


def disordered(played: Played) -> list[Act]:
    """Return acts that cannot be as they are, because their records come in another order.

    What happens in one request happens at once, whatever the records say.
    """
    found: dict[int, Act] = {}
    pairs = sorted(played.pairs, key=lambda pair: pair[0].place)
    for (_, before, entry), (_, after, other) in pairwise(pairs):
        if after.place < before.place:
            acts = [one.act for one in (other, entry) if one.act.does != CARRIER]
            found |= {id(act): act for act in acts[:1]}
    return list(found.values())


def tried(draft: Draft) -> Played | None:
    """Return a draft as played, if it can be and nothing is lost."""
    try:
        played = play(draft)
    except (ScenarioError, RequestError):
        return None
    return None if played.lost else played


def renaming_for(played: Played) -> Renaming:
    """Return the names that a draft has for the values of the records."""
    pairs = (
        (one.record, other.record)
        for one, other, entry in played.pairs
        if entry.act.does != CARRIER
    )
    return renaming_of(pairs, played.draft.refused)


def cost_of(played: Played) -> int:
    """Return how many bytes of overrides a draft needs, about; what is given in full costs none."""
    renaming = renaming_for(played)
    made = (
        override(renaming.value(dict(one.record)), other.record)
        for one, other, entry in played.pairs
        if entry.act.does != CARRIER
    )
    return sum(len(json_text(one)) for one in made if one) + _OMITTED * len(played.surplus)
