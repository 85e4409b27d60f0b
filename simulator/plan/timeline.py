"""What was true of whom, and when.

The directory changes while a scenario runs: a user registers a device, an administrator
moves her to another group. Storylines write those changes and everyday activity only
reads them, so `freeze` comes between the two: a change made while background episodes are
being planned would be seen by those planned after it and missed by those before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.plan.population import People


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds for one user from an instant on."""

    exists: bool
    """Whether the user can sign in at all."""

    totp: int
    """Position of the authenticator app in table `device`, or -1."""

    webauthn: int
    """Position of the security key, or -1."""

    grant: int
    """Position in `Grants`: what the user may do where."""

    has_password: bool
    """Whether a password is set."""


@dataclass(frozen=True, slots=True)
class FactColumns:
    """Facts of many users, each at an instant of its own."""

    exists: NDArray[np.bool_]
    totp: NDArray[np.int64]
    webauthn: NDArray[np.int64]
    grant: NDArray[np.int64]
    has_password: NDArray[np.bool_]


_MOMENT: Final = 1 << 42
"""More than any instant: what keeps the changes of two users apart in one sorted column."""


@dataclass(frozen=True, slots=True)
class _Changes:
    """All changes as columns, by user and then by time."""

    users: NDArray[np.int64]
    """Users of whom something changes, ascending."""
    any_of: NDArray[np.bool_]
    """Whether anything changes, of every user of the window's start."""
    first: NDArray[np.int64]
    """Where in the columns below each user's changes begin."""
    moments: NDArray[np.int64]
    """Place of the user in `users` and instant of the change, as one number."""
    facts: FactColumns
    """What holds from then on."""


class Timeline:
    """Facts by user and time: as the window begins, and changes from there."""

    def __init__(self, people: People) -> None:
        """Begin with what held when the window began."""
        self._people = people
        self._changes: dict[int, list[tuple[int, Facts]]] = {}
        self._touched: set[int] = set()
        self._is_frozen = False
        self._in_order: _Changes | None = None

    def touch(self, user: int) -> None:
        """Note that the storyline looks after a user's enrolment itself."""
        self._touched.add(user)

    def is_touched(self, user: int) -> bool:
        """Tell whether the storyline signs a user in or changes her devices."""
        return user in self._touched

    @property
    def touched(self) -> frozenset[int]:
        """The users that the storyline looks after."""
        return frozenset(self._touched)

    def at(self, user: int, at: int) -> Facts:
        """Return what holds for a user at an instant."""
        found = self._base(user)
        for since, facts in self._changes.get(user, ()):
            if since > at:
                break
            found = facts
        return found

    def _base(self, user: int) -> Facts:
        people = self._people
        if user >= len(people):
            return Facts(exists=False, totp=-1, webauthn=-1, grant=0, has_password=False)
        return Facts(
            exists=True,
            totp=int(people.totp[user]),
            webauthn=int(people.webauthn[user]),
            grant=int(people.grant[user]),
            has_password=bool(people.has_password[user]),
        )

    def change(self, user: int, at: int, **facts: int | bool) -> None:
        """Let some facts of a user be others from an instant on; instants must not fall."""
        if self._is_frozen:
            message = "the timeline is frozen: everyday activity reads it"
            raise RuntimeError(message)
        changes = self._changes.setdefault(user, [])
        if changes and changes[-1][0] > at:
            message = "changes of one user must be made in order of time"
            raise ValueError(message)
        before = changes[-1][1] if changes else self._base(user)
        changes.append((at, replace(before, **facts)))  # type: ignore[arg-type]  # names are Facts' own

    def last(self, user: int) -> int:
        """Return since when what holds for a user last has held."""
        changes = self._changes.get(user)
        return changes[-1][0] if changes else 0

    def freeze(self) -> None:
        """Allow no more changes."""
        self._is_frozen = True

    def at_many(self, users: NDArray[np.int64], at: NDArray[np.int64]) -> FactColumns:
        """Ask as `at` does, for every pair of user and instant. Users are of the window's start."""
        people = self._people
        found = FactColumns(
            exists=np.ones(len(users), np.bool_),
            totp=people.totp[users],
            webauthn=people.webauthn[users],
            grant=people.grant[users],
            has_password=people.has_password[users],
        )
        changes = self._changes_in_order()
        rows = np.flatnonzero(changes.any_of[users]) if len(changes.users) else changes.users
        if not len(rows):
            return found
        rank = np.searchsorted(changes.users, users[rows])
        last = np.searchsorted(changes.moments, rank * _MOMENT + at[rows], side="right") - 1
        is_after = last >= changes.first[rank]
        rows, last = rows[is_after], last[is_after]
        for name in ("exists", "totp", "webauthn", "grant", "has_password"):
            getattr(found, name)[rows] = getattr(changes.facts, name)[last]
        return found

    def until_many(self, users: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return, for every pair of user and instant, when the user's facts change next.

        Where they change no more, it is later than any instant.
        """
        until = np.full(len(users), _MOMENT, np.int64)
        changes = self._changes_in_order()
        rows = np.flatnonzero(changes.any_of[users]) if len(changes.users) else changes.users
        if not len(rows):
            return until
        rank = np.searchsorted(changes.users, users[rows])
        following = np.searchsorted(changes.moments, rank * _MOMENT + at[rows], side="right")
        # One more at the end, for the last user of all.
        moments = np.append(changes.moments, len(changes.users) * _MOMENT)
        until[rows] = np.minimum(moments[following] - rank * _MOMENT, _MOMENT)
        return until

    def _changes_in_order(self) -> _Changes:
        if self._in_order is not None:
            return self._in_order
        # Users of the window's start alone: nobody asks for a column of the others.
        users = sorted(user for user in self._changes if user < len(self._people))
        flat = [
            (rank, since, facts)
            for rank, user in enumerate(users)
            for since, facts in self._changes[user]
        ]
        counts = [len(self._changes[user]) for user in users]

        def column(name: str, dtype: type[np.bool_ | np.int64]) -> NDArray[Any]:
            return np.array([getattr(facts, name) for _, _, facts in flat], dtype)

        any_of = np.zeros(len(self._people), np.bool_)
        any_of[users] = True
        made = _Changes(
            users=np.array(users, np.int64),
            any_of=any_of,
            first=np.cumsum([0, *counts])[:-1].astype(np.int64),
            moments=np.array([rank * _MOMENT + since for rank, since, _ in flat], np.int64),
            facts=FactColumns(
                exists=column("exists", np.bool_),
                totp=column("totp", np.int64),
                webauthn=column("webauthn", np.int64),
                grant=column("grant", np.int64),
                has_password=column("has_password", np.bool_),
            ),
        )
        if self._is_frozen:
            self._in_order = made
        return made
