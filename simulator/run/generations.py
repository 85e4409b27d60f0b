"""What each generation changed: why a run of an earlier version may give other bytes.

One line for each; the CHANGELOG says more under **Bytes**.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CHANGES: Final[Mapping[int, str]] = {
    2: "scenarios with background.events, or run with --events, admit other sessions at the margin",
    3: "what a delegated administrator does leaves two records",
    4: "the account that is entered has records of it, where somebody opens a console or fetches "
    "credentials",
    5: "truth lines have four more members, and no record changed",
}
"""By the generation that a version with the change has for the first time."""


def between(one: int, other: int) -> Iterator[str]:
    """Yield what changed from one generation to another, whichever of them came first."""
    first, last = sorted((one, other))
    for generation, change in CHANGES.items():
        if first < generation <= last:
            yield f"generation {generation}: {change}"
