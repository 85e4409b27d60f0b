"""Provisioning: how an external identity provider pushes users and groups (SCIM)."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator

from simulator.directory.scim_clients import HABITS, Habits
from simulator.primitives.instants import parse_instant
from simulator.scenario.actions import Part
from simulator.scenario.scalars import Instant, UserAgent

RECORDED_SINCE = parse_instant("2024-09-01")
"""When SCIM began to be recorded, of tokens made since then.

The user guide names the month; Unverified: the day.
"""


class Scim(Part):
    """Provisioning by the identity provider, which pushes users and groups (SCIM)."""

    client: Literal["okta", "entra", "google", "ping", "other"] | None = None
    """Whose client pushes, which decides its habits and user agent; the provider's unless
    given."""
    token_created: Instant | None = None
    """When the client's token was made. SCIM is recorded since September 2024, and only of
    tokens made since then: with an older one users and groups change, and no record tells of
    it. Unless given, the token is new enough."""
    user_agent: UserAgent | None = None
    """The client's user agent; its usual one unless given."""

    def habits(self, provider: str | None) -> Habits:
        """Return what the client usually does, given the identity source's provider."""
        return HABITS[self.client or provider or "other"]

    def is_recorded(self, at: int) -> bool:
        """Return whether CloudTrail records what the client does at an instant."""
        made = at if self.token_created is None else self.token_created
        return min(made, at) >= RECORDED_SINCE


def _from_flag(value: object) -> object:
    """Return what a truth value stands for: a client as it usually is, or none."""
    word = str(value).lower() if isinstance(value, str | bool) else ""
    if word == "true":
        return {}
    return None if word == "false" else value


Provisioning: TypeAlias = Annotated[Scim | None, BeforeValidator(_from_flag)]
"""A client and its habits; true and false stand for the usual one and none."""
