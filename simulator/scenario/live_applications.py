"""Applications as they stand while the storyline is gone through."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.scenario.scene import LiveGroup


@dataclass(frozen=True, slots=True)
class LiveToken:
    """A token that an application has of a user."""

    until: int
    scopes: frozenset[str]
    is_refreshable: bool


@dataclass(slots=True)
class LiveApplication:
    """An application."""

    name: str
    is_assignment_required: bool = True
    is_subscription: bool = False
    """Whether it is of Amazon Q Developer."""
    grants: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    has_background_sessions: bool = False
    users: set[str] = field(default_factory=set)
    groups: list[LiveGroup] = field(default_factory=list)
    """Groups may be renamed meanwhile."""
    tokens: dict[str, LiveToken] = field(default_factory=dict)
    """By name of user."""

    def has_group(self, group: LiveGroup) -> bool:
        """Tell whether it is assigned to a group."""
        return any(one is group for one in self.groups)

    def is_for(self, user: str) -> bool:
        """Tell whether a user may use it."""
        return (
            not self.is_assignment_required
            or user in self.users
            or any(user in group.members for group in self.groups)
        )


@dataclass(slots=True)
class LiveApplications:
    """All applications, and what belongs to them."""

    known: dict[str, LiveApplication] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    """Names of deleted ones."""
    issuers: set[str] = field(default_factory=set)
    editors: dict[str, str] = field(default_factory=dict)
    """Name of a user who signed in in an editor, to the application's."""
