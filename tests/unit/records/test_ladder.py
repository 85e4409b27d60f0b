"""Eras: climbing from one to the next, and which one an instant is in."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.records.eras.ladder import FAR, Boundaries, Change, Era, climb, pinned
from simulator.records.shapes import Const, Part, drop, obj, put

FIRST = Era(
    "first",
    "constructed",
    shapes={
        "a/One": obj(("who", Part("who")), ("name", Part("name"))),
        "a/Two": obj(("x", Const(1))),
    },
    parts={"who": obj(("id", Const(1)), ("name", Const("ana"))), "name": Const("ana")},
)


def test_a_shape_is_put_together_from_the_parts_of_its_era():
    """A kind that uses no part is itself."""
    assert FIRST.shape("a/One") == obj(
        ("who", obj(("id", Const(1)), ("name", Const("ana")))), ("name", Const("ana"))
    )
    assert FIRST.shape("a/Two") == FIRST.shapes["a/Two"]


def test_changes_reach_kinds_parts_and_whole_parts():
    """In order, and the era below stays as it was."""
    change = Change(
        "row",
        parts={"who": (drop("name"), put("type", Const("user")))},
        kinds={"a/Two": (put("y", Const(2)),)},
        swaps={"name": Const("hidden")},
    )

    above = climb(FIRST, "second", "page", (change,))

    assert (above.name, above.source) == ("second", "page")
    assert above.shape("a/One") == obj(
        ("who", obj(("id", Const(1)), ("type", Const("user")))), ("name", Const("hidden"))
    )
    assert above.shape("a/Two") == obj(("x", Const(1)), ("y", Const(2)))
    assert FIRST.shape("a/Two") == obj(("x", Const(1)))
    assert FIRST.parts["name"] == Const("ana")


def test_what_is_not_there_cannot_be_swapped_or_edited():
    """A misspelt name is a mistake."""
    with pytest.raises(KeyError, match="no part 'nam' to swap"):
        climb(FIRST, "x", "page", (Change("row", {}, {}, swaps={"nam": Const(1)}),))
    with pytest.raises(KeyError, match="a/Three"):
        climb(FIRST, "x", "page", (Change("row", {}, {"a/Three": (drop("x"),)}),))
    with pytest.raises(KeyError, match="whom"):
        climb(FIRST, "x", "page", (Change("row", {"whom": (drop("id"),)}, {}),))


@pytest.mark.parametrize(
    ("at", "is_group", "era"),
    [
        (9, False, 0),
        (10, False, 1),
        (29, False, 1),
        (30, False, 2),
        (10, True, 1),
        (19, True, 1),
        (20, True, 2),
    ],
)
def test_an_era_begins_with_its_first_millisecond(at, is_group, era):
    """Groups have boundaries of their own."""
    boundaries = Boundaries(groups=(10, 20), rest=(10, 30))

    assert boundaries.era_at(at, is_group=is_group) == era
    assert boundaries.era_at_many(np.array([at]), is_group=is_group).tolist() == [era]


def test_an_era_without_length_is_passed_over():
    """Where two boundaries fall together the later era wins."""
    assert Boundaries((10, 10), (10, 10)).era_at(10, is_group=False) == 2


@pytest.mark.parametrize("era", [0, 1, 2])
def test_a_pinned_era_holds_at_any_time(era):
    """For both families."""
    made = pinned(era, 3)

    for at in (-FAR + 1, 0, FAR - 1):
        assert made.era_at(at, is_group=True) == made.era_at(at, is_group=False) == era
