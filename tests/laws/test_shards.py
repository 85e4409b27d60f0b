"""Law 3, across processes: shards put one behind another are the run, whatever their number."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.plan.compiler import compile_scenario
from simulator.primitives.instants import DAY, SECOND
from simulator.run.batches import generate
from simulator.run.request import Request
from simulator.run.shards import bound
from simulator.scenario.library import load
from simulator.scenario.resolve import resolve
from tests.strategies import plans

pytestmark = pytest.mark.laws

numbers = st.integers(1, 9)
REQUEST = Request(resolve(load("quickstart")))


def lines_of(plan, engine, start=None, end=None):
    """Return the lines of a slice."""
    batches = generate(plan, engine=engine, start=start, end=end, episodes_at_once=7)
    return [line for batch in batches for line in batch.lines]


def in_shards(plan, engine, of, offset=0):
    """Return the lines of all shards; with an offset each begins so much later."""
    bounds = [bound(plan, REQUEST, nth, of) for nth in range(of + 1)]
    begins = [None if at is None else at + offset for at in bounds]
    return [
        line
        for start, end in zip(begins, bounds[1:], strict=False)
        for line in lines_of(plan, engine, start, end)
    ]


@pytest.mark.parametrize("engine", ["vectorised", "stepwise"])
@settings(max_examples=25)
@given(plan=plans(), of=numbers)
def test_shards_put_together_are_the_run(engine, plan, of):
    """On either engine."""
    assert in_shards(plan, engine, of) == lines_of(plan, engine)


@settings(max_examples=25)
@given(plan=plans(), of=numbers)
def test_shards_are_cut_at_whole_seconds_one_after_another(plan, of):
    """So that the eventTime of a record tells which shard has it."""
    bounds = [bound(plan, REQUEST, nth, of) for nth in range(1, of)]

    assert all(at is not None and at % SECOND == 0 for at in bounds)
    assert all(one <= other for one, other in pairwise(bounds))


def test_shards_that_do_not_meet_lose_records():
    """The control: each begins a day after the one before it ends."""
    plan, _ = compile_scenario(REQUEST.scenario)

    assert in_shards(plan, "vectorised", 3) == lines_of(plan, "vectorised")
    assert len(in_shards(plan, "vectorised", 3, DAY)) < len(lines_of(plan, "vectorised"))
