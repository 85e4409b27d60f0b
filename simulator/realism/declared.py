"""Who there is, and what the scenario says of each of them.

The scenario is asked, and the population that the planner makes of it: what people do is
asked of the records alone.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, cached_property
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.directory.networks import geo_table
from simulator.directory.personas import PERSONAS, WHOLE
from simulator.plan.background import habits
from simulator.plan.population import filled, populate
from simulator.primitives.instants import DAY, HOUR, offset_at
from simulator.scenario.document import Population

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.plan.background.calendar import Schedule
    from simulator.plan.population import Directory
    from simulator.scenario.document import AnyUser, Persona, Scenario

FACTORS: Final = ("totp", "webauthn", "email-otp", "none")
"""Second factors, in the order of `World.factors`."""

_NAMES: Final = ("name", "upn", "down_level", "short")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The whole local days of a window, in one time zone."""

    time_zone: str
    workdays: frozenset[int]
    """Days since 1970."""
    weekend: frozenset[int]

    @classmethod
    def of(cls, time_zone: str, since: int, until: int) -> Calendar:
        """Return the days that lie wholly between two instants."""
        days = [
            day
            for day in range(since // DAY - 1, until // DAY + 2)
            if since <= day * DAY - offset_at(time_zone, day * DAY + 12 * HOUR)
            and (day + 1) * DAY - offset_at(time_zone, day * DAY + 12 * HOUR) <= until
        ]
        # The first of January 1970 was a Thursday.
        weekend = frozenset(day for day in days if (day + 3) % 7 >= 5)
        return cls(time_zone, frozenset(days) - weekend, weekend)

    def local(self, at: int) -> tuple[int, float]:
        """Return the day of an instant, and the minutes since its midnight."""
        day, rest = divmod(at + offset_at(self.time_zone, at), DAY)
        return day, rest / 60_000


class World:
    """A scenario's people in columns, by position."""

    def __init__(self, scenario: Scenario, since: int, until: int) -> None:
        """Populate a resolved scenario.

        Args:
            since: First instant of which there are records, in milliseconds.
            until: First instant after them.
        """
        self.scenario = scenario
        self.since, self.until = since, until
        self.directory: Directory = populate(scenario)
        people, starts = self.directory.people, self.directory.grants.columns()[0]
        self.has_access: NDArray[np.bool_] = np.diff(starts)[people.grant] > 0
        """Who may enter any account."""

    @property
    def source(self) -> str:
        """Where users come from."""
        return self.scenario.instance.identity_source.kind

    def position(self, name: str) -> int | None:
        """Return the position of a user."""
        return self.directory.users.get(name)

    def names_of(self, user: int) -> frozenset[str]:
        """Return how a user may be written, in lower case."""
        text = self.directory.registry.text
        return frozenset(text(f"user.{name}", user).lower() for name in _NAMES)

    def personas(self) -> Iterator[tuple[str, Persona, NDArray[np.int64]]]:
        """Yield each persona that anybody is, with those who have everyday activity."""
        people = self.directory.people
        for place, name in enumerate(self.directory.personas):
            mine = np.flatnonzero((people.persona == place) & people.is_active)
            if len(mine):
                yield name, self.scenario.personas[name], mine

    def calendar(self, schedule: Schedule) -> Calendar:
        """Return the days of which all is known."""
        return Calendar.of(schedule.time_zone, self.since, self.until)

    @cached_property
    def newcomers(self) -> NDArray[np.bool_]:
        """Who has something to go through once, which moves the first days."""
        people, settings = self.directory.people, self.scenario.instance.mfa
        demanded = settings.without_device == "enrol" and settings.prompt != "never"
        demanded &= self.source != "external-idp" and bool(settings.devices)
        lacks = (people.totp < 0) & (people.webauthn < 0) & demanded
        return lacks | (~people.has_password & (self.source == "identity-center"))

    def _each(self) -> Iterator[tuple[AnyUser, slice]]:
        """Yield users and populations with their positions: those who are named come first."""
        first = 0
        for is_population in (False, True):
            for one in self.scenario.users:
                if isinstance(one, Population) == is_population:
                    count = one.count if isinstance(one, Population) else 1
                    yield one, slice(first, first + count)
                    first += count

    @cached_property
    def in_offices(self) -> NDArray[np.bool_]:
        """Whose place of work can be told from home and from the road by its address."""
        kinds = {
            network.name: network.kind == "office"
            and not any(kind_of(address) in {"home", "mobile"} for address in network.addresses)
            for network in self.scenario.networks
        }
        found = np.zeros(len(self.directory.people), np.bool_)
        for one, where in self._each():
            found[where] = kinds[filled(one.network)]
        return found

    @cached_property
    def has_own_agent(self) -> NDArray[np.bool_]:
        """Whose browser the scenario names."""
        found = np.zeros(len(self.directory.people), np.bool_)
        for one, where in self._each():
            found[where] = not isinstance(one, Population) and one.user_agent is not None
        return found

    @cached_property
    def factors(self) -> NDArray[np.float64]:
        """The chance of each of `FACTORS`, by user, where a second factor is asked for."""
        settings = self.scenario.instance.mfa
        found = np.zeros((len(self.directory.people), len(FACTORS)))
        prefers = habits.PREFERS_TOTP / WHOLE
        for one, where in self._each():
            if isinstance(one, Population):
                held = {kind: share / WHOLE for kind, share in one.mfa.items()}
            else:
                held = {device.type: 1.0 for device in one.mfa}
            totp, key = held.get("totp", 0.0), held.get("webauthn", 0.0)
            lacks = (1 - totp) * (1 - key)
            has = [totp * (1 - key) + totp * key * prefers, key * (1 - totp * prefers), 0.0, 0.0]
            match settings.without_device:
                case "enrol" if settings.devices:
                    for kind in settings.devices:
                        has[FACTORS.index(kind)] += lacks / len(settings.devices)
                case "email-otp":
                    has[FACTORS.index("email-otp")] = lacks
                case "block":
                    # Those who are sent away are never seen to come in.
                    has = [share / max(1 - lacks, 1e-9) for share in has]
                case _:
                    has[FACTORS.index("none")] = lacks
            found[where] = has
        return found

    @cached_property
    def intensity(self) -> float | None:
        """The factor on what personas say; absent where a number of records was asked for."""
        given = self.scenario.background.intensity
        return None if given is None else given / WHOLE


def devices(persona: Persona) -> dict[str, float]:
    """Return the share of people of a persona by main device."""
    built_in = PERSONAS[filled(persona.like)]
    return {one.device: one.share / WHOLE for one in built_in.devices}


@cache
def _ranges() -> tuple[list[int], list[tuple[int, str]]]:
    rows = sorted((row.first, row.size, row.kind) for row in geo_table() if ":" not in row.cidr)
    return [first for first, _, _ in rows], [(first + size, kind) for first, size, kind in rows]


@cache
def kind_of(address: str) -> str:
    """Return the kind of network that an address is in; empty where that is not known."""
    try:
        number = int(IPv4Address(address))
    except ValueError:
        return ""
    firsts, ends = _ranges()
    place = bisect_right(firsts, number) - 1
    return ends[place][1] if place >= 0 and number < ends[place][0] else ""
