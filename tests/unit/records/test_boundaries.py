"""When eras begin: by preset, by Region, by an instant of one's own."""

from __future__ import annotations

import pytest

from simulator.primitives.instants import parse_instant
from simulator.records.eras import ERA_INDEX, ERA_NAMES, ERAS, boundaries

OCTOBER = parse_instant("2024-10-01")
NEVER = 1 << 61


def test_the_eras_have_their_names():
    """They do not move with the cutover."""
    assert ERA_NAMES == ("pre-october-2024", "pre-january-2025", "post-january-2025")
    assert [ERA_INDEX[era.name] for era in ERAS] == [0, 1, 2]


@pytest.mark.parametrize(
    ("cutover", "region", "groups", "rest"),
    [
        ("announced", "us-east-1", "2025-01-13", "2025-01-13"),
        ("announced", "us-east-2", "2025-01-13", "2025-01-13"),
        ("revised", "us-east-2", "2025-07-14", "2025-07-14"),
        ("observed", "us-east-1", "2025-09-15", "2025-09-15"),
        ("observed", "us-east-2", "2025-08-29", "2025-09-15"),
        ("2025-03-01T12:00:00Z", "us-east-2", "2025-03-01T12:00:00Z", "2025-03-01T12:00:00Z"),
    ],
)
def test_presets(cutover, region, groups, rest):
    """Announced and revised everywhere at once; observed as records of a Region show it."""
    made = boundaries(cutover, region)

    assert made.groups == (OCTOBER, parse_instant(groups))
    assert made.rest == (OCTOBER, parse_instant(rest))


def test_instants_by_region():
    """A Region that is not named follows what was observed."""
    cutover = {"eu-central-1": parse_instant("2025-08-01")}

    assert boundaries(cutover, "eu-central-1").rest == (OCTOBER, parse_instant("2025-08-01"))
    assert boundaries(cutover, "eu-central-1").groups == (OCTOBER, parse_instant("2025-08-01"))
    assert boundaries(cutover, "us-east-2").groups == (OCTOBER, parse_instant("2025-08-29"))
    assert boundaries(cutover, "us-east-2").rest == (OCTOBER, parse_instant("2025-09-15"))


def test_a_cutover_before_october_ends_the_first_era():
    """Eras stay in order: what October adds is there when January's changes are."""
    made = boundaries("2024-03-01", "us-east-1")

    assert made.rest == made.groups == (parse_instant("2024-03-01"), parse_instant("2024-03-01"))


@pytest.mark.parametrize(
    ("era", "starts"),
    [
        ("pre-october-2024", (NEVER, NEVER)),
        ("pre-january-2025", (-NEVER, NEVER)),
        ("post-january-2025", (-NEVER, -NEVER)),
    ],
)
def test_one_era_for_all(era, starts):
    """Whatever the cutover says."""
    made = boundaries("revised", "us-east-1", era)

    assert made.groups == made.rest == starts
