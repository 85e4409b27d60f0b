"""Law 1: for all plans, stepwise and vectorised give the same events and the same bytes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from simulator.engines import expansion, stepwise, vectorised
from simulator.flows import FLOWS
from simulator.plan.episodes import block_of
from simulator.primitives.keys import Key
from simulator.primitives.quantiles import at_each
from simulator.records import codecs
from simulator.records.api.operations import OPERATIONS
from tests.builders import a_plan, a_plan_of, a_row
from tests.strategies import plans

pytestmark = pytest.mark.laws


def both(plan):
    """Return what each engine makes of a plan."""
    return [engine.render(plan, 0, plan.horizon) for engine in (stepwise, vectorised)]


def assert_same_events(plan):
    """Compare columns: which events there are, when, and in which order."""
    one, two = both(plan)
    assert len(one) == len(two)
    assert one.columns.keys() == two.columns.keys()
    pairs = [(name, one.columns[name], two.columns[name]) for name in one.columns]
    pairs += [(name, getattr(one, name), getattr(two, name)) for name in ("kind", "era", "flow")]
    for name, left, right in pairs:
        assert left.dtype == right.dtype, name
        assert left.tolist() == right.tolist(), name


def assert_same_bytes(plan):
    """Compare lines."""
    one, two = both(plan)
    assert one.lines == two.lines


def test_engines_agree_on_all_calls_that_are_recorded_by_table():
    """Together in one plan, which is cheaper than one each."""
    root = Key.root(5)
    keys = {name: root.child(name) for name in sorted(ALIKE)}
    plan = a_plan(
        [
            block_of(
                flow, [a_row(flow, key_high=keys[flow.name].high, key_low=keys[flow.name].low)]
            )
            for flow in FLOWS
            if flow.name in ALIKE
        ]
    )

    assert len(both(plan)[0]) >= len(ALIKE)
    assert_same_events(plan)
    assert_same_bytes(plan)


@given(plans())
def test_engines_agree_event_by_event(plan):
    """A failure here is in flows, clocks or eras."""
    assert_same_events(plan)


@given(plans())
def test_engines_agree_byte_by_byte(plan):
    """A failure here alone is in shapes, templates or codecs."""
    assert_same_bytes(plan)


ALIKE = frozenset(
    flow.name
    for flow in FLOWS
    if {step.kind for step in flow.steps} & OPERATIONS.keys() - {"sso/CreatePermissionSet"}
)
"""Flows of calls that are recorded by table, which differ in nothing but names: one is tried."""


@pytest.mark.parametrize(
    "flow", [flow for flow in FLOWS if flow.name not in ALIKE], ids=lambda flow: flow.name
)
def test_engines_agree_on_an_ordinary_episode_of_every_flow(flow):
    """No flow is left to chance."""
    plan = a_plan_of(flow)

    assert len(both(plan)[0]) > 0
    assert_same_events(plan)
    assert_same_bytes(plan)


def test_an_engine_with_a_clock_of_its_own_breaks_the_law(monkeypatch):
    """Negative control: the array form of a gap, which one engine uses, is a second longer."""
    monkeypatch.setattr(expansion, "at_each", lambda *asked: at_each(*asked) + 1_000)

    with pytest.raises(AssertionError):
        assert_same_events(a_plan())


def test_an_engine_with_a_spelling_of_its_own_breaks_the_law(monkeypatch):
    """Negative control: one twin of a codec writes instants a second late; events agree."""
    many = codecs.instants.format_instant_many
    monkeypatch.setattr(codecs.instants, "format_instant_many", lambda at: many(at + 1_000))

    assert_same_events(a_plan())
    with pytest.raises(AssertionError):
        assert_same_bytes(a_plan())


def test_an_engine_with_an_order_of_its_own_breaks_the_law(monkeypatch):
    """Negative control: one engine gives its records last to first."""
    render = vectorised.render

    def backwards(plan, start, end):
        batch = render(plan, start, end)
        columns = {name: values[::-1] for name, values in batch.columns.items()}
        return replace(batch, columns=columns)

    monkeypatch.setattr(vectorised, "render", backwards)

    with pytest.raises(AssertionError):
        assert_same_events(a_plan())


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(plans(FLOWS[:1], episodes=30))
def test_engines_agree_on_many_episodes_of_one_flow(plan):
    """Columns longer than a few rows."""
    assert_same_events(plan)
    assert_same_bytes(plan)
