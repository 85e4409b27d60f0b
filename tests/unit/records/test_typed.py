"""What was typed follows from the row: a text of the scenario, or a name with a slip."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.primitives.columns import Tables
from simulator.records.fields import FIELDS

TABLES = Tables({"user.name": ("ana.lopez", "bo.lind"), "text.value": ("nobody",)})
CODEC = FIELDS["user.typed"].codec


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"user": 0, "slip": -1, "typed": 0}, "nobody"),
        ({"user": 0, "slip": 0, "typed": -1}, "na.lopez"),
        ({"user": 0, "slip": 1, "typed": -1}, "aana.lopez"),
        ({"user": 1, "slip": 2, "typed": -1}, "ob.lind"),
    ],
)
def test_a_row_says_what_was_typed(row, text):
    """A mark left out, one twice, two in the wrong order."""
    assert CODEC.one(row, TABLES) == text


def test_a_slip_is_never_somebodys_name():
    """The next slip is taken where the first makes another user's name."""
    tables = Tables({"user.name": ("ana", "na")})

    assert CODEC.one({"user": 0, "slip": 0, "typed": -1}, tables) == "aana"


def test_no_table_of_texts_is_needed():
    """A scenario that types nothing itself has none."""
    tables = Tables({"user.name": ("ana.lopez",)})
    columns = {"user": np.array([0, 0]), "slip": np.array([0, 1]), "typed": np.array([-1, -1])}

    assert CODEC.many(columns, 2, tables).tolist() == [b"na.lopez", b"aana.lopez"]
    assert CODEC.extent(tables).width == -1
