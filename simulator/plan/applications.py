"""Applications that use Identity Center, as things stand: who has them, and which tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.primitives.keys import Key


@dataclass(slots=True)
class Application:
    """An application."""

    name: str
    arn: str
    account: str
    """Id of the account that created it."""
    redirect_uri: str
    is_assignment_required: bool
    subscribes_by: str = ""
    """With Amazon Q Developer: `claim` or `assignment`."""
    assigned: dict[tuple[str, int], str] = field(default_factory=dict)
    """Type and position of users and groups that have it, to their ids."""


@dataclass(frozen=True, slots=True)
class UserToken:
    """A token that a server application got for a user."""

    key: Key
    expires_at: int


@dataclass(frozen=True, slots=True)
class EditorToken:
    """The token of an editor's sign-in."""

    client: Key
    agent: int
    """Position in table `agent`."""


@dataclass(slots=True)
class Applications:
    """All that storylines have done with applications so far."""

    known: dict[str, Application] = field(default_factory=dict)
    """By name."""
    issuers: dict[str, str] = field(default_factory=dict)
    """Name of a trusted token issuer to its ARN."""
    tokens: dict[tuple[str, str], UserToken] = field(default_factory=dict)
    """By names of application and user."""
    editors: dict[str, EditorToken] = field(default_factory=dict)
    """By name of user."""
    linked: set[str] = field(default_factory=set)
    """Ids of accounts that have the service-linked role of subscriptions."""
