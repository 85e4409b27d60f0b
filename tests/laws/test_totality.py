"""Law 6: kinds, shapes, fields, columns and flows fit together, and nothing is left over."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from simulator.engines.batches import SHARED
from simulator.flows import FLOWS
from simulator.flows.steps import EPISODE_COLUMNS, Flow, Step
from simulator.records.codecs import Number
from simulator.records.eras import ERAS
from simulator.records.fields import COLUMNS, DEFAULTS, FIELDS, Field
from simulator.records.kinds import KIND_NAMES, KINDS
from simulator.records.shapes import Member, Object, Slot, conditions, slots

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.records.eras.ladder import Era

pytestmark = pytest.mark.laws

BY_ENGINES = frozenset({"time", "step", "request"})
"""Columns that engines work out for every event."""


@dataclass(frozen=True)
class House:
    """All declarations that have to fit together."""

    kinds: tuple[str, ...] = KIND_NAMES
    eras: tuple[Era, ...] = ERAS
    flows: tuple[Flow, ...] = FLOWS
    fields: Mapping[str, Field] = field(default_factory=lambda: FIELDS)
    columns: Mapping[str, str] = field(default_factory=lambda: COLUMNS)
    defaults: Mapping[str, int] = field(default_factory=lambda: DEFAULTS)


HOUSE = House()


def read_by(house: House, era: Era, kind: str) -> set[str]:
    """Return the columns that a shape reads."""
    shape = era.shape(kind)
    read = {name for when in conditions(shape) for name in when.columns()}
    known = [house.fields[slot] for slot in slots(shape) if slot in house.fields]
    return read | {name for made in known for name in made.codec.columns()}


def problems(house: House) -> list[str]:
    """Return everything that does not fit."""
    return [
        *_shapes(house),
        *_fields(house),
        *_flows(house),
        *(
            f"no flow yields {kind}"
            for kind in house.kinds
            if not any(step.kind == kind for flow in house.flows for step in flow.steps)
        ),
    ]


def _shapes(house: House) -> Iterator[str]:
    for era in house.eras:
        for kind in sorted(set(house.kinds) - set(era.shapes)):
            yield f"{era.name} has no shape for {kind}"
        for kind in sorted(set(era.shapes) - set(house.kinds)):
            yield f"{era.name} has a shape for {kind}, which is no kind"
        for kind in era.shapes:
            shape = era.shape(kind)
            for slot in slots(shape):
                if slot not in house.fields:
                    yield f"{era.name} {kind} reads field {slot}, which there is none"
            for column in sorted(read_by(house, era, kind) - set(house.columns)):
                yield f"{era.name} {kind} reads column {column}, which there is none"
    used = {slot for era in house.eras for kind in era.shapes for slot in slots(era.shape(kind))}
    yield from (f"no shape reads field {name}" for name in house.fields if name not in used)


def _fields(house: House) -> Iterator[str]:
    for name, made in house.fields.items():
        if not made.meaning:
            yield f"field {name} has no meaning"
        for column in sorted(made.codec.columns() - set(house.columns)):
            yield f"field {name} reads column {column}, which there is none"
    yield from (
        f"column {name} has a default and is none" for name in house.defaults.keys() - house.columns
    )


def _flows(house: House) -> Iterator[str]:
    for flow in house.flows:
        asked = {name for step in flow.steps for name in step.when.columns()}
        known = set(house.columns) | asked
        for column in sorted(flow.columns - known):
            yield f"flow {flow.name} has column {column}, which nothing knows"
        given = flow.columns | EPISODE_COLUMNS
        for column in sorted(asked - given):
            yield f"flow {flow.name} asks about column {column}, which it does not have"
        read = set(SHARED)
        for step in flow.steps:
            for column in sorted(set(step.sets) - set(house.columns)):
                yield f"{flow.name}/{step.name} sets column {column}, which there is none"
            if step.kind not in house.kinds:
                yield f"{flow.name}/{step.name} yields {step.kind}, which is no kind"
                continue
            needed = {
                name
                for era in house.eras
                if step.kind in era.shapes
                for name in read_by(house, era, step.kind)
            }
            read |= needed
            have = given | set(step.sets) | set(house.defaults) | BY_ENGINES
            for column in sorted(needed - have):
                yield f"{flow.name}/{step.name} leaves column {column} unset"
        for column in sorted(flow.columns - read - asked):
            yield f"flow {flow.name} has column {column}, which nothing reads"


def test_everything_fits():
    """Every kind has a shape in every era, every slot a field, every column a source."""
    assert problems(HOUSE) == []


def test_flows_and_kinds_have_names_of_their_own():
    """Engines look both up by name."""
    names = [flow.name for flow in FLOWS]

    assert len(names) == len(set(names))
    assert len(KIND_NAMES) == len(set(KIND_NAMES))


def test_flows_do_not_set_what_episodes_say():
    """Both engines let a step's value win; nobody should have to know that."""
    both = {
        (flow.name, column)
        for flow in FLOWS
        for step in flow.steps
        for column in step.sets
        if column in flow.columns
    }

    assert both == set()


def test_conditions_of_a_shape_fit_into_a_word():
    """The vectorised engine tells variants apart by one bit a condition."""
    asked = {
        len({when for when in conditions(era.shape(kind)) if when.columns()})
        for era in ERAS
        for kind in KIND_NAMES
    }

    assert max(asked) < 63


KIND = "sso/Logout"
FLOW = next(flow for flow in FLOWS if flow.name == "sign-out")
ERA = ERAS[-1]


def _with_flow(flow: Flow) -> House:
    return replace(
        HOUSE, flows=tuple(flow if flow.name == own.name else own for own in HOUSE.flows)
    )


def _with_member(member: Member) -> House:
    shape = ERA.shape(KIND)
    era = replace(ERA, shapes={**ERA.shapes, KIND: Object((*shape.members, member))})
    return replace(HOUSE, eras=(*ERAS[:-1], era))


BROKEN = {
    "a kind without a shape": (
        replace(HOUSE, kinds=(*KIND_NAMES, "sso/Nothing")),
        "post-january-2025 has no shape for sso/Nothing",
    ),
    "a kind without a flow": (
        replace(HOUSE, flows=tuple(flow for flow in FLOWS if flow is not FLOW)),
        f"no flow yields {KIND}",
    ),
    "a shape without a kind": (
        replace(HOUSE, kinds=tuple(kind for kind in KIND_NAMES if kind != KIND)),
        f"post-january-2025 has a shape for {KIND}, which is no kind",
    ),
    "a slot without a field": (
        _with_member(Member("x", Slot("user.shoe_size"))),
        f"post-january-2025 {KIND} reads field user.shoe_size, which there is none",
    ),
    "a field without a slot": (
        replace(HOUSE, fields={**FIELDS, "spare": Field(Number("time"), "Nothing.")}),
        "no shape reads field spare",
    ),
    "a field without a meaning": (
        replace(HOUSE, fields={**FIELDS, "event.id": Field(Number("time"), "")}),
        "field event.id has no meaning",
    ),
    "a field of an unknown column": (
        replace(HOUSE, fields={**FIELDS, "event.id": Field(Number("shoe_size"), "Nothing.")}),
        "field event.id reads column shoe_size, which there is none",
    ),
    "a default of an unknown column": (
        replace(HOUSE, defaults={**DEFAULTS, "shoe_size": 42}),
        "column shoe_size has a default and is none",
    ),
    "a column without a default or a flow": (
        _with_member(Member("x", Slot("oidc.expires_in"))),
        "sign-out/logout leaves column expires_in unset",
    ),
    "a column nothing knows": (
        _with_flow(replace(FLOW, columns=FLOW.columns | {"shoe_size"})),
        "flow sign-out has column shoe_size, which nothing knows",
    ),
    "a column nothing reads": (
        _with_flow(replace(FLOW, columns=FLOW.columns | {"group"})),
        "flow sign-out has column group, which nothing reads",
    ),
    "a step of an unknown kind": (
        _with_flow(replace(FLOW, steps=(*FLOW.steps, Step("more", "sso/Nothing")))),
        "sign-out/more yields sso/Nothing, which is no kind",
    ),
    "a step that sets an unknown column": (
        _with_flow(replace(FLOW, steps=(replace(FLOW.steps[0], sets={"shoe_size": 42}),))),
        "sign-out/logout sets column shoe_size, which there is none",
    ),
    "a step that asks what no episode says": (
        _with_flow(
            replace(
                FLOW,
                steps=(replace(FLOW.steps[0], when=next(iter(FLOWS[0].steps)).when),),
            )
        ),
        "flow sign-out asks about column password_tries, which it does not have",
    ),
}


@pytest.mark.parametrize(
    ("house", "problem"),
    BROKEN.values(),
    ids=BROKEN.keys(),
)
def test_what_does_not_fit_is_found(house, problem):
    """Negative control: one declaration broken, its problem named."""
    assert problem in problems(house)


def existing(kind, eras=ERAS):
    """Return the names of the eras in which a kind says that it exists."""
    names = [era.name for era in eras]
    last = names[-1] if kind.until is None else kind.until
    return names[names.index(kind.since) : names.index(last) + 1]


def out_of_place(kinds=KINDS, eras=ERAS):
    """Return kinds that lack a shape in an era of theirs, or have one in another."""
    return [
        (kind.name, era.name)
        for kind in kinds
        for era in eras
        if (era.name in existing(kind)) != (kind.name in era.shapes)
    ]


def test_a_kind_has_a_shape_in_every_era_it_exists_in():
    """Every kind declares since and until when it exists, and the eras agree."""
    assert out_of_place() == []


def test_a_kind_out_of_its_time_is_found():
    """Negative control: a kind that began later has a shape too many."""
    later = replace(KINDS[0], since=ERAS[1].name)
    gone = replace(KINDS[1], until=ERAS[0].name)

    assert out_of_place((later,)) == [(KINDS[0].name, ERAS[0].name)]
    assert len(out_of_place((gone,))) == len(ERAS) - 1
