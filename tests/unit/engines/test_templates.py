"""Templates: a shape under given answers, as fixed text and fields in turn."""

from __future__ import annotations

import pytest

from simulator.engines.templates import Template, compiled
from simulator.primitives.conditions import ALWAYS, equals
from simulator.records.shapes import (
    NULL,
    Array,
    Const,
    Member,
    Part,
    Slot,
    choose,
    obj,
    text,
)
from tests.builders import a_tables

KNOWN = equals("known", 1)
TABLES = a_tables({"instance.account": ("111122223333",), "instance.portal": ('po"rtal',)})


def made(node, answers=None) -> Template:
    """Return a shape's template."""
    return compiled(node, answers or {}, TABLES)


def test_constants_are_one_text():
    """However deep."""
    shape = obj(
        ("a", Const(1)), ("b", Array((NULL, Const(value=True)))), ("é", obj(("c", Const('"'))))
    )

    assert made(shape) == Template(('{"a":1,"b":[null,true],"é":{"c":"\\""}}'.encode(),), ())


def test_slots_lie_between_texts():
    """A string keeps its quotes, a number has none."""
    shape = obj(("id", Slot("user.id")), ("port", Slot("oidc.port")))

    assert made(shape) == Template((b'{"id":"', b'","port":', b"}"), ("user.id", "oidc.port"))


def test_text_joins_its_parts():
    """With escapes of its own."""
    assert made(text('"', Slot("user.id"), "/")) == Template((b'"\\"', b'/"'), ("user.id",))


def test_fields_of_the_instance_are_fixed_text():
    """They have one value in all rows, escaped as JSON."""
    shape = obj(
        ("account", Slot("instance.account")), ("to", text("https://", Slot("portal.host")))
    )

    assert made(shape) == Template((b'{"account":"111122223333","to":"https://po\\"rtal"}',), ())


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (True, b'{"a":1,"b":2,"c":3,"d":"yes"}'),
        (False, b'{"b":2,"d":"no"}'),
    ],
)
def test_answers_decide_members_and_variants(answer, expected):
    """Without a comma too many, whichever member is missing."""
    shape = obj(
        Member("a", Const(1), KNOWN),
        ("b", Const(2)),
        Member("c", Const(3), KNOWN),
        Member("d", choose((KNOWN, Const("yes")), otherwise=Const("no")), ALWAYS),
    )

    assert made(shape, {KNOWN: answer}) == Template((expected,), ())


def test_a_shape_with_a_part_left_in_is_refused():
    """Parts are put in their places before."""
    with pytest.raises(TypeError, match="was not put in its place"):
        made(obj(("who", Part("identity.portal"))))
