"""Playing the storyline: entries in order of time, each keyed by what it is.

An entry's key is its id, or who does what when and which of its equals it is: never its
place in the file, and never its label. What follows an entry begins after its end, so the
order of all acts is only known as they are played.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.flows.steps import happenings
from simulator.plan.actions import ACTIONS
from simulator.plan.episodes import Override
from simulator.plan.stage import Act, Stage
from simulator.primitives.instants import SECOND, format_instant_exact
from simulator.primitives.keys import purpose
from simulator.records.kinds import kind_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.primitives.keys import Key
    from simulator.scenario.actions import Entry
    from simulator.scenario.document import Override as Wanted
    from simulator.scenario.document import Scenario

_REPETITION: Final = purpose("repetition")
_PAUSE: Final = 10 * SECOND


@dataclass(frozen=True, slots=True)
class _Due:
    """An entry whose time has come: which repetition, and what follows it in its list."""

    entry: Entry
    path: str
    key: Key
    nth: int
    user: str | None
    admin: str | None
    rest: tuple[tuple[Entry, str, Key], ...]


def _keyed(entries: Sequence[Entry], path: str, above: Key) -> list[tuple[Entry, str, Key]]:
    """Return entries of one list with their places and keys."""
    seen: dict[tuple[str, ...], int] = {}
    keyed = []
    for place, entry in enumerate(entries):
        if entry.id is not None:
            names: tuple[str, ...] = ("id", entry.id)
        else:
            actor = getattr(entry, "admin", None) or getattr(entry, "user", None) or ""
            at = entry.at if entry.at is not None else entry.after
            when = "" if at is None else format_instant_exact(at)
            same = (str(actor), entry.does, when)
            seen[same] = seen.get(same, 0) + 1
            names = (*same, str(seen[same]))
        keyed.append((entry, f"{path}.{place}", above.child(*names)))
    return keyed


class _Player:
    """The acts that are still to come, the earliest first."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.queue: list[tuple[int, int, _Due]] = []
        self.count = 0

    def push(self, at: int, due: _Due) -> None:
        self.count += 1
        heapq.heappush(self.queue, (at, self.count, due))

    def begin(self) -> None:
        root = self.stage.directory.root.child("storyline")
        for entry, path, key in _keyed(self.stage.scenario.storyline, "storyline", root):
            self.push(entry.at or 0, _Due(entry, path, key, 0, None, None, ()))

    def follow(self, at: int, due: _Due) -> None:
        """Let what comes next in a list begin after an act's end."""
        if due.rest:
            (entry, path, key), *rest = due.rest
            # A millisecond later at least: acts of one instant are in order of their keys.
            after = max(entry.after if entry.after is not None else _PAUSE, 1)
            self.push(at + after, _Due(entry, path, key, 0, due.user, due.admin, tuple(rest)))

    def play(self) -> None:
        while self.queue:
            at, _, due = heapq.heappop(self.queue)
            entry = due.entry
            is_user, is_admin = entry.actor == "user", entry.actor == "admin"
            user = (getattr(entry, "user", None) or due.user) if is_user else due.user
            admin = (getattr(entry, "admin", None) or due.admin) if is_admin else due.admin
            key = due.key.nth(_REPETITION, due.nth) if due.nth else due.key
            act = Act(
                entry=entry,
                path=due.path,
                nth=due.nth,
                at=at,
                key=key,
                user=user if is_user else None,
                admin=admin if is_admin else None,
                gaps=list(entry.pin.gaps),
            )
            end = ACTIONS[entry.does](self.stage, act)
            own = _Due(entry, due.path, due.key, due.nth, user, admin, ())
            follow_ups = tuple(_keyed(entry.then, f"{due.path}.then", key))
            self.follow(end, _Due(entry, due.path, key, 0, user, admin, follow_ups))
            repeat = entry.repeat
            if repeat is not None and due.nth + 1 < repeat.times:
                again = _Due(entry, due.path, due.key, due.nth + 1, due.user, due.admin, due.rest)
                self.push(at + repeat.every, again)
            else:
                self.follow(end, _Due(entry, due.path, due.key, 0, own.user, own.admin, due.rest))


def play_storyline(stage: Stage) -> None:
    """Play all entries of the scenario on a stage."""
    player = _Player(stage)
    player.begin()
    player.play()


def _edit(wanted: Wanted) -> Override:
    return Override(wanted.set, wanted.drop, wanted.as_, wanted.order, wanted.omit)


def overrides(stage: Stage) -> dict[tuple[int, int, int], tuple[Override, ...]]:
    """Return what the scenario's `records` do to those of entries: by key words and step."""
    found: dict[tuple[int, int, int], tuple[Override, ...]] = {}
    for wanted in stage.scenario.records:
        where = wanted.where
        if where.entry is None:
            continue
        matches = []
        for flow, row in stage.written.get(where.entry, ()):
            for event in happenings(flow, row, stage.fixed[row["gaps"]]):
                is_event = where.event in (None, kind_named(event.step.kind).event_name)
                user = row["user"]
                is_user = where.user is None or (
                    user >= 0 and stage.registry.text("user.name", user) == where.user
                )
                if is_event and is_user:
                    matches.append((event.at, row["key_high"], row["key_low"], event.place))
        matches.sort()
        if where.nth is not None:
            matches = matches[where.nth - 1 : where.nth]
        for _, high, low, place in matches:
            edit = _edit(wanted)
            found[high, low, place] = (*found.get((high, low, place), ()), edit)
    return found


def overrides_by_id(scenario: Scenario) -> dict[str, tuple[Override, ...]]:
    """Return what the scenario's `records` do to those that it names by eventID."""
    found: dict[str, tuple[Override, ...]] = {}
    for wanted in scenario.records:
        if (event_id := wanted.where.event_id) is not None:
            edit = _edit(wanted)
            found[event_id] = (*found.get(event_id, ()), edit)
    return found
