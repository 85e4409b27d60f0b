"""Tables grow a row or a column at a time, and positions stay."""

from __future__ import annotations

import numpy as np

from simulator.plan.registry import Registry
from simulator.primitives.texts import Same


def test_rows_and_columns_share_a_table():
    """Whole columns between single rows; each keeps its position."""
    registry = Registry()

    assert registry.add("user", id="a", name="ana") == 0
    assert registry.extend("user", {"id": Same("b", 2), "name": Same("bo", 2)}) == 1
    assert registry.add("user", id="c", name="cy") == 3

    assert [registry.text("user.name", row) for row in range(4)] == ["ana", "bo", "bo", "cy"]
    assert list(registry.tables().texts["user.id"]) == ["a", "b", "b", "c"]


def test_tables_that_are_frozen_do_not_grow():
    """What comes later is in later tables only."""
    registry = Registry()
    registry.add("user", id="a")
    registry.extend("user", {"id": Same("b", 1)})
    registry.add("user", id="c")
    frozen = registry.tables()

    registry.add("user", id="d")

    assert list(frozen.texts["user.id"]) == ["a", "b", "c"]
    assert list(registry.tables().texts["user.id"]) == ["a", "b", "c", "d"]


def test_codes_are_spelled_once_each():
    """Only those that occur; a text that is there already keeps its position."""
    registry = Registry()
    known = registry.intern("agent", "agent 5")
    asked = []

    def spell(code: int) -> str:
        asked.append(code)
        return f"agent {code}"

    made = registry.intern_many("agent", np.array([7, 5, 7, 0]), spell).tolist()

    assert asked == [0, 5, 7]
    assert made[1] == known
    assert [registry.text("agent.value", position) for position in made] == [
        "agent 7",
        "agent 5",
        "agent 7",
        "agent 0",
    ]
    assert registry.intern_many("agent", np.zeros(0, np.int64), spell).tolist() == []
