"""Chains of users from beginning to end: how they get in and what they do then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.directory.personas import WHOLE
from simulator.plan.background.entrance import Visits, enter
from simulator.plan.background.sessions import CLI, uses, work
from simulator.plan.background.sheet import Sheet
from simulator.plan.background.workforce import DAY_OF, NEVER, Workforce
from simulator.primitives.keys import purpose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.plan.background.calendar import Chains

_REMOTE: Final = purpose("background/remote")
_MOBILE: Final = purpose("background/mobile")
_HANDLE: Final = purpose("background/portal-session")


@dataclass(frozen=True, slots=True)
class Attended:
    """Chains that are planned, and what became of them."""

    sheet: Sheet
    sizes: NDArray[np.int64]
    """Records of each chain; none of those that cannot be."""
    signed_in: NDArray[np.int64]
    """When somebody was through with signing in, or `NEVER`."""


def attended(force: Workforce, chains: Chains, stage: NDArray[np.int64]) -> Attended:
    """Plan chains of users.

    Args:
        stage: What the user goes through once in each of them, or 0.
    """
    visits = _visits(force, chains, stage)
    # A session is over when the storyline changes what the user is or may do.
    until = force.timeline.until_many(chains.member, chains.start)
    sheet = Sheet(chains.start, np.minimum(until, force.span.end), visits.shared())
    inside = enter(visits, sheet)
    signed_in = np.full(len(chains), NEVER, np.int64)
    signed_in[inside] = sheet.clock[inside]
    work(visits, sheet, inside)
    alive = visits.facts.exists
    if force.source == "identity-center":
        alive = alive & (visits.facts.has_password | force.newcomers.by_email[chains.member])
    settings = force.scenario.instance.mfa
    if (
        settings.without_device == "enrol"
        and settings.prompt != "never"
        and force.source != "external-idp"
    ):
        holds = (visits.facts.totp >= 0) | (visits.facts.webauthn >= 0)
        alive = alive & (holds | force.newcomers.enrols[chains.member])
    signed_in[~alive] = NEVER
    return Attended(sheet, np.where(alive, sheet.records, 0), signed_in)


def _visits(force: Workforce, chains: Chains, stage: NDArray[np.int64]) -> Visits:
    people, user = force.directory.people, chains.member
    persona = people.persona[user]
    of_day = people.key.take(user).nth(DAY_OF, chains.day)
    is_home = of_day.below(WHOLE, _REMOTE) < force.manners["remote"][persona]
    is_mobile = chains.key.below(WHOLE, _MOBILE) < force.manners["mobile"][persona]
    place = np.where(is_home, people.home[user], people.office[user])
    facts, starts = force.timeline.at_many(user, chains.start), force.grants[0]
    visits = Visits(
        force=force,
        chains=chains,
        stage=stage,
        facts=facts,
        persona=persona,
        elsewhere=is_home | is_mobile,
        address=np.where(is_mobile, people.mobile[user], place),
        browser=people.browser[user],
        session=chains.key.nth(_HANDLE, 0),
        use=np.zeros(len(chains), np.int64),
        choices=starts[facts.grant + 1] - starts[facts.grant],
    )
    visits.use = uses(visits)
    # On the road people use a phone, unless they need a command line.
    by_phone = np.flatnonzero(is_mobile & (visits.use != CLI))
    visits.browser[by_phone] = people.phone[user[by_phone]]
    return visits
