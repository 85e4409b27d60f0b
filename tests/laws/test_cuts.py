"""Law 3: a plan rendered in slices gives the records of the plan rendered at once."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given

from simulator.engines import stepwise, vectorised
from simulator.flows import FLOWS
from simulator.flows.steps import Flow
from simulator.primitives.instants import DAY
from tests.builders import START, a_plan, a_plan_of, a_row
from tests.strategies import cuts, plans, windows

pytestmark = pytest.mark.laws


def in_slices(engine, plan, instants):
    """Return the lines of a plan, rendered from one cut to the next."""
    ends = sorted({0, plan.horizon, *(at for at in instants if 0 < at < plan.horizon)})
    return [
        line for first, last in pairwise(ends) for line in engine.render(plan, first, last).lines
    ]


def assert_cuts_do_not_show(engine, plan, instants):
    """Compare slices with the whole."""
    assert in_slices(engine, plan, instants) == engine.render(plan, 0, plan.horizon).lines


@given(plan=plans(), instants=cuts)
def test_cuts_anywhere_do_not_show(plan, instants):
    """Cuts may fall between the records of one episode, or outside the plan."""
    for engine in (stepwise, vectorised):
        assert_cuts_do_not_show(engine, plan, instants)


@given(plan=plans(), window=windows)
def test_the_size_of_windows_does_not_show(plan, window):
    """So a run may be divided among any number of workers."""
    first = START - DAY
    instants = range(first, first + 3 * DAY, window) if window > DAY // 50 else [first + window]

    for engine in (stepwise, vectorised):
        assert_cuts_do_not_show(engine, plan, instants)


@given(plan=plans(), instants=cuts)
def test_engines_may_be_mixed(plan, instants):
    """Slices of one engine continue those of the other."""
    assert in_slices(vectorised, plan, instants) == stepwise.render(plan, 0, plan.horizon).lines


@given(plan=plans())
def test_nothing_happens_after_the_horizon(plan):
    """The horizon ends the last slice."""
    for engine in (stepwise, vectorised):
        assert len(engine.render(plan, plan.horizon, plan.horizon + 1_000 * DAY)) == 0


def test_cuts_between_all_records_do_not_show(engine):
    """A cut at every event, which the earlier slice leaves to the later one."""
    plan = a_plan_of(FLOWS[0], a_row(FLOWS[0], password_tries=3, factor=1, code_tries=2, code_ok=1))
    times = engine.render(plan, 0, plan.horizon).columns["time"].tolist()

    assert len(times) == 11
    assert_cuts_do_not_show(engine, plan, times)


def test_a_flow_that_lasts_longer_than_it_says_breaks_the_law(monkeypatch):
    """Negative control: slices forget an episode that began before them.

    Only the vectorised engine looks episodes up by their start; stepwise reads them all.
    """
    plan = a_plan()
    whole = vectorised.render(plan, 0, plan.horizon)
    end = plan.horizon
    cut = int(whole.columns["time"][-1])
    monkeypatch.setattr(Flow, "longest", 0)

    assert end > cut > START
    with pytest.raises(AssertionError):
        assert in_slices(vectorised, plan, [cut]) == whole.lines
