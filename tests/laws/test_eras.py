"""Law 7: an era is the one before plus its changes, and a later one changes nothing earlier.

That climbing to an era gives what its record cases show is `tests/records/test_cases.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engines import selection, stepwise, vectorised
from simulator.primitives.conditions import Within
from simulator.records import eras
from simulator.records.eras import ERAS
from simulator.records.eras.first import FIRST
from simulator.records.eras.january_2025 import CHANGES as JANUARY
from simulator.records.eras.january_2025 import JANUARY_2025
from simulator.records.eras.ladder import Boundaries, Change, climb
from simulator.records.eras.october_2024 import CHANGES as OCTOBER
from simulator.records.eras.october_2024 import OCTOBER_2024
from simulator.records.kinds import ANNOUNCEMENT, KIND_NAMES
from simulator.records.shapes import Const, Member, Object, Part, change, drop, nodes, put
from tests.builders import a_plan
from tests.strategies import plans

if TYPE_CHECKING:
    from simulator.records.eras.ladder import Era

pytestmark = pytest.mark.laws

LADDER = ((FIRST, OCTOBER, OCTOBER_2024), (OCTOBER_2024, JANUARY, JANUARY_2025))


def shapes_of(era: Era):
    """Return all shapes of an era, parts put in their places."""
    return {kind: era.shape(kind) for kind in era.shapes}


def parts_in(era: Era, kind: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """Return the names of the parts that a kind's shape is made of, however deep."""
    found: set[str] = set()
    todo = [era.shapes[kind]]
    while todo:
        for node in nodes(todo.pop()):
            if isinstance(node, Part) and node.name not in found | seen:
                found.add(node.name)
                todo.append(era.parts[node.name])
    return found


def touched(below: Era, changes) -> set[str]:
    """Return the kinds that changes name, themselves or by a part."""
    parts = {name for made in changes for name in (*made.parts, *made.swaps)}
    own = {kind for made in changes for kind in made.kinds}
    return own | {kind for kind in below.shapes if parts_in(below, kind) & parts}


@pytest.mark.parametrize(
    ("below", "changes", "above"), LADDER, ids=lambda x: getattr(x, "name", "")
)
def test_an_era_is_the_one_before_plus_its_changes(below, changes, above):
    """Kinds that no change names are as they were; all others are not."""
    before, after = shapes_of(below), shapes_of(above)

    differ = {kind for kind in KIND_NAMES if before[kind] != after[kind]}

    assert differ == touched(below, changes)


@pytest.mark.parametrize(
    ("below", "changes", "above"), LADDER, ids=lambda x: getattr(x, "name", "")
)
def test_every_change_of_an_era_changes_something(below, changes, above):
    """No row of the announcement is quoted for nothing."""
    for place in range(len(changes)):
        rest = (*changes[:place], *changes[place + 1 :])
        assert shapes_of(climb(below, "less", "constructed", rest)) != shapes_of(above)


def test_every_era_cites_its_announcement():
    """The oldest cites the guide's page."""
    assert [era.source for era in ERAS[1:]] == [ANNOUNCEMENT, ANNOUNCEMENT]
    assert ERAS[0].source.startswith("https://docs.aws.amazon.com/")


@st.composite
def later_changes(draw):
    """Draw changes to any kinds and parts, as a later era would make them."""
    kinds = draw(st.lists(st.sampled_from(KIND_NAMES), unique=True, max_size=5))
    edits = st.sampled_from(
        (
            drop("eventID"),
            put("addendum", Const("late"), after="eventTime"),
            change("eventVersion", Const("2.0")),
            change("awsRegion", Const(None), when=Within("known", 0, 0)),
        )
    )
    names = sorted(name for name, part in JANUARY_2025.parts.items() if isinstance(part, Object))
    parts = draw(st.lists(st.sampled_from(names), unique=True, max_size=3))
    swaps = draw(st.lists(st.sampled_from(sorted(JANUARY_2025.parts)), unique=True, max_size=2))
    return Change(
        "constructed",
        parts={name: (put("later", Const(value=True)),) for name in parts},
        kinds={kind: tuple(draw(st.lists(edits, unique_by=id, max_size=4))) for kind in kinds},
        swaps={name: Object((Member("swapped", Const(1)),)) for name in swaps if name not in parts},
    )


def assert_earlier_eras_hold(climbing):
    """Compare what eras are made of before and after something climbs on from the last."""
    before = [(dict(era.shapes), dict(era.parts)) for era in ERAS]
    climbing()
    # Not compared in the assertion, which would spell out how every shape differs.
    are_as_before = [(era.shapes, era.parts) for era in ERAS] == before
    assert are_as_before


@given(later_changes())
def test_a_later_era_changes_no_earlier_one(made):
    """Shapes stay as they were, however a later era changes its own."""
    assert_earlier_eras_hold(lambda: climb(JANUARY_2025, "later", "constructed", (made,)))


@given(plan=plans(episodes=1), made=later_changes())
def test_records_of_earlier_eras_survive_a_later_one(plan, made):
    """Nor does a fourth era, which nothing has reached yet, change a byte."""
    later = climb(JANUARY_2025, "later", "constructed", (made,))
    boundaries = plan.boundaries
    longer = replace(
        plan,
        boundaries=Boundaries((*boundaries.groups, 1 << 61), (*boundaries.rest, 1 << 61)),
    )
    before = vectorised.render(plan, 0, plan.horizon).lines

    with pytest.MonkeyPatch.context() as patch:
        for module in (eras, stepwise, selection):
            patch.setattr(module, "ERAS", (*ERAS, later))
        after = [engine.render(longer, 0, plan.horizon).lines for engine in (stepwise, vectorised)]

    assert after == [before, before]


def test_a_later_era_that_edits_in_place_breaks_the_law(monkeypatch):
    """Negative control: a climb that writes into the era below it."""
    kind = "sso/Logout"
    monkeypatch.setattr(eras, "ERAS", ERAS)
    shapes = dict(JANUARY_2025.shapes)
    below = replace(JANUARY_2025, shapes=shapes)
    monkeypatch.setitem(globals(), "ERAS", (FIRST, OCTOBER_2024, below))

    with pytest.raises(AssertionError):
        assert_earlier_eras_hold(lambda: shapes.update({kind: Const("gone")}))


def test_a_kind_that_changes_unnamed_breaks_the_law():
    """Negative control: a change that its declaration does not name."""
    secret = climb(
        FIRST,
        "secret",
        "constructed",
        (*OCTOBER, Change("", parts={}, kinds={"sso/Logout": (drop("readOnly"),)})),
    )

    differ = {kind for kind in KIND_NAMES if FIRST.shape(kind) != secret.shape(kind)}

    named = touched(FIRST, [made for made in OCTOBER if "sso/Logout" not in made.kinds])
    assert "sso/Logout" in differ
    assert "identity.portal" in parts_in(FIRST, "sso/Logout")
    assert named >= {"sso/Logout"}
    assert (
        FIRST.shape("sso/Logout") != secret.shape("sso/Logout") != OCTOBER_2024.shape("sso/Logout")
    )


def test_one_run_crosses_a_boundary_event_by_event(engine):
    """The era is the event's, not the episode's: a sign-in may begin before and end after."""
    plan = a_plan()
    times = engine.render(plan, 0, plan.horizon).columns["time"].tolist()
    crossing = replace(plan, boundaries=Boundaries((0, times[1]), (0, times[1])))

    batch = engine.render(crossing, 0, plan.horizon)

    assert batch.era.tolist() == [1, 2, 2]
