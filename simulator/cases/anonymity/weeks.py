"""By how many weeks times may move without a record becoming one of another time.

What a record looks like depends on its day: on the era, on a service's version, on whether
there was such a call at all. All days on which the simulator's records change are gathered
here from where they stand.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from simulator.flows import FLOWS
from simulator.primitives.instants import EARLIEST, LATEST, WEEK, parse_instant
from simulator.primitives.jsontext import json_text
from simulator.primitives.keys import Key, purpose
from simulator.records.eras import CUTOVERS, ERAS, OCTOBER, boundaries
from simulator.records.shapes import conditions
from simulator.scenario.application_checks import ACCOUNT_ACCESS, BACKGROUND_SESSIONS
from simulator.scenario.instance_checks import REGIONS_SINCE
from simulator.scenario.provisioning import RECORDED_SINCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FARTHEST: Final = 52
"""Weeks; where nothing else limits it, the time of year stays about the same."""
_WEEKS: Final = purpose("cases/weeks")
_REGIONS: Final = ("us-east-2", "eu-central-1")
"""One in which groups changed before the rest, and one like all others."""


@cache
def turning_points() -> tuple[int, ...]:
    """Return every instant from which records look otherwise, in order."""
    found = {OCTOBER, RECORDED_SINCE, BACKGROUND_SESSIONS, ACCOUNT_ACCESS, REGIONS_SINCE}
    found.update(CUTOVERS.values())
    for cutover in (*CUTOVERS, "observed"):
        for region in _REGIONS:
            of_region = boundaries(cutover, region)
            found.update((*of_region.groups, *of_region.rest))
    for era in ERAS:
        for node in (*era.shapes.values(), *era.parts.values()):
            for condition in conditions(node):
                found |= condition.bounds("time")
    for flow in FLOWS:
        for step in flow.steps:
            found |= step.when.bounds("time")
    return tuple(sorted(at for at in found if EARLIEST <= at < LATEST))


def weeks_to_shift(records: Iterable[Mapping[str, Any]]) -> int:
    """Return by how many whole weeks records move, earlier if it is negative.

    None crosses a turning point, so that each stays in its era; 0 where no week is free.

    Args:
        records: All of the case. Records without an eventTime that can be read count as little
            as their times do.
    """
    points = turning_points()
    held = list(records)
    low, high = -_FARTHEST, _FARTHEST
    for at in {_time(record) for record in held}:
        if at is None:
            continue
        before = max((point for point in points if point <= at), default=EARLIEST)
        after = min((point for point in points if point > at), default=LATEST)
        low = max(low, -((at - before) // WEEK))
        high = min(high, (after - 1 - at) // WEEK)
    allowed = [weeks for weeks in range(low, high + 1) if weeks]
    if not allowed:
        return 0
    return allowed[key_of(held).below(len(allowed), _WEEKS)]


def key_of(records: Iterable[Mapping[str, Any]]) -> Key:
    """Return what is drawn from for records, which nobody works out who does not have them all."""
    content = hashlib.sha256(b"".join(map(json_text, records))).hexdigest()
    return Key.root(0).child("cases", content)


def _time(record: Mapping[str, Any]) -> int | None:
    try:
        return parse_instant(record["eventTime"])
    except (KeyError, TypeError, ValueError):
        return None
