"""What was true of whom, and when.

The directory changes while a scenario runs: a user registers a device, an administrator
moves her to another group. Storylines write those changes and everyday activity only
reads them, so `freeze` comes between the two: a change made while background episodes are
being planned would be seen by those planned after it and missed by those before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

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


class Timeline:
    """Facts by user and time: as the window begins, and changes from there."""

    def __init__(self, people: People) -> None:
        """Begin with what held when the window began."""
        self._people = people
        self._changes: dict[int, list[tuple[int, Facts]]] = {}
        self._touched: set[int] = set()
        self._is_frozen = False

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
        for user in sorted(self._changes):
            if user >= len(people):
                continue
            mine = users == user
            if not mine.any():
                continue
            for since, facts in self._changes[user]:
                now = mine & (at >= since)
                found.exists[now] = facts.exists
                found.totp[now] = facts.totp
                found.webauthn[now] = facts.webauthn
                found.grant[now] = facts.grant
                found.has_password[now] = facts.has_password
        return found
