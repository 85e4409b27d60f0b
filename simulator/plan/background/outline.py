"""How much everyday activity there is, and how it is divided into portions.

Every chain has the least intensity at which there is such a chain. By intensity, all of
those up to it are there. By number, an intensity is looked for that gives about so many
records, and the number is shared out among the days in proportion to what is drawn on each
of them at that intensity: so weekdays and weekends differ, and days of one kind vary.

A portion is a row of days, so many that planning them together is worth it, or a part of
one day that has more. It is planned without any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.directory.personas import WHOLE
from simulator.flows import access_portal, cli_sign_in, gaps, sign_in
from simulator.plan.background import habits
from simulator.plan.background.calendar import MOST_A_DAY, UNIT, MemberDays, counted, limits
from simulator.primitives.instants import DAY
from simulator.primitives.keys import KeyColumn, purpose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from simulator.plan.background.calendar import Chains, Crew, Span

PORTION: Final = 1 << 17
"""Records that a portion is to have: what planning a few more days costs is little then, and
what is held at a time is some megabytes."""

_THOUSAND: Final = 1_000
_USUAL: Final = 10 * _THOUSAND
"""Records of a chain where none could be tried, in thousandths."""

_TRIED: Final = 8_192
"""Days of members on which is tried how many records a chain has."""

_DRAWN: Final = 64
"""Chains drawn for each record wanted, at most: a window at night holds next to none."""

_CLOSE: Final = 50
"""How near an intensity is to come to a number: a fiftieth."""

_TRIES: Final = 6
_WHO: Final = purpose("background/tried member")
_DAY: Final = purpose("background/tried day")

LONGEST_SIGN_IN: Final = (
    2 * max(flow.longest for flow in sign_in.FLOWS) + habits.STARTS_OVER.greatest
)
_CONSOLES: Final = habits.CONSOLES.greatest * (
    habits.NEXT_CONSOLE.greatest
    + 3 * gaps.CLICK.greatest
    + sum(flow.longest for flow in access_portal.FLOWS)
)
_COMMAND_LINE: Final = (
    habits.CLI_SPAN.greatest + max(flow.longest for flow in cli_sign_in.FLOWS) + gaps.PAGE.greatest
)
LONGEST_WORK: Final = (
    max(_CONSOLES, _COMMAND_LINE) + habits.BEFORE_SIGN_OUT.greatest + 20 * gaps.CLICK.greatest
)
"""From signing in to the last thing done, at most, where the session lasts as long."""


@dataclass(frozen=True, slots=True)
class Source:
    """People whose days give rise to chains."""

    name: str
    crew: Crew
    plan: Callable[[Chains], NDArray[np.int64]]
    """Returns how many records each of some chains has."""


@dataclass(frozen=True, slots=True)
class Portion:
    """The chains of some days that begin between two instants."""

    group: int
    """Which days: parts of one day are of one group."""
    days: range
    since: int
    until: int
    """Chains begin from `since` until before this, in milliseconds."""
    last: int
    """All is over before this."""
    records: int
    """About so many."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What portions there are."""

    intensity: int
    """In billionths. By number, the one that gives about so many records."""
    most: int
    """Intensity up to which chains are looked for where there are too few."""
    records: tuple[int, ...]
    """By source: records of a chain, in thousandths."""
    portions: tuple[Portion, ...]
    shares: tuple[int, ...] | None
    """By group: exactly so many records; none by intensity."""


def outlined(
    sources: Sequence[Source], span: Span, *, wanted: int | None, intensity: int, duration: int
) -> Outline:
    """Divide a run into portions.

    Args:
        wanted: Number of records; without it, `intensity` says how many there are.
        duration: How long a portal session lasts.
    """
    days = span.days()
    tried = [_tried(source, span, days) for source in sources]
    means = tuple(mean for mean, _ in tried)
    most = intensity
    if wanted is not None:
        most = _most(sources, days, wanted)
        intensity = _intensity(sources, span, means, wanted, most)
    expected = _expected(sources, span, means, intensity)
    profile = np.sort(np.concatenate([np.zeros(0, np.int64), *(starts for _, starts in tried[:1])]))
    longest = LONGEST_SIGN_IN + min(duration, LONGEST_WORK)
    portions = _portions(sources, span, expected, profile, longest)
    shares = None if wanted is None else _shares(portions, wanted)
    return Outline(intensity, most, means, portions, shares)


def _tried(source: Source, span: Span, days: range) -> tuple[int, NDArray[np.int64]]:
    """Return records of a chain, in thousandths, and when in their days some chains begin."""
    crew = source.crew
    members = crew.active()
    if not len(members):
        return _USUAL, np.zeros(0, np.int64)
    nth = np.arange(_TRIED, dtype=np.uint64)
    draw = KeyColumn(nth, nth)
    member = members[draw.below(len(members), _WHO)]
    day = days.start + draw.below(len(days), _DAY)
    chains = MemberDays.at_work(crew, days, member, day).first()
    chains = chains.take(span.holds(chains.start))
    if not len(chains):
        return _USUAL, np.zeros(0, np.int64)
    rate = crew.column("rate")[crew.schedule[chains.member]]
    found = int((source.plan(chains) * rate).sum()) * _THOUSAND // int(rate.sum())
    return max(found, 1), chains.start - chains.day * DAY


def _expected(
    sources: Sequence[Source], span: Span, means: Sequence[int], intensity: int
) -> NDArray[np.int64]:
    """Return about how many thousandths of records each day has at an intensity."""
    days = span.days()
    found = np.zeros(len(days), np.int64)
    for source, mean in zip(sources, means, strict=True):
        found += counted(source.crew, span, days, intensity) * mean
    return found


def _loads(source: Source) -> int:
    """Return how many billionths of a chain there are on a weekday at intensity 1."""
    crew = source.crew
    schedules = crew.schedule[crew.active()]
    counts = np.bincount(schedules, minlength=len(crew.schedules)).tolist()
    return sum(
        count * one.rate * one.present // WHOLE * (UNIT // WHOLE)
        for count, one in zip(counts, crew.schedules, strict=True)
    )


def _most(sources: Sequence[Source], days: range, wanted: int) -> int:
    """Return the highest intensity worth trying; 0 if nobody acts."""
    rates = [one.rate for source in sources for one in source.crew.schedules if one.rate]
    loads = sum(map(_loads, sources)) * len(days)
    if not rates or not loads:
        return 0
    # Where every day is as full as it may be, or too many chains would be drawn.
    fullest = MOST_A_DAY * UNIT * WHOLE // min(rates)
    return min(fullest, (_DRAWN * wanted + PORTION) * UNIT * UNIT // loads + 1)


def _intensity(
    sources: Sequence[Source], span: Span, means: Sequence[int], wanted: int, most: int
) -> int:
    """Return an intensity that gives about so many records."""
    loads = sum(_loads(source) * mean for source, mean in zip(sources, means, strict=True)) * max(
        len(span.days()) - 2, 1
    )
    if not loads or not most:
        return 0
    found = min(wanted * _THOUSAND * UNIT * UNIT // loads + 1, most)
    for _ in range(_TRIES):
        total = int(_expected(sources, span, means, found).sum())
        better = found * wanted * _THOUSAND // max(total, 1)
        is_close = abs(better - found) * _CLOSE <= found
        found = max(min(better, 64 * found, most), 1)
        if is_close or found == most:
            break
    return found


def _portions(
    sources: Sequence[Source],
    span: Span,
    expected: NDArray[np.int64],
    profile: NDArray[np.int64],
    longest: int,
) -> tuple[Portion, ...]:
    days = span.days()
    crews = [source.crew for source in sources if source.crew.schedules]
    day = np.array(days, np.int64) * DAY
    begins = np.min([day, *(limits(crew, days)[0] for crew in crews)], axis=0)
    ends = np.max([day + DAY, *(limits(crew, days)[1] for crew in crews)], axis=0)
    found: list[Portion] = []
    group = 0
    for some in _groups(expected // _THOUSAND):
        here = slice(some.start, some.stop)
        records = int(expected[here].sum()) // _THOUSAND
        first, last = int(begins[here].min()), int(ends[here].max())
        cuts = [max(first, span.start)]
        if len(some) == 1:
            cuts += _cuts(profile, int(day[some.start]), records // PORTION)
        cuts.append(max(min(last, span.end), cuts[0]))
        parts = pairwise(min(max(at, cuts[0]), cuts[-1]) for at in cuts)
        # Days at the edges may have no instant in the window.
        there = [(since, until) for since, until in parts if since < until]
        for since, until in there:
            found.append(
                Portion(
                    group=group,
                    days=range(days.start + some.start, days.start + some.stop),
                    since=since,
                    until=until,
                    last=min(until + longest, span.end),
                    records=records // len(there),
                )
            )
        group += bool(there)
    return tuple(found)


def _groups(expected: NDArray[np.int64]) -> list[range]:
    """Return consecutive days that have enough records together."""
    found: list[range] = []
    first, held = 0, 0
    for place, records in enumerate(expected.tolist()):
        if place > first and (held >= PORTION or held + records > 2 * PORTION):
            found.append(range(first, place))
            first, held = place, 0
        held += records
    return [*found, range(first, len(expected))]


def _cuts(profile: NDArray[np.int64], midnight: int, parts: int) -> list[int]:
    """Return the instants that divide a day into so many parts of about as many chains."""
    places = [len(profile) * part // parts for part in range(1, parts)]
    return [midnight + int(profile[place]) for place in places] if len(profile) else []


def _shares(portions: Sequence[Portion], wanted: int) -> tuple[int, ...]:
    """Share a number out among groups; cumulative floors, so that nothing is lost."""
    groups = portions[-1].group + 1
    weights = [0] * groups
    for portion in portions:
        weights[portion.group] += portion.records
    if not sum(weights):
        for portion in portions:
            weights[portion.group] += portion.until - portion.since
    return shared_out(wanted, weights)


def shared_out(wanted: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Share a number out in proportion to weights, so that it comes out exactly."""
    total = max(sum(weights), 1)
    found, sum_so_far, given = [], 0, 0
    for weight in weights:
        sum_so_far += weight
        until = wanted * sum_so_far // total
        found.append(until - given)
        given = until
    found[-1] += wanted - given
    return tuple(found)
