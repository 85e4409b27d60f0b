"""Who may enter which account with which permission set, through which group; and who did.

Users of whom there is something to tell stand for themselves, all others for those who may do
the same: a million people have few ways in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from simulator.plan.population import populate
from simulator.scenario.document import User

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from simulator.plan.population import Directory
    from simulator.scenario.document import Assignment, Scenario

COLUMNS: Final = ("users", "groups", "permission sets", "accounts")
"""What a node may be, from left to right."""
MOST_NAMED: Final = 14
"""Users who stand for themselves."""
MOST_NODES: Final = 24
"""Nodes of a column; what is used least is left out."""

Stop = tuple[int, str]
"""A node: its place in `COLUMNS`, and its name."""


Use = tuple[str, str, str]
"""Who, with which permission set, into which account."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way into an account."""

    stops: tuple[Stop, ...]
    """From left to right; without a group where somebody is assigned directly."""
    used: int
    """How often the last two were entered by the first, as far as records show."""

    @property
    def use(self) -> Use:
        """What was used, by whatever group."""
        return self.stops[0][1], self.stops[-2][1], self.stops[-1][1]


@dataclass(frozen=True, slots=True)
class Access:
    """All ways, with what is too much to be shown left out."""

    ways: tuple[Way, ...]
    left_out: tuple[int, ...]
    """Nodes that are left out, by column."""
    is_granted: bool
    """Whether it is known what was granted, and not only what was used."""

    def nodes(self) -> Iterator[tuple[Stop, int]]:
        """Yield each node with how often it was used, column by column."""
        yield from sorted(_used(self.ways, lambda way: way.stops).items())

    def edges(self) -> Iterator[tuple[Stop, Stop, int]]:
        """Yield each edge with how often it was used."""
        found = _used(self.ways, lambda way: [*zip(way.stops, way.stops[1:], strict=False)])
        for (one, other), count in sorted(found.items()):
            yield one, other, count

    def related(self) -> dict[Stop, set[Stop]]:
        """Return, for each node, all that lie on a way through it."""
        found: dict[Stop, set[Stop]] = defaultdict(set)
        for way in self.ways:
            for stop in way.stops:
                found[stop].update(way.stops)
        return found


T = TypeVar("T")


def _used(ways: Iterable[Way], parts: Callable[[Way], Iterable[T]]) -> dict[T, int]:
    """Return how often each part of ways was used: what two groups grant was used once."""
    uses: dict[T, dict[Use, int]] = defaultdict(dict)
    for way in ways:
        for part in parts(way):
            uses[part][way.use] = way.used
    return {part: sum(mine.values()) for part, mine in uses.items()}


def used_access(access: Mapping[Use, int]) -> Access:
    """Return the ways that records show.

    Args:
        access: How often who entered which account with which permission set; accounts by id.
    """
    ways = [Way(((0, who), (2, role), (3, to)), count) for (who, role, to), count in access.items()]
    return _cut(ways, is_granted=False)


def granted_access(scenario: Scenario, access: Mapping[Use, int], busiest: Iterable[str]) -> Access:
    """Return the ways that a resolved scenario grants when it begins, and how often they were used.

    Args:
        scenario: Whose directory it is.
        access: See `used_access`.
        busiest: Names of users to show, the most telling first.
    """
    directory = populate(scenario)
    labels = _Labels(scenario, directory, busiest)
    company = scenario.organization
    names = {one.id: one.name for one in (company.management_account, *company.accounts)}
    used: Counter[Use] = Counter()
    for (who, role, account), count in access.items():
        used[labels.of(who), role, names.get(account, account)] += count
    ways = [Way(stops, used[stops[0][1], stops[-2][1], stops[-1][1]]) for stops in labels.granted()]
    known = {way.use for way in ways}
    # Granted later on, or to somebody who came later.
    ways += [
        Way(((0, who), (2, role), (3, account)), count)
        for (who, role, account), count in used.items()
        if (who, role, account) not in known
    ]
    return _cut(ways, is_granted=True)


class _Labels:
    """What stands for whom: a name for itself, a number of people for those who may do the same."""

    def __init__(self, scenario: Scenario, directory: Directory, busiest: Iterable[str]) -> None:
        self._users = {one.name: one for one in scenario.users if isinstance(one, User)}
        self._assignments = {one.name: one.assignments for one in scenario.groups}
        self._directory = directory
        places = ((name, directory.users.get(name)) for name in dict.fromkeys(busiest))
        known = ((name, place) for name, place in places if place is not None)
        self._named = dict(islice(known, MOST_NAMED))
        self._others: dict[frozenset[str], str] = {}
        alone = np.array(sorted(self._named.values()), np.int64)
        for groups, members in directory.groups.combinations():
            count = len(members) - int(np.isin(members, alone).sum())
            if count:
                where = " and ".join(sorted(groups)) or "no group"
                self._others[groups] = f"{count:,} more in {where}"

    def of(self, who: str) -> str:
        """Return the label of whoever did something."""
        place = self._directory.users.get(who)
        if place is None or who in self._named:
            return who
        return self._others.get(self._directory.groups.of(place), who)

    def granted(self) -> Iterator[tuple[Stop, ...]]:
        """Yield each way that is granted."""
        for name, place in self._named.items():
            user = self._users.get(name)
            yield from _direct(name, () if user is None else user.assignments)
            yield from self._by_groups(name, self._directory.groups.of(place))
        for groups, label in self._others.items():
            yield from self._by_groups(label, groups)

    def _by_groups(self, label: str, groups: frozenset[str]) -> Iterator[tuple[Stop, ...]]:
        for group in sorted(groups):
            for stops in _direct(label, self._assignments.get(group, ())):
                yield stops[0], (1, group), *stops[1:]


def _direct(label: str, assignments: Iterable[Assignment]) -> Iterator[tuple[Stop, ...]]:
    for one in assignments:
        for account in one.accounts:
            yield (0, label), (2, one.permission_set), (3, account)


def _cut(ways: Sequence[Way], *, is_granted: bool) -> Access:
    """Leave out nodes of columns that have too many: those that are used least."""
    used = _used(ways, lambda way: way.stops)
    kept: set[Stop] = set()
    left_out = []
    for column in range(len(COLUMNS)):
        mine = sorted(
            (stop for stop in used if stop[0] == column), key=lambda stop: (-used[stop], stop)
        )
        kept.update(mine[:MOST_NODES])
        left_out.append(max(0, len(mine) - MOST_NODES))
    shown = tuple(way for way in ways if kept.issuperset(way.stops))
    return Access(shown, tuple(left_out), is_granted)
