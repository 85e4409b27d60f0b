"""A scenario in two eras: what differs between its records, by kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.plan.compiler import compile_scenario
from simulator.primitives.comparison import Difference, differences, moved
from simulator.primitives.jsontext import json_text
from simulator.records.api.structures import HIDDEN
from simulator.run import generate
from simulator.scenario.resolve import resolve
from simulator.validation.checking import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from simulator.scenario.document import Scenario

_MOST_VALUES: Final = 2
"""Pairs of values of a member that are shown as they are; of more, only what they are."""

Record = dict[str, Any]


@dataclass(slots=True)
class MemberChange:
    """What became of one member, in all records of a kind where it is the same."""

    path: str
    """Such as `userIdentity.type`; items of lists have a `*`."""

    what: str
    """`added`, `removed`, `changed` or `moved`."""

    records: int = 0
    _pairs: dict[tuple[str, str], None] = field(default_factory=dict)
    _classes: dict[tuple[str, str], None] = field(default_factory=dict)

    def add(self, before: Any, after: Any) -> None:  # noqa: ANN401  # JSON
        """Count a record."""
        self.records += 1
        pair = json_text(before).decode(), json_text(after).decode()
        if len(self._pairs) <= _MOST_VALUES:
            self._pairs[pair] = None
        self._classes[class_of(before), class_of(after)] = None

    def side(self, place: int) -> str:
        """Return its values before (0) or after (1): themselves if few, else what they are."""
        if self.what not in _SIDES[place]:
            return ""
        found = self._pairs if len(self._pairs) <= _MOST_VALUES else self._classes
        return " or ".join(dict.fromkeys(pair[place] for pair in found))


_SIDES: Final = (frozenset({"removed", "changed"}), frozenset({"added", "changed"}))
"""What members that have a value before became of, and those that have one after."""


def class_of(value: Any) -> str:  # noqa: ANN401  # JSON
    """Return what a value is, in a word."""
    if value == HIDDEN:
        return "mask"
    names = {str: "text", bool: "flag", int: "number", float: "number", type(None): "null"}
    return names.get(type(value), "empty object" if isinstance(value, dict) else "empty list")


@dataclass(slots=True)
class KindDiff:
    """The records of one kind in two eras."""

    kind: str
    records: int = 0
    """Records that both eras have."""
    changed: int = 0
    """How many of them differ."""
    only: Counter[str] = field(default_factory=Counter)
    """Era to how many records it has alone."""
    members: dict[tuple[str, str], MemberChange] = field(default_factory=dict)
    example: list[Difference] = field(default_factory=list)
    """Every member of the first of the records that differ most."""
    _most: int = 0

    def add(self, old: Record, new: Record, is_equal: bool) -> None:
        """Count a record that both eras have."""
        self.records += 1
        if is_equal:
            return
        self.changed += 1
        found = differences(old, new)
        for one in found:
            if one.what != "same":
                self._of(one.path, one.what).add(one.before, one.after)
        for path in moved(old, new, found):
            self._of(path, "moved").add(None, None)
        unlike = sum(one.what != "same" for one in found)
        if unlike > self._most or not self.example:
            self._most, self.example = unlike, found

    def _of(self, path: str, what: str) -> MemberChange:
        general = ".".join("*" if part.isdecimal() else part for part in path.split("."))
        return self.members.setdefault((general, what), MemberChange(general, what))


@dataclass(frozen=True, slots=True)
class EraDiff:
    """A scenario in two eras."""

    scenario: str
    eras: tuple[str, str]
    kinds: tuple[KindDiff, ...]
    """By name."""

    @property
    def differing(self) -> tuple[KindDiff, ...]:
        """The kinds of which some record differs."""
        return tuple(one for one in self.kinds if one.changed)

    @property
    def alike(self) -> tuple[KindDiff, ...]:
        """The kinds whose records are the same in both eras."""
        return tuple(one for one in self.kinds if not one.changed and one.records)

    @property
    def alone(self) -> tuple[KindDiff, ...]:
        """The kinds of which one era has records that the other has not."""
        return tuple(one for one in self.kinds if one.only)


def compared(scenario: Scenario, written: Sequence[Scenario], eras: tuple[str, str]) -> EraDiff:
    """Return how the records of a scenario differ between two eras.

    Args:
        scenario: The scenario, for its name.
        written: It in either era, not yet resolved.
        eras: Full names of the eras.
    """
    sides = [_lines(one) for one in written]
    kinds: dict[str, KindDiff] = {}
    for old, new in _pairs(*sides, eras=eras, kinds=kinds):
        record = orjson.loads(old)
        name = kind_of(record)[1]
        of_kind = kinds.setdefault(name, KindDiff(name))
        is_equal = old == new
        of_kind.add(record, record if is_equal else orjson.loads(new), is_equal)
    return EraDiff(scenario.scenario, eras, tuple(kinds[name] for name in sorted(kinds)))


def _lines(scenario: Scenario) -> Iterator[bytes]:
    plan, _ = compile_scenario(resolve(scenario))
    return (line for batch in generate(plan) for line in batch.lines)


def _pairs(
    old: Iterable[bytes],
    new: Iterable[bytes],
    *,
    eras: tuple[str, str],
    kinds: dict[str, KindDiff],
) -> Iterator[tuple[bytes, bytes]]:
    """Yield the two records of each event, and count those that only one era has.

    Both come in one order, so that what waits for its other half is little.
    """
    waiting: tuple[dict[str, list[bytes]], dict[str, list[bytes]]] = ({}, {})
    sides = (iter(old), iter(new))
    is_going = [True, True]
    while any(is_going):
        for side in (0, 1):
            line = next(sides[side], None)
            if line is None:
                is_going[side] = False
                continue
            key = _id(line)
            others = waiting[1 - side].get(key)
            if others is None:
                waiting[side].setdefault(key, []).append(line)
                continue
            other = others.pop(0)
            if not others:
                del waiting[1 - side][key]
            yield (other, line) if side else (line, other)
    for side, rest in enumerate(waiting):
        for line in (one for lines in rest.values() for one in lines):
            name = kind_of(orjson.loads(line))[1]
            kinds.setdefault(name, KindDiff(name)).only[eras[side]] += 1


def _id(line: bytes) -> str:
    # A scenario's overrides may leave it out, or give one to several.
    return str(orjson.loads(line).get("eventID"))


def as_json(found: EraDiff) -> dict[str, Any]:
    """Return the differences for programs."""
    return {
        "format": "trailwright-era-diff/1",
        "scenario": found.scenario,
        "eras": list(found.eras),
        "kinds": [
            {
                "kind": one.kind,
                "records": one.records,
                "changed": one.changed,
                "only": dict(one.only),
                "members": [
                    {
                        "path": member.path,
                        "change": member.what,
                        "records": member.records,
                        "before": member.side(0) or None,
                        "after": member.side(1) or None,
                    }
                    for member in one.members.values()
                ],
                "example": [
                    {"path": row.path, "change": row.what, "before": row.before, "after": row.after}
                    for row in one.example
                ],
            }
            for one in found.kinds
        ],
    }
