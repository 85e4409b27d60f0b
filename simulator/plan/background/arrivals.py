"""What newcomers go through once, settled before anything else is planned.

A person signs in for the first time by e-mail, or enrols a device, on the first days she is
at work: whether these sessions take place, and when they are over, decides which other
sessions of hers there can be. They are few, so that they are planned when the run is laid
out; every portion then knows who is through and when, without planning an earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.plan.background.attending import attended
from simulator.plan.background.calendar import Chains, at_work
from simulator.plan.background.workforce import BY_EMAIL, ENROLS, NEVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from simulator.plan.background.workforce import Workforce

_AT_ONCE: Final = 1 << 13

BEFORE_ALL: Final = -(1 << 61)
"""A threshold below those of all other chains."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The sessions of newcomers that take place, and what follows from them."""

    ready: NDArray[np.int64]
    """By user: when she is through with what happens once; `NEVER` if she never is."""
    chains: Chains
    """First sessions that take place, portion after portion. Thresholds put them in front."""
    stage: NDArray[np.int64]
    """Of each: `BY_EMAIL` or `ENROLS`."""
    portion: NDArray[np.int64]
    """Of each: in which portion it is, ascending."""
    crowded: frozenset[int]
    """Portions that have not even room for all first sessions; nothing else takes place."""
    keys: NDArray[np.uint64]
    """First words of the keys of all first sessions there could be, ascending."""

    def of(self, portion: int) -> tuple[Chains, NDArray[np.int64]]:
        """Return the first sessions of a portion, and their stages."""
        low, high = np.searchsorted(self.portion, np.array([portion, portion + 1]))
        some = slice(int(low), int(high))
        return self.chains.take(some), self.stage[some]

    def ordinary(self, chains: Chains) -> Chains:
        """Leave out what comes before the things that happen once, and those themselves."""
        if not len(self.keys):
            return chains
        place = np.minimum(np.searchsorted(self.keys, chains.key.high), len(self.keys) - 1)
        keeps = self.keys[place] != chains.key.high
        keeps &= chains.start >= self.ready[chains.member]
        return chains.take(np.flatnonzero(keeps))


def arrivals(
    force: Workforce,
    intensity: int,
    portion_of: Callable[[Chains], NDArray[np.int64]],
    room: Callable[[int], int | None],
) -> Arrivals:
    """Settle what newcomers go through.

    Args:
        intensity: Newcomers of whom there is no session at this do nothing.
        portion_of: In which portion chains are.
        room: How many records a portion may have; `None` for any number.
    """
    newcomers = force.newcomers
    ready = np.where(newcomers.users, NEVER, -NEVER)
    active = _active(force, intensity)
    mine = np.flatnonzero(active[newcomers.chains.member])
    chains, stage = newcomers.chains.take(mine), newcomers.stage[mine]
    sizes, through = _tried(force, chains, stage)
    portion = portion_of(chains)
    # A device is enrolled by password, which somebody without one sets by e-mail first.
    there = (sizes > 0) & (through < NEVER)
    order = np.lexsort((chains.key.high, stage, portion))
    has_password = ~newcomers.by_email
    kept: list[NDArray[np.int64]] = []
    crowded = set()
    bounds = np.flatnonzero(np.diff(portion[order], prepend=-1, append=-1))
    for low, high in zip(bounds.tolist(), bounds[1:].tolist(), strict=False):
        some = order[low:high]
        member = chains.member[some]
        email = some[there[some] & (stage[some] == BY_EMAIL)]
        may = has_password.copy() if len(email) else has_password
        may[chains.member[email]] = True
        some = some[there[some] & ((stage[some] == BY_EMAIL) | may[member])]
        limit = room(int(portion[order[low]]))
        if limit is not None:
            fits = int(np.searchsorted(np.cumsum(sizes[some]), limit, side="right"))
            if fits < len(some):
                crowded.add(int(portion[order[low]]))
                some = some[:fits]
        has_password[chains.member[some]] = True
        done = some[(stage[some] == ENROLS) | ~newcomers.enrols[chains.member[some]]]
        ready[chains.member[done]] = through[done]
        kept.append(some)
    places = np.concatenate([np.zeros(0, np.int64), *kept])
    first = chains.take(places)
    return Arrivals(
        ready=ready,
        chains=replace(first, threshold=BEFORE_ALL + stage[places]),
        stage=stage[places],
        portion=portion[places],
        crowded=frozenset(crowded),
        keys=np.sort(newcomers.chains.key.high),
    )


def _active(force: Workforce, intensity: int) -> NDArray[np.bool_]:
    """Tell of which newcomers there is any session at an intensity."""
    found = np.zeros(len(force.newcomers.users), np.bool_)
    crew = force.crew
    lacking = crew.active()
    lacking = lacking[force.newcomers.users[lacking]]
    for day in force.span.days():
        if not len(lacking):
            break
        for rows in at_work(crew, range(day, day + 1), lacking, intensity):
            chains = rows.chains(0, intensity)
            found[chains.member[force.span.holds(chains.start)]] = True
        lacking = lacking[~found[lacking]]
    return found


def _tried(
    force: Workforce, chains: Chains, stage: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many records first sessions have, and when somebody has signed in."""
    sizes = np.zeros(len(chains), np.int64)
    through = np.full(len(chains), NEVER, np.int64)
    for first in range(0, len(chains), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        made = attended(force, chains.take(some), stage[some])
        sizes[some], through[some] = made.sizes, made.signed_in
    return sizes, through
