"""What is true of the instance while the storyline is gone through.

What a storyline does not say was so before the window suits whatever it does first: None
stands for that.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class LiveInstance:
    """The instance as it stands at the moment."""

    source: str = ""
    """The kind of identity source."""
    delegated: str | None = None
    """The account that administers it besides its own."""
    is_enabled: bool | None = None
    is_provisioned: bool | None = None
    tokens: set[str] | None = None
    """Names of an identity provider's tokens."""
    regions: set[str] = field(default_factory=set)
    has_attributes: bool | None = None
