"""What clients that push users (SCIM) do where there is more than one way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Habits:
    """What a client usually does."""

    gets: bool
    """Whether it reads what it knows by id (GetUser) rather than asks for the name (ListUsers)."""
    updates: Literal["patch", "put"]
    """How it changes a user: by what changes, or as a whole."""


# Asking for the name and patching is what AWS describes. Unverified: the other habits.
HABITS: Final = {
    "okta": Habits(gets=True, updates="put"),
    "entra": Habits(gets=False, updates="patch"),
    "google": Habits(gets=False, updates="patch"),
    "ping": Habits(gets=False, updates="put"),
    "other": Habits(gets=False, updates="patch"),
}
"""Client to its habits."""
