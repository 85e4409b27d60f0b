"""What differs between the two records of an event."""

from __future__ import annotations

import orjson

from simulator.primitives.comparison import differences, moved


def compared(old: str, new: str) -> dict[str, str]:
    """Return the members that are not the same in an event's two records, and what became of them.

    Args:
        old: A record as a line has it; likewise the other.
        new: See `old`.
    """
    try:
        before, after = orjson.loads(old), orjson.loads(new)
    except orjson.JSONDecodeError:
        return {}  # damaged on purpose
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return {}
    found = differences(before, after)
    marks = dict.fromkeys(moved(before, after, found), "moved")
    return marks | {one.path: one.what for one in found if one.what != "same"}
