"""Records whose times follow the wall clock."""

from __future__ import annotations

import orjson
import pytest

from simulator.streaming.retiming import moved

DAY = 86_400_000


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2025-01-13T08:00:00Z", "2025-01-14T08:00:00Z"),
        ("2025-02-28T23:59:59.123Z", "2025-03-01T23:59:59.123Z"),
        ("2025-02-28T23:59:59.000Z", "2025-03-01T23:59:59.000Z"),
        ("Dec 31, 2024, 12:48:16 AM", "Jan 1, 2025, 12:48:16 AM"),
        ("Dec 31, 2024 11:48:16 PM", "Jan 1, 2025 11:48:16 PM"),
        # No instants: they stay.
        ("2025-02-30T08:00:00Z", "2025-02-30T08:00:00Z"),
        ("2025-01-13", "2025-01-13"),
        ("12025-01-13T08:00:00Z", "12025-01-13T08:00:00Z"),
        ("Abc 1, 2025 1:00:00 AM", "Abc 1, 2025 1:00:00 AM"),
    ],
)
def test_every_instant_moves_and_nothing_else(before, after):
    """In either spelling, in the spelling that it had."""
    record = orjson.dumps({"eventTime": before, "id": "20250113", "at": [before]})
    expected = orjson.dumps({"eventTime": after, "id": "20250113", "at": [after]})

    assert moved(record, DAY) == expected
    assert moved(moved(record, DAY), -DAY) == record
    assert moved(record, 0) == record
