"""Who is in which group, held by combination: a million people have few.

`GroupSets` says what held when the window began, for everybody; `Members` are one group's,
as a storyline changes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

_NONE = frozenset[str]()


class Grants:
    """Sets of accounts and permission sets, each once. The first is empty."""

    def __init__(self) -> None:
        """Begin with the empty set."""
        self._sets: dict[tuple[tuple[int, int], ...], int] = {(): 0}

    def intern(self, pairs: Iterable[tuple[int, int]]) -> int:
        """Return the position of a set of (account, permission set), adding it if new."""
        return self._sets.setdefault(tuple(sorted(set(pairs))), len(self._sets))

    def pairs(self, position: int) -> tuple[tuple[int, int], ...]:
        """Return a set."""
        return list(self._sets)[position]

    def columns(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return where each set begins, the accounts and the permission sets.

        There is one beginning more than there are sets: where the last one ends.
        """
        flat = [pair for pairs in self._sets for pair in pairs]
        starts = np.cumsum([0, *(len(pairs) for pairs in self._sets)])
        both = np.array(flat, np.int64).reshape(-1, 2)
        return starts.astype(np.int64), both[:, 0].copy(), both[:, 1].copy()


class GroupSets:
    """The groups of each user, by position, as the window begins."""

    def __init__(self, count: int) -> None:
        """Begin with so many users who are in no group."""
        self._sets: list[frozenset[str]] = [_NONE]
        self._known: dict[frozenset[str], int] = {_NONE: 0}
        self._of = np.zeros(count, np.int32)

    def intern(self, groups: frozenset[str]) -> int:
        """Return the position of a combination of groups, adding it if new."""
        known = self._known.setdefault(groups, len(self._sets))
        if known == len(self._sets):
            self._sets.append(groups)
        return known

    def put(self, users: slice, positions: NDArray[np.int64] | int) -> None:
        """Let users be in combinations of groups, given by position."""
        self._of[users] = positions

    def of(self, user: int) -> frozenset[str]:
        """Return the groups of a user; those who came later have none."""
        return self._sets[self._of[user]] if user < len(self._of) else _NONE

    def combinations(self) -> Iterator[tuple[frozenset[str], NDArray[np.int64]]]:
        """Yield each combination of groups that somebody is in, and who is."""
        for place, groups in enumerate(self._sets):
            users = np.flatnonzero(self._of == place)
            if len(users):
                yield groups, users

    def members(self, group: str) -> Members:
        """Return who is in a group."""
        having = [place for place, groups in enumerate(self._sets) if group in groups]
        return Members(self._of, having)

    def rename(self, group: str, name: str | None) -> None:
        """Let a group have another name; without one, let there be no such group."""
        more = frozenset(() if name is None else (name,))
        self._sets = [
            groups - {group} | more if group in groups else groups for groups in self._sets
        ]


class Members:
    """The users in one group, by position; who is in it from the beginning costs nothing."""

    def __init__(self, sets: NDArray[np.int32] | None = None, having: Sequence[int] = ()) -> None:
        """Begin with those whose combination of groups has this one.

        Args:
            sets: The combination of each user.
            having: The combinations that have the group.
        """
        self._sets = np.zeros(0, np.int32) if sets is None else sets
        self._having = frozenset(having)
        self._changed: dict[int, bool] = {}

    def __contains__(self, user: int) -> bool:
        """Tell whether a user is in the group."""
        changed = self._changed.get(user)
        if changed is not None:
            return changed
        return user < len(self._sets) and int(self._sets[user]) in self._having

    def __iter__(self) -> Iterator[int]:
        """Yield who is in the group, in order of position."""
        first = np.flatnonzero(np.isin(self._sets, sorted(self._having))).tolist()
        kept = (user for user in first if self._changed.get(user, True))
        added = {user for user, is_in in self._changed.items() if is_in}
        return iter(sorted(added.union(kept)))

    def add(self, user: int) -> None:
        """Let a user be in the group."""
        self._changed[user] = True

    def discard(self, user: int) -> None:
        """Let a user not be in the group."""
        self._changed[user] = False
