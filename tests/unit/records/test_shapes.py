"""Shapes: how trees are made, edited, put together and walked."""

from __future__ import annotations

import pytest

from simulator.primitives.conditions import equals
from simulator.records.shapes import (
    NULL,
    Array,
    Const,
    Edit,
    Member,
    Object,
    OneOf,
    Part,
    Slot,
    Text,
    assembled,
    change,
    choose,
    conditions,
    drop,
    edited,
    nodes,
    obj,
    put,
    slots,
    text,
)

KNOWN, FAILED = equals("known", 1), equals("outcome", 1)
INNER = obj(("x", Const(1)), ("y", Const(2)), ("z", Const(3)))
SHAPE = obj(("a", INNER), Member("b", Slot("user.id"), KNOWN))


def names(node: Object) -> list[str]:
    """Return the names of an object's members."""
    return [member.name for member in node.members]


def inner(node: Object) -> Object:
    """Return what member a is."""
    return node.members[0].node


def test_objects_are_made_of_pairs_and_members():
    """A pair is always there."""
    assert Object((Member("a", NULL), Member("b", NULL, KNOWN))) == obj(
        ("a", NULL), Member("b", NULL, KNOWN)
    )


def test_a_choice_ends_with_what_always_holds():
    """So there is an answer for every row."""
    made = choose((KNOWN, Const(1)), otherwise=NULL)

    assert made.cases[0] == (KNOWN, Const(1))
    assert made.cases[-1][1] == NULL
    assert made.cases[-1][0].one({})


def test_drop_leaves_a_member_out():
    """The others keep their order, and the shape it came from is as it was."""
    assert names(inner(edited(SHAPE, drop("a.y")))) == ["x", "z"]
    assert names(edited(SHAPE, drop("a"))) == ["b"]
    assert names(inner(SHAPE)) == ["x", "y", "z"]


def test_put_adds_behind_a_member_or_at_the_end():
    """With its condition."""
    assert names(inner(edited(SHAPE, put("a.new", NULL)))) == ["x", "y", "z", "new"]
    assert names(inner(edited(SHAPE, put("a.new", NULL, after="x")))) == ["x", "new", "y", "z"]
    made = edited(SHAPE, put("new", NULL, when=FAILED, after="a"))
    assert made.members[1] == Member("new", NULL, FAILED)


def test_change_keeps_the_place():
    """Node and condition are new; without a condition it is always there."""
    made = edited(SHAPE, change("b", NULL))

    assert made.members == (SHAPE.members[0], Member("b", NULL))
    assert edited(SHAPE, change("a.y", NULL, when=KNOWN)).members[0].node.members[1] == Member(
        "y", NULL, KNOWN
    )


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (drop("c"), "no member 'c' to change"),
        (drop("a.w"), "no member 'w' to change"),
        (drop("c.x"), "no member 'c' to change"),
        (change("a.w", NULL), "no member 'w' to change"),
        (put("a.x", NULL), "member 'x' is there already"),
        (put("a.new", NULL, after="w"), "no member 'w' to change"),
    ],
)
def test_edits_that_miss_are_refused(edit: Edit, message):
    """An era that changes what is not there is a mistake."""
    with pytest.raises(KeyError, match=message):
        edited(SHAPE, edit)


def test_an_edit_cannot_lead_through_a_value():
    """Only objects have members."""
    with pytest.raises(TypeError, match="an edit leads through Slot, which has no members"):
        edited(SHAPE, drop("b.x"))


def test_parts_are_put_in_their_places_everywhere():
    """In objects, arrays, choices and other parts."""
    parts = {"p": Const("p"), "q": obj(("inner", Part("p")))}
    shape = obj(
        ("own", Part("q")),
        ("list", Array((Part("p"), NULL))),
        ("either", choose((KNOWN, Part("p")), otherwise=Slot("user.id"))),
    )

    assert assembled(shape, parts) == obj(
        ("own", obj(("inner", Const("p")))),
        ("list", Array((Const("p"), NULL))),
        ("either", choose((KNOWN, Const("p")), otherwise=Slot("user.id"))),
    )


def test_a_part_that_is_not_there_is_missed():
    """By its name."""
    with pytest.raises(KeyError, match="p"):
        assembled(Part("p"), {})


WALKED = obj(
    ("list", Array((text("x", Slot("user.name"), "y"), Slot("user.id")))),
    Member("maybe", choose((FAILED, Slot("event.id")), otherwise=NULL), KNOWN),
)


def test_every_node_is_walked():
    """The tree in the order in which it is written."""
    assert [type(node) for node in nodes(WALKED)] == [Object, Array, Text, Slot, OneOf, Slot, Const]


def test_every_condition_is_found_but_what_always_holds():
    """In order."""
    assert list(conditions(WALKED)) == [KNOWN, FAILED]
    assert list(conditions(Array((WALKED,)))) == [KNOWN, FAILED]


def test_every_slot_is_found():
    """Those inside of text too."""
    assert list(slots(WALKED)) == ["user.name", "user.id", "event.id"]
