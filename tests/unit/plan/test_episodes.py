"""Blocks of episodes: how far back a window has to look."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.flows.steps import happenings
from simulator.plan.compiler import compile_scenario
from simulator.plan.episodes import joined
from simulator.records.fields import DEFAULTS
from simulator.scenario import library
from tests.builders import a_plan


def durations(block):
    """Return how long each episode of a block lasts, in milliseconds."""
    return [
        max(event.at for event in happenings(block.flow, {**DEFAULTS, **row})) - row["start"]
        for row in block.rows()
    ]


@pytest.fixture(scope="module")
def blocks():
    """Everyday activity of an office, a block a flow."""
    plan, _ = compile_scenario(library.load("baseline/office", events=2_000))
    return plan.everyday.portion(0)


def test_a_block_knows_how_long_its_episodes_last(blocks):
    """Closely, so that a window need not look at hours that are over."""
    for block in blocks:
        assert max(durations(block)) <= block.lasts == block.longest, block.flow.name
        assert block.lasts <= block.flow.longest
    assert max(block.lasts for block in blocks) < max(block.flow.longest for block in blocks) / 10


def test_a_window_that_looks_back_too_little_loses_an_event(blocks):
    """Negative control: with a millisecond less, the longest episode is not found at its end."""
    block = next(one for one in blocks if one.lasts)
    own = durations(block)
    longest = int(np.argmax(own))
    exact = own[longest]
    end = int(block.columns["start"][longest]) + exact

    def looked_at(lasts):
        plan = a_plan([replace(block, lasts=lasts)])
        parts = plan.touching(end, end + 1)
        return {key for part in parts for key in part.columns["key_low"].tolist()}

    assert int(block.columns["key_low"][longest]) in looked_at(exact)
    assert int(block.columns["key_low"][longest]) not in looked_at(exact - 1)


def test_a_flow_s_own_limit_holds_where_nothing_is_known(blocks):
    """As for episodes of the storyline; joined blocks last as long as the longest of them."""
    block = blocks[0]
    unknown = replace(block, lasts=None)

    assert unknown.longest == block.flow.longest
    assert joined([block, replace(block, lasts=block.lasts + 5)]).longest == block.lasts + 5
