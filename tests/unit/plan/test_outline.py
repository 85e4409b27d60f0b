"""How a number is shared out, and what newcomers do with little room."""

from __future__ import annotations

import pytest

from simulator.plan.background.outline import shared_out
from simulator.plan.episodes import is_constant
from tests.realism.offices import planned

NEW = {
    "users": [
        {"name": "ana.lopez", "persona": "developer", "password_set": "false"},
        {"count": 20, "persona": "developer", "groups": {"Engineers": "100%"}},
    ]
}


@pytest.mark.parametrize(
    ("wanted", "weights", "shares"),
    [
        (10, [1, 1], (5, 5)),
        (10, [1, 1, 1], (3, 3, 4)),
        (7, [0, 3, 0, 4], (0, 3, 0, 4)),
        (5, [0, 0], (0, 5)),
        (0, [3, 4], (0, 0)),
        (1, [1, 0, 0], (1, 0, 0)),
    ],
)
def test_shares_add_up(wanted, weights, shares):
    """Cumulative floors: in proportion, and nothing is lost."""
    assert shared_out(wanted, weights) == shares


@pytest.mark.parametrize("wanted", [30, 60, 200])
def test_a_newcomer_without_a_place_has_no_session(wanted):
    """Where there is not room for all first sessions, nobody has a second one."""
    made = planned(wanted, **NEW)
    enrolled = {row["user"] for row in made.episodes if row.get("enrolment")}
    inside = {row["user"] for row in made.episodes if row["flow"] == "portal"}
    by_email = {row["user"] for row in made.episodes if row["flow"] == "sign-in-by-email"}

    assert made.records == wanted
    assert inside <= enrolled | by_email


def test_all_text_is_there_before_anything_is_planned():
    """Tables do not grow while portions are planned."""
    made = planned(3_000, **NEW)

    def texts():
        held = made.directory.registry.tables().texts
        return {name: list(values) for name, values in held.items()}

    before = texts()

    assert made.episodes
    assert texts() == before


def test_what_is_one_value_takes_no_memory():
    """Constant columns stay so through slices."""
    made = planned(3_000)
    (block,) = [one for one in made.blocks if one.flow.name == "sign-out"]
    part = block.between(made.plan.start, made.plan.end)

    assert is_constant(block.columns["gaps"])
    assert is_constant(part.columns["gaps"])
    assert not is_constant(part.columns["user"])
    assert part.columns["gaps"].tolist() == [0] * len(part)
