"""The users who have everyday activity, and what they have to go through once.

Two things happen to a person once in a run: a first sign-in without a password, by e-mail,
and a first one without a device where the instance demands that one be enrolled. Both are
given fixed places, the first session of the first days she is at work, so that which other
sessions there are decides nothing: sessions before them are left out, later ones find the
password and the device.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.directory import identifiers
from simulator.directory.personas import WHOLE
from simulator.flows import mfa
from simulator.plan.background import habits
from simulator.plan.background.calendar import (
    Chains,
    Crew,
    Schedule,
    Span,
    at_work,
    joined,
)
from simulator.plan.population import filled
from simulator.primitives.instants import MINUTE
from simulator.primitives.keys import purpose
from simulator.primitives.texts import Spelled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.plan.population import Directory
    from simulator.plan.timeline import Timeline
    from simulator.primitives.keys import KeyColumn
    from simulator.scenario.document import Persona, Scenario

DAY_OF: Final = purpose("day")
BY_EMAIL, ENROLS = 1, 2
"""What a person goes through once; 0 for an ordinary session."""

ROOM: Final = 15 * MINUTE
"""Time kept before the window's end for what people go through once."""

NEVER: Final = 1 << 62
"""Later than any instant."""

_CLI: Final = re.compile(r"aws-cli/2\.(\d+)\.")
_ENROLS_WITH: Final = purpose("background/enrols-with")
_PREFERS: Final = purpose("background/prefers-device")
_FAVOURITE: Final = purpose("background/favourite")
OIDC_CLIENT: Final = purpose("oidc-client")
"""Purpose of the key of a person's CLI, as an OIDC client."""

_DEVICE: Final = purpose("background/device")
_DEVICE_NAMES: Final = {mfa.TOTP: "Authenticator app", mfa.WEBAUTHN: "Security key"}
_TYPES: Final = {"totp": mfa.TOTP, "webauthn": mfa.WEBAUTHN}


@dataclass(frozen=True, slots=True)
class Newcomers:
    """What users have to go through once, by user."""

    by_email: NDArray[np.bool_]
    """Whether the first sign-in is by e-mail, for want of a password."""
    enrols: NDArray[np.bool_]
    """Whether the first sign-in by password enrols a device."""
    enrol_type: NDArray[np.int64]
    """Which kind of device: a value of column `enrol_type`."""
    device: NDArray[np.int64]
    """The device that is enrolled, in table `device`, or -1."""
    device_name: NDArray[np.int64]
    """By kind of device: its name, in table `text`."""
    chains: Chains
    """The sessions in which they do. Their ordinals say which of a user's it is."""
    stage: NDArray[np.int64]
    """Of each of these sessions: `BY_EMAIL` or `ENROLS`."""

    @property
    def users(self) -> NDArray[np.bool_]:
        """Who has anything to go through."""
        return self.by_email | self.enrols


@dataclass(frozen=True, slots=True)
class Workforce:
    """The users, their habits, and what holds for them."""

    directory: Directory
    timeline: Timeline
    span: Span
    crew: Crew
    manners: Mapping[str, NDArray[np.int64]]
    """Name of a share to its value by persona."""
    grants: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
    """See `Grants.columns`."""
    roles: NDArray[np.int64]
    """By place in `grants`: the role, in table `role`; nothing where none is recorded."""
    seconds: NDArray[np.int64]
    """By place in `grants`: how long the role is held."""
    touched: NDArray[np.bool_]
    """Users whose enrolment the storyline looks after."""
    newcomers: Newcomers
    client: KeyColumn
    """By user: the key of her CLI, as an OIDC client."""
    prefers_totp: NDArray[np.bool_]
    """Users who take the authenticator app where they have both kinds of device."""
    favourite: NDArray[np.int64]
    """By user: place in `grants` of what she uses most, of what she has as the run begins."""
    knows_code_grant: NDArray[np.bool_]
    """Users whose CLI is 2.22 or newer; an older one knows the device grant alone."""

    @property
    def scenario(self) -> Scenario:
        """The resolved scenario."""
        return self.directory.scenario

    @property
    def source(self) -> str:
        """Where users come from."""
        return self.scenario.instance.identity_source.kind


def schedule_of(persona: Persona) -> Schedule:
    """Return when people of a resolved persona are at work."""
    hours, present = filled(persona.hours), filled(persona.present)
    return Schedule(
        rate=filled(persona.sign_ins_per_workday),
        hours_from=hours.start,
        hours_to=hours.end,
        time_zone=hours.timezone,
        present=present,
        weekend=present * filled(persona.weekend) // WHOLE,
    )


def _manners(personas: list[Persona]) -> dict[str, NDArray[np.int64]]:
    rows = [
        {
            "wrong_username": filled(one.slips).wrong_username,
            "wrong_password": filled(one.slips).wrong_password,
            "wrong_code": filled(one.slips).wrong_totp,
            "console": filled(one.uses).console,
            "cli": filled(one.uses).cli,
            # Shares that come to less than everything leave the rest to the portal.
            "uses": max(
                WHOLE, filled(one.uses).portal + filled(one.uses).console + filled(one.uses).cli
            ),
            "remote": filled(one.remote),
            "mobile": filled(one.mobile),
            "signs_out": filled(one.signs_out),
            "device_grant": filled(one.device_grant),
        }
        for one in personas
    ]
    return {name: np.array([row[name] for row in rows], np.int64) for name in (rows or [{}])[0]}


def workforce(directory: Directory, timeline: Timeline) -> Workforce:
    """Return the users of a directory; the timeline must be frozen."""
    scenario, people = directory.scenario, directory.people
    span = Span(scenario.window.start, filled(scenario.window.end))
    personas = [scenario.personas[name] for name in directory.personas]
    crew = Crew(
        key=people.key,
        day=DAY_OF,
        schedules=tuple(map(schedule_of, personas)),
        schedule=np.where(people.is_active, people.persona, -1),
    )
    touched = np.zeros(len(people), np.bool_)
    touched[[user for user in timeline.touched if user < len(people)]] = True
    grants = directory.grants.columns()
    roles, seconds = _roles(directory, grants[1], grants[2])
    return Workforce(
        directory=directory,
        timeline=timeline,
        span=span,
        crew=crew,
        manners=_manners(personas),
        grants=grants,
        roles=roles,
        seconds=seconds,
        touched=touched,
        newcomers=_newcomers(directory, timeline, crew, span, touched),
        client=people.key.nth(OIDC_CLIENT, 0),
        prefers_totp=people.key.below(WHOLE, _PREFERS) < habits.PREFERS_TOTP,
        favourite=favourites(people.key, grants[0], people.grant),
        knows_code_grant=_knows_code_grant(directory),
    )


def _roles(
    directory: Directory, accounts: NDArray[np.int64], permission_sets: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the role of each pair, and how long it is held."""
    entrance = directory.entrance
    if not entrance.is_recorded or not len(accounts):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    count = int(permission_sets.max()) + 1
    codes, of_pair = np.unique(accounts * count + permission_sets, return_inverse=True)
    pairs = [divmod(code, count) for code in codes.tolist()]
    roles = [entrance.role(account, one) for account, one in pairs]
    seconds = [entrance.lasts(one) for _, one in pairs]
    return np.array(roles, np.int64)[of_pair], np.array(seconds, np.int64)[of_pair]


def favourites(
    key: KeyColumn, starts: NDArray[np.int64], grant: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the place in `grants` of what users use most, of what each is granted."""
    return starts[grant] + key.below(starts[grant + 1] - starts[grant], _FAVOURITE)


def _knows_code_grant(directory: Directory) -> NDArray[np.bool_]:
    agents, where = np.unique(directory.people.cli_login, return_inverse=True)
    texts = [directory.registry.text("agent.value", agent) for agent in agents.tolist()]
    found = [_CLI.match(text) for text in texts]
    knows = [match is None or int(match[1]) >= 22 for match in found]
    return np.array(knows, np.bool_)[where]


def _newcomers(
    directory: Directory,
    timeline: Timeline,
    crew: Crew,
    span: Span,
    touched: NDArray[np.bool_],
) -> Newcomers:
    people, instance = directory.people, directory.scenario.instance
    source, settings = instance.identity_source.kind, instance.mfa
    ours = people.is_active & ~touched
    demanded = settings.without_device == "enrol" and settings.prompt != "never"
    demanded &= source != "external-idp" and bool(settings.devices)
    by_email = ours & ~people.has_password & (source == "identity-center")
    enrols = ours & (people.totp < 0) & (people.webauthn < 0) & demanded
    kinds = np.array([_TYPES[kind] for kind in settings.devices] or [mfa.TOTP], np.int64)
    chains = _first_days(crew, span, timeline, by_email.astype(np.int64) + enrols)
    # The ordinal says which of a user's days it is; the session is the day's first.
    stage = np.where(by_email[chains.member] & (chains.ordinal == 0), BY_EMAIL, ENROLS)
    device = np.full(len(people), -1, np.int64)
    enrolling = np.sort(chains.member[stage == ENROLS])
    keys = people.key.take(enrolling).nth(_DEVICE, 0)
    ids = Spelled(len(keys), (18, 18), partial(_device_ids, keys))
    first = directory.registry.extend("device", {"id": ids})
    device[enrolling] = np.arange(first, first + len(keys))
    device_name = np.full(max(_DEVICE_NAMES) + 1, -1, np.int64)
    for kind, name in _DEVICE_NAMES.items():
        device_name[kind] = directory.registry.intern("text", name)
    return Newcomers(
        by_email=by_email,
        enrols=enrols,
        enrol_type=kinds[people.key.below(len(kinds), _ENROLS_WITH)],
        device=device,
        device_name=device_name,
        chains=chains,
        stage=stage,
    )


def _device_ids(keys: KeyColumn, places: NDArray[np.int64]) -> NDArray[np.bytes_]:
    own = keys.take(places)
    return identifiers.mfa_device_id_many(own.high, own.low)


def _first_days(crew: Crew, span: Span, timeline: Timeline, wanted: NDArray[np.int64]) -> Chains:
    """Return the first session of each of the first days at work, as many as are wanted.

    The `ordinal` of what is returned tells which of the member's days it is, from 0.
    """
    found: list[Chains] = []
    given = np.zeros(len(wanted), np.int64)
    active = crew.active()
    lacking = active[wanted[active] > 0]
    for day in span.days():
        if not len(lacking):
            break
        for rows in at_work(crew, range(day, day + 1), lacking):
            chains = rows.first()
            chains = chains.take(span.holds(chains.start, ROOM))
            there = timeline.at_many(chains.member, chains.start).exists
            there &= timeline.until_many(chains.member, chains.start) >= chains.start + ROOM
            chains = chains.take(there)
            chains.ordinal[:] = given[chains.member]
            given[chains.member] += 1
            found.append(chains)
        lacking = lacking[given[lacking] < wanted[lacking]]
    return joined(found)
