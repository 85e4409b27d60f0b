"""Objects in memory that processes share."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.flows import FLOWS
from simulator.plan.episodes import Block
from simulator.run.memory import Memory, Package, room_for, unpacked
from tests.builders import a_plan


def through_memory(whole):
    """Return an object as another process finds it."""
    package = Package.of(whole)
    memory = Memory.made(room_for(package.sizes), "trailwright-test")
    package.put(memory.view)
    memory.close()
    return unpacked(memory.view, package.sizes)


def test_a_plan_comes_out_as_it_went_in():
    """Its columns lie in the memory, and nobody can change them there."""
    plan = a_plan()

    there = through_memory(plan)

    assert there.blocks[0].flow is plan.blocks[0].flow
    assert there.tables.texts == plan.tables.texts
    column = there.blocks[0].columns["key_low"]
    assert column.tolist() == plan.blocks[0].columns["key_low"].tolist()
    assert not column.flags.owndata
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 1


def test_what_was_worked_out_for_tables_stays():
    """It is worked out anew where it is needed."""
    plan = a_plan()
    plan.tables.remembered("lock", lambda: open)
    plan.tables.contents("user.name")

    assert through_memory(plan.tables)._memories == {}


def test_one_value_for_all_rows_stays_one_value():
    """A column that takes no memory takes none there."""
    column = np.broadcast_to(np.array([7]), 1_000_000)

    package = Package.of(Block(FLOWS[0], {"start": column}))

    assert sum(package.sizes) < 2_000
    there = through_memory(Block(FLOWS[0], {"start": column})).columns["start"]
    assert there.strides == (0,)
    assert len(there) == 1_000_000
    assert there[-1] == 7


def test_memory_that_is_closed_is_still_there():
    """For whoever has mapped it; for others it is gone."""
    memory = Memory.made(1_000_000, "trailwright-test")
    there = Memory.opened(memory.place, 1_000_000)
    memory.close()

    memory.view[999_999] = 7

    assert there.view[999_999] == 7
