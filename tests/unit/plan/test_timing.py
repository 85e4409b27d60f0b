"""Records and times of many episodes at once are those of each alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.flows import FLOWS
from simulator.flows.access_portal import PORTAL
from simulator.flows.steps import happenings
from simulator.plan.background.timing import measured
from simulator.primitives.columns import dtype_of
from simulator.primitives.keys import KeyColumn
from simulator.records.fields import DEFAULTS
from tests.builders import a_row
from tests.strategies import keyed, rows


def assert_measured(flow, episodes):
    """Compare with what `happenings` tells of each episode."""
    columns = {
        name: np.array([row[name] for row in episodes], dtype_of(name)) for name in episodes[0]
    }
    key = KeyColumn(columns["key_high"], columns["key_low"])

    records, ends = measured(flow, columns, key, columns["start"])

    told = [list(happenings(flow, {**DEFAULTS, **row})) for row in episodes]
    counts = np.broadcast_to(np.array(records), len(episodes)).tolist()
    assert counts == [len(events) for events in told]
    lasts = [
        events[-1].at if events else row["start"]
        for events, row in zip(told, episodes, strict=True)
    ]
    assert ends.tolist() == lasts


BRANCHING = [flow for flow in FLOWS if any(step.when.columns() for step in flow.steps)]


@pytest.mark.parametrize("flow", [*BRANCHING, PORTAL], ids=lambda flow: flow.name)
@given(st.data())
def test_every_flow_is_measured_as_it_happens(flow, data):
    """For all episodes of all flows that ask anything, and of one that does not."""
    names = tuple(sorted({"start", "address", "agent", "gaps"} | flow.columns))
    drawn = data.draw(st.lists(rows(flow), min_size=1, max_size=5))
    episodes = [{name: row[name] for name in names} for row in keyed(drawn, 7)]
    for row, own in zip(episodes, keyed(drawn, 7), strict=True):
        row.update(key_high=own["key_high"], key_low=own["key_low"], gaps=0)

    assert_measured(flow, episodes)


def test_a_step_too_many_is_seen():
    """Negative control: a wrong answer more leaves records and ends at another time."""
    flow = FLOWS[0]
    row = a_row(flow)
    key = KeyColumn(np.array([1], np.uint64), np.array([2], np.uint64))
    start = np.zeros(1, np.int64)

    one, end = measured(flow, {**row, "password_tries": 1}, key, start)
    two, later = measured(flow, {**row, "password_tries": 2}, key, start)

    assert (one, two) == (3, 5)
    assert end[0] != later[0]
