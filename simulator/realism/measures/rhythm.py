"""When people come: hours, days, weekends, and how long after the last time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.directory.personas import WHOLE
from simulator.plan.background import habits
from simulator.realism.curves import apart, of_day
from simulator.realism.evidence import Share, Spread, share_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from simulator.realism.evidence import Evidence, Group

_DAY: float = 24 * 60


def sized_by(groups: Sequence[Group]) -> float | None:
    """Return the factor on what personas say that gives as many visits as there are.

    Where a scenario asks for a number of records, no factor is declared. One factor for all
    personas and days is measured then, and each of them is held to it.
    """
    expected = sum(len(group.regular) * _at_work(group) * group.schedule.rate for group in groups)
    found = sum(len(visits) for group in groups for visits in group.days.values())
    return found * WHOLE * WHOLE / expected if expected else None


def _at_work(group: Group) -> int:
    """Return how many days at work a person has, in millionths of a day."""
    calendar, schedule = group.calendar, group.schedule
    workdays, weekend = len(calendar.workdays), len(calendar.weekend)
    return workdays * schedule.present + weekend * schedule.weekend


def rhythm(group: Group, factor: float, *, is_declared: bool) -> Iterator[Evidence]:
    """Yield when people of one persona come.

    Args:
        factor: On how often the persona says that they do.
        is_declared: Whether the scenario says the factor: it is the same on all days then.
    """
    load = factor * group.schedule.rate / WHOLE
    is_there = min(load, 1.0) / WHOLE
    calendar, people = group.calendar, len(group.regular)
    for name, days, share in (
        ("presence", calendar.workdays, group.schedule.present),
        ("weekend", calendar.weekend, group.schedule.weekend),
    ):
        count = sum(day in days for _, day in group.days)
        unit = "workdays of people" if name == "presence" else "weekend days of people"
        yield Share(name, unit, count, people * len(days), share * is_there)
    yield from _number(group, load, is_declared=is_declared)
    yield from _hours(group)


def _number(group: Group, load: float, *, is_declared: bool) -> Iterator[Share]:
    """Yield how often people come on a day at work."""
    usual, more = int(load), load - int(load)
    if not usual:
        return  # on how many days somebody is at work and does not sign in, cannot be seen
    counts = [len(visits) for visits in group.days.values()]
    above = sum(count > usual for count in counts)
    yield Share("sign-ins-per-day", "days at work", above, len(counts), more, base=usual)
    if not is_declared:
        return
    is_usual = [count in {usual, usual + 1} for count in counts]
    yield share_of("sign-ins-even", "days at work", is_usual, 1.0)


def _hours(group: Group) -> Iterator[Evidence]:
    """Yield when in the day people come, and how far apart two visits of a day are."""
    begin, length = group.schedule.hours_from, group.schedule.hours_to - group.schedule.hours_from
    since = {
        at: [(minute - begin) % _DAY for minute, _ in visits] for at, visits in group.days.items()
    }
    minutes = [minute for mine in since.values() for minute in mine]
    outside = habits.OUTSIDE / WHOLE
    is_outside = [minute >= length for minute in minutes]
    yield share_of("outside-hours", "sign-ins", is_outside, outside)
    curve = of_day(
        habits.ARRIVAL, habits.OFF_HOURS, share_outside=outside, length=length, whole=WHOLE
    )
    yield Spread("hour-of-day", "sign-ins", "minutes after work begins", minutes, curve)
    pairs = list(_apart(since.values()))
    yield Spread("inter-arrival", "days with two sign-ins", "minutes", pairs, apart(curve))


def _apart(days: Iterable[Sequence[float]]) -> Iterator[float]:
    for mine in days:
        if len(mine) == 2:
            yield abs(mine[0] - mine[1])
