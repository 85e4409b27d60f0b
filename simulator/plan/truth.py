"""What really happened: labels, kept apart from everything that writes records.

Episodes are told apart by key. Only what the storyline scripted is stored; all else is
everyday activity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Intent:
    """Why an episode happened."""

    entry: str | None
    """The storyline entry's id, or its place such as `2.then.0`; absent in the background."""

    action: str
    """What was done, such as `create-group`; `background` for everyday activity."""

    label: str
    """`benign`, `suspicious` or `malicious`."""

    actor: str | None = None
    """Name of whoever did it, where records cannot tell: a name typed wrong, say."""

    techniques: tuple[str, ...] = ()
    """MITRE ATT&CK techniques."""

    play: str | None = None
    """The play it is part of."""

    play_id: str | None = None
    """Which playing of it."""

    step: str | None = None
    """What it is in the play."""


EVERYDAY: Final = Intent(entry=None, action="background", label="benign")


@dataclass(frozen=True, slots=True)
class Truth:
    """Intents by episode key."""

    intents: Mapping[tuple[int, int], Intent]
    """Key words of an episode to its intent; an episode that is not there is everyday."""

    def of(self, high: int, low: int) -> Intent:
        """Return why an episode happened."""
        return self.intents.get((high, low), EVERYDAY)
