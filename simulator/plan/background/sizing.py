"""How much everyday activity there is: by intensity, or an exact number of records.

Chains are candidates in the order of their thresholds. By intensity, all of those up to it
are there. By number, they are admitted in that order until the next would not fit, and
single look-ups fill what is left; so a larger number only adds chains, and no chain
depends on which others are admitted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.directory.personas import WHOLE
from simulator.plan.background import lookups
from simulator.plan.background.calendar import MOST_A_DAY, UNIT, Chains, due
from simulator.plan.background.entrance import Visits, enter
from simulator.plan.background.sessions import CLI, uses, work
from simulator.plan.background.sheet import Sheet
from simulator.plan.background.workforce import DAY_OF, ENROLS, NEVER, Workforce
from simulator.primitives.keys import purpose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.plan.background.lookups import Office
    from simulator.primitives.columns import Column

_AT_ONCE: Final = 1 << 15
"""Chains planned together. Nothing depends on it."""

_PROBE: Final = 20_000
"""Records of the first band, from which the next is judged."""

_USUAL: Final = 10
"""Records of a chain, as a first guess."""

_DRAWN: Final = 64
"""Chains drawn for each record wanted, at most: a window at night holds next to none."""

_REMOTE: Final = purpose("background/remote")
_MOBILE: Final = purpose("background/mobile")
_HANDLE: Final = purpose("background/portal-session")


@dataclass(slots=True)
class Ledger:
    """All chains planned so far: size and order of each, and their episodes."""

    thresholds: list[NDArray[np.int64]] = field(default_factory=list)
    keys: list[NDArray[np.uint64]] = field(default_factory=list)
    sizes: list[NDArray[np.int64]] = field(default_factory=list)
    parts: list[tuple[str, int, dict[str, Column]]] = field(default_factory=list)
    """Flow, number of the first chain that the positions count from, columns."""
    count: int = 0
    records: int = 0
    drawn: int = 0

    def enter(self, sheet: Sheet, chains: Chains, alive: NDArray[np.bool_]) -> None:
        """Note what a sheet holds; of chains that are not alive, nothing."""
        sizes = np.where(alive, sheet.records, 0)
        for name, parts in sheet.parts.items():
            for columns in parts:
                self.parts.append((name, self.count, columns))
        self.thresholds.append(chains.threshold)
        self.keys.append(chains.key.high)
        self.sizes.append(np.where(alive, sizes, -1))
        self.count += len(chains)
        self.records += int(sizes.sum())

    def admitted(self, wanted: int | None) -> tuple[NDArray[np.bool_], int]:
        """Return which chains are admitted, and how many records they have."""
        none = np.zeros(0, np.int64)
        sizes = np.concatenate([none, *self.sizes])
        admitted = sizes > 0
        if wanted is None:
            return admitted, int(sizes[admitted].sum())
        thresholds = np.concatenate([none, *self.thresholds])
        keys = np.concatenate([none.astype(np.uint64), *self.keys])
        order = np.lexsort((keys, thresholds))
        order = order[admitted[order]]
        until = np.cumsum(sizes[order])
        count = int(np.searchsorted(until, wanted, side="right"))
        admitted[order[count:]] = False
        return admitted, int(until[count - 1]) if count else 0


@dataclass(slots=True)
class Planner:
    """Plans everyday activity, a band of intensity after another."""

    force: Workforce
    office: Office
    ledger: Ledger
    ready: NDArray[np.int64]
    """By user: when she is through with what happens once."""
    begun: NDArray[np.bool_]
    """Newcomers of whom there is a session."""

    def band(self, low: int, high: int) -> None:
        """Plan the chains that there are at intensity `high` and not at `low`."""
        chains, drawn = due(self.force.crew, self.force.span, low, high)
        self.ledger.drawn += drawn
        for first, stage in self._firsts(chains):
            self._plan(first, stage)
        for some in _pieces(self._ordinary(chains)):
            self._plan(some, np.zeros(len(some), np.int64))
        for about, crew in self.office.crews.items():
            if not self.office.helpers:
                break
            chains, drawn = due(crew, self.office.span, low, high)
            self.ledger.drawn += drawn
            for some in _pieces(chains):
                sheet, alive = lookups.look_up(self.office, about, some)
                self.ledger.enter(sheet, some, alive)

    def _firsts(self, chains: Chains) -> Iterator[tuple[Chains, NDArray[np.int64]]]:
        """Yield what newcomers go through, of those for whom there is a session now."""
        newcomers = self.force.newcomers
        lowest = np.full(len(self.begun), NEVER, np.int64)
        np.minimum.at(lowest, chains.member, chains.threshold)
        now = newcomers.users & ~self.begun & (lowest < NEVER)
        self.begun |= now
        for stage in np.unique(newcomers.stage).tolist():
            mine = np.flatnonzero(now[newcomers.chains.member] & (newcomers.stage == stage))
            firsts = newcomers.chains.take(mine)
            # Before everything else that the user does, the earlier one first.
            firsts = replace(firsts, threshold=lowest[firsts.member] - 3 + stage)
            for some in _pieces(firsts):
                yield some, np.full(len(some), stage, np.int64)

    def _ordinary(self, chains: Chains) -> Chains:
        """Leave out what comes before the things that happen once, and those themselves."""
        since = self.ready[chains.member]
        firsts = self.force.newcomers.chains
        is_first = np.zeros(len(chains), np.bool_)
        if len(firsts):
            own = np.sort(firsts.key.high)
            place = np.minimum(np.searchsorted(own, chains.key.high), len(own) - 1)
            is_first = own[place] == chains.key.high
        return chains.take(np.flatnonzero(~is_first & (chains.start >= since)))

    def _plan(self, chains: Chains, stage: NDArray[np.int64]) -> None:
        """Plan some chains of users."""
        force = self.force
        visits = _visits(force, chains, stage)
        # A session is over when the storyline changes what the user is or may do.
        until = force.timeline.until_many(chains.member, chains.start)
        sheet = Sheet(chains.start, np.minimum(until, force.span.end))
        inside = enter(visits, sheet)
        signed_in = sheet.clock.copy()
        work(visits, sheet, inside)
        alive = visits.facts.exists.copy()
        is_first = stage > 0
        if force.source == "identity-center":
            alive &= visits.facts.has_password | force.newcomers.by_email[chains.member]
        settings = force.scenario.instance.mfa
        if (
            settings.without_device == "enrol"
            and settings.prompt != "never"
            and force.source != "external-idp"
        ):
            holds = (visits.facts.totp >= 0) | (visits.facts.webauthn >= 0)
            alive &= holds | force.newcomers.enrols[chains.member]
        self.ledger.enter(sheet, chains, alive)
        # The last of the things that happen once opens the way to all others.
        through = np.zeros(len(chains), np.bool_)
        through[inside] = True
        through &= is_first & alive
        through &= (stage == ENROLS) | ~force.newcomers.enrols[chains.member]
        self.ready[chains.member[through]] = signed_in[through]


def _pieces(chains: Chains) -> Iterator[Chains]:
    for first in range(0, len(chains), _AT_ONCE):
        yield chains.take(slice(first, first + _AT_ONCE))


def _visits(force: Workforce, chains: Chains, stage: NDArray[np.int64]) -> Visits:
    people, user = force.directory.people, chains.member
    persona = people.persona[user]
    of_day = people.key.take(user).nth(DAY_OF, chains.day)
    is_home = of_day.below(WHOLE, _REMOTE) < force.manners["remote"][persona]
    is_mobile = chains.key.below(WHOLE, _MOBILE) < force.manners["mobile"][persona]
    place = np.where(is_home, people.home[user], people.office[user])
    visits = Visits(
        force=force,
        chains=chains,
        stage=stage,
        facts=force.timeline.at_many(user, chains.start),
        persona=persona,
        elsewhere=is_home | is_mobile,
        address=np.where(is_mobile, people.mobile[user], place),
        browser=people.browser[user],
        session=chains.key.nth(_HANDLE, 0),
        use=np.zeros(len(chains), np.int64),
    )
    visits.use = uses(visits)
    # On the road people use a phone, unless they need a command line.
    by_phone = is_mobile & (visits.use != CLI)
    visits.browser = np.where(by_phone, people.phone[user], visits.browser)
    return visits


def planner(force: Workforce, office: Office) -> Planner:
    """Return a planner with nothing planned yet."""
    users = force.newcomers.users
    return Planner(
        force=force,
        office=office,
        ledger=Ledger(),
        ready=np.where(users, NEVER, -NEVER),
        begun=np.zeros(len(users), np.bool_),
    )


def plan_number(planner: Planner, wanted: int) -> None:
    """Plan chains until they have as many records as are wanted, or there are no more."""
    low, high = 0, _first_guess(planner, wanted)
    most, budget = _most(planner), _DRAWN * wanted + (1 << 16)
    while most:
        high = min(high, most)
        planner.band(low, high)
        ledger = planner.ledger
        if ledger.records >= wanted or high >= most or ledger.drawn > budget:
            return
        # A little more than what the bands so far lead to expect.
        further = high * wanted * 26 // (max(ledger.records, 1) * 25) + 1
        further = max(further, high + high // 50 + 1)
        allowed = min(64 * high, high * budget // max(ledger.drawn, 1) + 1)
        low, high = high, max(min(further, allowed), high + 1)


def _most(planner: Planner) -> int:
    """Return the intensity at which every day is as full as it may be; 0 if nobody acts."""
    rates = [
        schedule.rate
        for crew in (planner.force.crew, *planner.office.crews.values())
        for schedule, _ in crew.parts()
        if schedule.rate
    ]
    return MOST_A_DAY * UNIT * WHOLE // min(rates) if rates else 0


def _first_guess(planner: Planner, wanted: int) -> int:
    crew, days = planner.force.crew, max(len(planner.force.span.days()) - 2, 1)
    loads = (
        sum(
            schedule.rate * schedule.present // WHOLE * len(members) * 5
            for schedule, members in crew.parts()
        )
        * days
        // 7
    )
    return max(min(wanted, _PROBE) * UNIT * WHOLE // max(loads * _USUAL, 1), 1)
