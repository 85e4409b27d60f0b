"""What a storyline tells of: the records of each play, and of each entry that is no play."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.reports.facts import Fact

MOST_RECORDS: Final = 5_000
"""Scripted records that are told one by one."""


@dataclass(frozen=True, slots=True)
class Scripted:
    """One record of a story."""

    event_id: str
    at: int
    event: str
    who: str
    step: str
    """What it is in the play, or the action."""
    label: str
    is_failure: bool


@dataclass(slots=True)
class Story:
    """One playing of a play, or one entry of a storyline."""

    name: str
    """The play, or the action."""
    key: str
    """Which playing of it, or the entry."""
    is_play: bool
    label: str
    techniques: tuple[str, ...]
    records: list[Scripted] = field(default_factory=list)
    count: int = 0
    """Records in all."""


@dataclass(slots=True)
class Stories:
    """Gathers what was scripted."""

    found: dict[str, Story] = field(default_factory=dict)
    kept: int = 0

    def add(self, fact: Fact) -> None:
        """Take notice of a record."""
        told = fact.told
        if told is None or not told.is_scripted or fact.at is None:
            return
        key = told.play_id or told.entry.partition(".then")[0]
        story = self.found.get(key)
        if story is None:
            story = self.found[key] = Story(
                told.play or told.action, key, bool(told.play), told.label, told.techniques
            )
        story.count += 1
        story.label = max(story.label, told.label, key=_LABELS.index)
        story.techniques = tuple(dict.fromkeys((*story.techniques, *told.techniques)))
        if self.kept < MOST_RECORDS:
            self.kept += 1
            story.records.append(
                Scripted(
                    fact.event_id,
                    fact.at,
                    fact.event,
                    fact.who,
                    told.step or told.action,
                    told.label,
                    fact.is_failure,
                )
            )

    def in_order(self) -> Iterator[Story]:
        """Yield stories: plays first, each in order of its beginning."""
        for story in self.found.values():
            story.records.sort(key=lambda one: one.at)
        yield from sorted(
            self.found.values(),
            key=lambda one: (not one.is_play, one.records[0].at if one.records else 0, one.key),
        )


_LABELS: Final = ("", "benign", "suspicious", "malicious")
