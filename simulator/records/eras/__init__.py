"""What records look like in each era, and when each era begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.primitives.instants import parse_instant
from simulator.records.eras.first import FIRST
from simulator.records.eras.january_2025 import JANUARY_2025
from simulator.records.eras.ladder import Boundaries, Era, pinned
from simulator.records.eras.october_2024 import OCTOBER_2024

if TYPE_CHECKING:
    from collections.abc import Mapping

ERAS: Final[tuple[Era, ...]] = (FIRST, OCTOBER_2024, JANUARY_2025)
"""From the oldest to the newest."""

ERA_NAMES: Final = tuple(era.name for era in ERAS)
ERA_INDEX: Final = {name: index for index, name in enumerate(ERA_NAMES)}

OCTOBER: Final = parse_instant("2024-10-01")
"""When October 2024's additions begin. Unverified: the day."""

CUTOVERS: Final = {"announced": parse_instant("2025-01-13"), "revised": parse_instant("2025-07-14")}
"""Presets that are one instant: the announcement's date and its amended one."""

_OBSERVED: Final = parse_instant("2025-09-15")
# us-east-2 masked group names before the rest changed (records of 2025-08-29 and 2025-09-22).
_OBSERVED_GROUPS: Final = {"us-east-2": parse_instant("2025-08-29")}


def boundaries(cutover: str | Mapping[str, int], region: str, era: str = "by-date") -> Boundaries:
    """Return when each era begins for an instance in a Region.

    Args:
        cutover: A preset (`announced`, `revised`, `observed`), an instant, or instants by
            Region, where Regions not named follow `observed`.
        era: Name of the era that all records are to be in, or `by-date`.
    """
    if era != "by-date":
        return pinned(ERA_INDEX[era], len(ERAS))
    groups = rest = _OBSERVED
    if isinstance(cutover, str):
        if cutover == "observed":
            groups = _OBSERVED_GROUPS.get(region, _OBSERVED)
        else:
            groups = rest = CUTOVERS.get(cutover) or parse_instant(cutover)
    elif region in cutover:
        groups = rest = cutover[region]
    else:
        groups = _OBSERVED_GROUPS.get(region, _OBSERVED)
    first = min(OCTOBER, groups, rest)
    return Boundaries(groups=(first, groups), rest=(first, rest))
