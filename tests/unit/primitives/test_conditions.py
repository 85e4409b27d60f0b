"""Conditions: what they answer, and which columns the answer depends on."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.primitives.conditions import (
    ALWAYS,
    All,
    AnyOf,
    at_least,
    both,
    either,
    equals,
    less_than,
)


@pytest.mark.parametrize(
    ("when", "answers"),
    [
        (ALWAYS, [True, True, True, True]),
        (equals("x", 1), [False, True, False, False]),
        (at_least("x", 1), [False, True, True, True]),
        (less_than("x", 2), [True, True, False, False]),
        (both(at_least("x", 1), less_than("x", 3)), [False, True, True, False]),
        (either(equals("x", 0), equals("x", 3)), [True, False, False, True]),
        (All(()), [True, True, True, True]),
        (AnyOf(()), [False, False, False, False]),
        (both(either(equals("x", 2), equals("x", 3)), ALWAYS), [False, False, True, True]),
    ],
)
def test_answers(when, answers):
    """Of the rows with x from 0 to 3."""
    rows = [{"x": x} for x in range(4)]

    assert [when.one(row) for row in rows] == answers
    assert when.many({"x": np.arange(4)}, 4).tolist() == answers


def test_a_scalar_stands_for_every_row():
    """Columns that are the same everywhere need no copies."""
    assert equals("x", 1).many({"x": np.array(1)}, 3).tolist() == [True, True, True]


def test_columns_are_all_those_asked_about():
    """However deep."""
    assert both(equals("x", 1), either(equals("y", 1), ALWAYS)).columns() == {"x", "y"}
    assert either().columns() == ALWAYS.columns() == frozenset()


def test_times_are_within_reach():
    """Bounds lie beyond any instant in milliseconds."""
    late = 4_102_444_800_000

    assert at_least("time", 0).one({"time": late})
    assert less_than("time", late).one({"time": -late})
