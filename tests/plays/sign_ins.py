"""What finds attacks on sign-ins, sessions and credentials: rules as an analyst would write.

Each takes records in order, as a trail has them, and returns the eventIDs of those that are
suspect. None knows the truth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plays.analyst import Record


DETECTIONS: Final[dict[str, Callable[[list[Record]], list[str]]]] = {}
"""Play to what finds it."""
